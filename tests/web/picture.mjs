/** Takes the README's picture: the lab as it opens, at 1440 × 900, once both runs are done. */

import { BROWSERS } from "./support/browsers.mjs";
import { LabPage } from "./support/lab.mjs";
import { ROOT, serve } from "./support/server.mjs";

const server = await serve();
const browser = await BROWSERS[0].launch();
try {
  const lab = await LabPage.create(browser, server);
  await lab.open("theme=light");
  await lab.rest(1000);
  // The landscapes are refined once the runs rest.
  for (const side of ["a", "b"]) await lab.says(`.landscape-${side} .caption`, /51 × 51/);
  await lab.until(() => [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".work")].every((work) => work.hidden));
  await lab.page.screenshot({ path: /** @type {`${string}.png`} */ (`${ROOT}docs/lab.png`) });
} finally {
  await browser.close();
  await server.close();
}

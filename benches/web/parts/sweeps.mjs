/** The preset sweep over learning rates: its cells, its workers, and the whole as somebody sees it who starts it. */

import { head, percent, row, times } from "../format.mjs";

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ page, browser, server }) {
  console.log("A cell of the sweep over learning rates, outcome and all; share: of the speed of its matrix products alone\n");
  head("norm", "steps:", "milliseconds:", "share:");
  for (const norm of ["none", "batch", "layer"]) {
    const { steps, milliseconds, share } = await page.evaluate((norm) => globalThis.measureCell(norm), norm);
    row(norm, steps, milliseconds.toFixed(1), percent(share));
  }
  const { cells, one, two, ratio } = await page.evaluate(() => globalThis.measureCrews());
  console.log(`\n${cells} cells: ${one.toFixed(2)} s by one worker, ${two.toFixed(2)} s by two, their start included: ${times(ratio)}`);

  const lab = await browser.newPage();
  await lab.setViewport({ width: 1440, height: 900 });
  await lab.goto(`${server.url}index.html#view=sweep`);
  await lab.waitForFunction(() => document.querySelector("norm-lab")?.lab?.views.sweep, { timeout: 60_000 });
  const whole = await lab.evaluate(async () => {
    const { views } = document.querySelector("norm-lab").lab;
    const { element, pool } = views.sweep;
    element.querySelector("[data-preset=learning-rate]").click();
    const start = performance.now();
    views.toggle();
    const workers = pool.size;
    while (views.sweep.sweep.missing().length > 0) await new Promise((resume) => setTimeout(resume, 20));
    return { cells: views.sweep.sweep.cells(), workers, seconds: (performance.now() - start) / 1000 };
  });
  console.log(
    `The whole in the page, 15 learning rates × 3 normalizations × 3 seeds: ${whole.cells} cells in ${whole.seconds.toFixed(1)} s by ${whole.workers} workers`,
  );
  await lab.close();
}

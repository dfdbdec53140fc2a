/** What is measured while runs train: on the charts, in the address, in the tables and in the finding. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

const MENU = ".curves [data-menu=curve]";

/** The newest fingerprints of both runs. @param {import("../support/lab.mjs").LabPage} lab */
const prints = (lab) =>
  lab.page.evaluate(() => ["a", "b"].map((side) => document.querySelector("norm-lab").lab.store.lab.vitals(side).fingerprint));

inBothBrowsers("Probes", {
  "a measure that is chosen is drawn, tabled and told, from the run's first step on, and changes no run": async (lab) => {
    await lab.open("steps=120");
    await lab.rest(120);
    const before = await prints(lab);
    await lab.choose(MENU, "loss_range");
    await lab.says(".curves .caption", /newest: step 1\d\d.*half to four learning rates.*Every 100 steps\. Thick: the largest/);
    await lab.says(".finding .sentence", /^At step \d+ the variation of the loss along the gradient is \d.* times smaller for /);
    assert.ok((await lab.colors(".curves")) > 20, "it is drawn");
    await lab.says(".curves table", /stepno normBatchNorm|stepNo normBatchNorm/);
    await lab.says(".curves table", /100\d/);
    await lab.rest(120);
    assert.deepEqual(await prints(lab), before, "the same runs, bit for bit");
    assert.match(await lab.hash(), /curve=loss_range/);
  },

  "a link restores what is measured, over steps and by layer": async (lab) => {
    await lab.open("curve=smoothness&layers=dead&every=20&steps=60");
    await lab.rest(60);
    await lab.says(".curves .caption", /newest: step 60.*Every 20 steps/);
    await lab.says(".layers-b .caption", /newest: step 60.*Share of a layer's units/);
    await lab.says(".layers-a table", /layer 1\d+\.\d %/);
    assert.equal(
      await lab.page.evaluate((menu) => document.querySelector("norm-lab").shadowRoot.querySelector(menu).value, MENU),
      "smoothness",
    );
    assert.equal(
      await lab.page.evaluate(
        () => document.querySelector("norm-lab").shadowRoot.querySelectorAll(".curves [data-switch=curve] [aria-pressed=true]").length,
      ),
      0,
    );
    await lab.click(".curves [data-switch=curve] [data-value=loss]");
    await lab.says(".curves .caption", /^Loss \(cross-entropy/);
  },

  "how much of what RMSNorm reads is its mean stands layer by layer": async (lab) => {
    await lab.open("layers=offset&every=10&steps=20&depth=2&width=16&a.norm=layer&b.norm=rms");
    await lab.rest(20);
    for (const side of ["a", "b"]) {
      await lab.says(`.layers-${side} .caption`, /newest: step 20.*at 0 RMSNorm and LayerNorm are the same/);
      await lab.says(`.layers-${side} table`, /layer 10\.\d/);
    }
  },

  "what is chosen on the way is measured from there on; Reset measures from the start": async (lab) => {
    await lab.open("curve=smoothness&steps=1000&speed=steady");
    await lab.says(".curves .caption", /newest: step/);
    await lab.reach(30);
    await lab.choose(MENU, "gradient_slope");
    await lab.says(".curves .caption", /Every 100 steps, from step \d+ on/);
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.pair.restart(true));
    await lab.says(".curves .caption", /Every 100 steps\. *$|Every 100 steps\./);
    await lab.until(() => !/from step/.test(document.querySelector("norm-lab").shadowRoot.querySelector(".curves .caption").textContent));
  },

  "the finding leads to the chart of what separates the runs most, by keyboard, and nothing measured is lost": async (lab) => {
    await lab.open("curve=gradient_slope&every=10&steps=60&depth=12");
    await lab.rest(60);
    await lab.says(
      ".finding .sentence",
      /^At step 60 the gradient's growth per layer is .* Furthest apart is the gradient's norm, in the median layer: \d+ times smaller for no norm/,
    );
    const rows = () =>
      lab.page.evaluate(() =>
        document
          .querySelector("norm-lab")
          .lab.store.lab.table(0)
          .rows.map((row) => row.join()),
      );
    const before = await rows();
    assert.ok(before.length > 5, before.join("; "));
    await (await lab.element(".measured[data-shows=gradient_norm]")).focus();
    await lab.page.keyboard.press("Enter");
    await lab.says(
      ".finding .how",
      /smallest gap over the last 5 measurements.*“Gradient by layer”, under “Layer by layer”.*Show “Gradient by layer”$/,
    );
    await (await lab.element(".evidence")).focus();
    await lab.page.keyboard.press("Enter");
    await lab.says(".layers-a .caption", /newest: step 60.*How much gradient reaches each layer's output/);
    await lab.says(".layers-b .caption", /newest: step 60.*How much gradient reaches each layer's output/);
    await lab.until(() => /curve=gradient_slope.*layers=gradient_norm/.test(location.hash));
    await lab.rest(60);
    assert.equal(await lab.shown(".finding .how"), false);
    assert.equal(
      await lab.page.evaluate(() =>
        document.querySelector("norm-lab").shadowRoot.activeElement.getAttribute("aria-label").startsWith("Layers of run A"),
      ),
      true,
    );
    assert.deepEqual(await rows(), before);
  },

  "what takes long lets itself be heard, and both runs rest only when it is done": async (lab) => {
    await lab.open("curve=sharpness&layers=spectrum&every=10&steps=40&activation=tanh");
    await lab.says(".curves .caption", /newest: step 40/);
    await lab.rest(40);
    await lab.says(".finding .sentence", /^At step 40 the sharpness λ_max is /);
    await lab.says(".curves table", /2\/η/);
    await lab.says(".layers-a .caption", /newest: step 40.*How many eigenvalues lie where/);
    await lab.says(".layers-b table", /eigenvalueestimated share of all\d/);
    assert.ok((await lab.colors(".layers-b")) > 5, "it is drawn");
  },

  "of a diverged run what is missing is missing": async (lab) => {
    await lab.open("curve=predictiveness&every=10&a.lr=100&b.lr=0.1&steps=60");
    await lab.says(".finding .sentence", /overflowed at step \d+/);
    await lab.rest(60);
    const wrong = await lab.page.evaluate(() =>
      /NaN|Infinity|not a number/.test(document.querySelector("norm-lab").shadowRoot.querySelector(".curves").textContent),
    );
    assert.equal(wrong, false);
    const rows = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.lab.table(0).rows);
    assert.equal(rows.at(-1)[0], "60");
    assert.equal(rows.at(-1)[1], "–", "nothing is told of a run behind its end");
  },
});

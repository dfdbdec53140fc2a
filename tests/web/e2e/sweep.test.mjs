/** The sweep: trained, cancelled, resumed, exported, opened; the same whoever trains it. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

/** 3 × 2 × 2 cells of a fraction of a second; BatchNorm cannot train on single samples. */
const SMALL = "view=sweep&data=xor&width=4&depth=1&sweep_x=batch=1,4,8&sweep_y=norm=none,batch&sweep_seeds=2&sweep_amount=30";

/** Cells that take a while. */
const LONG = "view=sweep&sweep_x=lr=0.01..0.08*2&sweep_y=norm=none,batch&sweep_seeds=3&sweep_amount=400&width=64&depth=5";
/** More of the same: it does not end while somebody looks away from it. */
const LONGER = LONG.replace("sweep_amount=400", "sweep_amount=4000");

/** @param {import("../support/lab.mjs").LabPage} lab @param {string} hash */
async function open(lab, hash) {
  await lab.open(hash);
  await lab.until(() => Boolean(document.querySelector("norm-lab").lab.views.sweep?.element.checkVisibility()));
  await lab.says(".sweep-main", /Start/);
}

/** Trains all cells. @param {import("../support/lab.mjs").LabPage} lab */
async function train(lab) {
  await lab.click(".sweep-main");
  await lab.says(".sweep-main", /Done/);
}

/** What is known, as JSON. @param {import("../support/lab.mjs").LabPage} lab @returns {Promise<any>} */
const json = async (lab) => JSON.parse(await lab.page.evaluate(() => document.querySelector("norm-lab").lab.views.sweep.sweep.json()));

/** Each browser's results, compared at the end. @type {Map<string, string>} */
const results = new Map();

inBothBrowsers("Sweep", {
  "a sweep is trained, and is the same with one worker and with two, and in every browser": async (lab, { name }) => {
    await open(lab, SMALL);
    const all = [];
    for (const limit of [1, 2]) {
      await lab.page.evaluate((limit) => (document.querySelector("norm-lab").lab.views.sweep.pool.limit = limit), limit);
      await train(lab);
      all.push(await lab.page.evaluate(() => document.querySelector("norm-lab").lab.views.sweep.sweep.lines()));
      await lab.click(".sweep-head button:nth-child(2)");
      await lab.says(".sweep-main", /Start/);
    }
    assert.equal(all[0], all[1]);
    assert.equal(all[0].trim().split("\n").length, 13);
    results.set(name, all[0]);
    assert.equal(new Set(results.values()).size, 1, "every browser gives the same");
    assert.equal((await json(lab)).missing.length, 10, "started over, nothing is known");
  },

  "what cannot be trained is said, the rest is there": async (lab) => {
    await open(lab, SMALL);
    await train(lab);
    await lab.says(".sweep-progress", /10 of 10 cells.*2 more cannot be trained/);
    const { results, missing } = await json(lab);
    assert.deepEqual([results.length, missing.length], [12, 0]);
    assert.ok(results.filter((r) => r.impossible).every((r) => /BatchNorm/.test(r.impossible)));
    assert.ok((await lab.colors(".sweep-map")) > 20 && (await lab.colors(".sweep-lines")) > 20);
    // The reason stands under the pointer, and the table says it in words.
    const box = await (await lab.element(".sweep-map canvas")).boundingBox();
    await lab.page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.6);
    await lab.says(".sweep-map .tip", /BatchNorm.*cannot be trained/);
    await lab.until(() =>
      /cannot be trained/.test(document.querySelector("norm-lab").shadowRoot.querySelector(".sweep-map table").textContent),
    );
  },

  "cancelled, it keeps what is done; resumed, it trains the rest; leaving pauses it": async (lab) => {
    await open(lab, LONGER);
    await lab.click(".sweep-main");
    await lab.until(() => document.querySelector("norm-lab").lab.views.sweep.sweep.missing().length < 23);
    await lab.says(".sweep-progress", /of 24 cells.*at a time.*left/);
    await lab.click(".sweep-main");
    await lab.says(".sweep-main", /Resume/);
    const kept = await json(lab);
    assert.ok(kept.results.length > 0 && kept.missing.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual((await json(lab)).missing, kept.missing, "nothing goes on");
    await lab.click(".sweep-main");
    await lab.until((before) => document.querySelector("norm-lab").lab.views.sweep.sweep.missing().length < before, kept.missing.length);
    await lab.click('[data-part=views] [data-value="lab"]');
    await lab.until(() => !document.querySelector("norm-lab").lab.views.sweep.pool.busy);
    await lab.click('[data-part=views] [data-value="sweep"]');
    await lab.says(".sweep-main", /Resume/);
    const later = await json(lab);
    for (const line of kept.results)
      assert.deepEqual(
        later.results.find((l) => l.cell === line.cell),
        line,
      );
  },

  "a lost worker's cell is trained by another": async (lab) => {
    await open(lab, LONG);
    await lab.page.evaluate(() => (document.querySelector("norm-lab").lab.views.sweep.pool.limit = 1));
    await lab.click(".sweep-main");
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.views.sweep.pool.crash());
    await lab.until(() => document.querySelector("norm-lab").lab.views.sweep.sweep.missing().length < 21);
    const { results } = await json(lab);
    assert.deepEqual(
      results.slice(0, 3).map((r) => r.cell),
      [0, 1, 2],
    );
    await lab.click(".sweep-main");
    assert.match(lab.complaints.splice(0).join(), /a trap was asked for|crashed/);
  },

  "a tile opens as a run, by mouse and by keyboard, and Back returns to what was trained": async (lab) => {
    await open(lab, SMALL);
    await train(lab);
    const places = await lab.page.evaluate(() => history.length);
    const canvas = await lab.element(".sweep-map canvas");
    const box = await canvas.boundingBox();
    await lab.page.mouse.click(box.x + box.width * 0.8, box.y + box.height * 0.6);
    await lab.rest(30);
    assert.deepEqual([await lab.value("a", "norm"), await lab.value("b", "norm"), await lab.value("b", "batch")], ["none", "batch", "8"]);
    assert.equal(await lab.page.evaluate(() => history.length), places + 1);
    // The run is the cell.
    const run = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.lab.vitals("b").fingerprint);
    await lab.page.goBack();
    await lab.says(".sweep-main", /Done/);
    const { results } = await json(lab);
    assert.equal(results.find((r) => r.norm === "batch" && r.batch === "8" && r.seed === 1).fingerprint, run);
    await canvas.focus();
    for (let i = 0; i < 8; i++) await lab.page.keyboard.press("ArrowRight");
    await lab.page.keyboard.press("Enter");
    await lab.until(() => document.querySelector("norm-lab").lab.store.view("view") === "lab");
  },

  "files hold all that is known": async (lab) => {
    await open(lab, SMALL);
    await train(lab);
    const files = await lab.page.evaluate(async () => {
      const made = [];
      const url = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        made.push(blob);
        return url.call(URL, blob);
      };
      const root = document.querySelector("norm-lab").shadowRoot;
      for (const ending of ["csv", "json"]) root.querySelector(`[data-save=${ending}]`).click();
      return Promise.all(made.map((blob) => blob.text()));
    });
    assert.equal(files[0].trim().split("\r\n").length, 13);
    assert.match(files[0], /^cell,batch,norm,seed,state,/);
    assert.deepEqual(JSON.parse(files[1]), await json(lab));
  },

  "presets, other values and nonsense": async (lab) => {
    await open(lab, "view=sweep");
    await lab.click('[data-preset="depth"]');
    await lab.until(() => location.hash.includes("sweep_x=depth"));
    await lab.says(".sweep-progress", /0 of 45 cells/);
    const box = await lab.element("[data-field=sweep_x] input");
    await box.evaluate((e) => e.select());
    await box.type("2,99");
    await lab.page.keyboard.press("Enter");
    await lab.says("[data-field=sweep_x] .note", /“99” is not possible.*from 1 to 40/);
    await lab.says(".sweep-progress", /0 of 45 cells/);
    await lab.page.goBack();
    await lab.until(() => !location.hash.includes("sweep_x=depth"));
    await lab.says(".sweep-progress", /0 of 135 cells/);
    await lab.open("view=sweep&sweep_x=lr=1,2&sweep_y=lr=3,4");
    await lab.says(".sweep .notes", /the other axis has it/);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector(".sweep-main").disabled), true);
  },

  "ten thousand cells are asked back, with the time they would take": async (lab) => {
    await open(lab, "view=sweep&data=xor&width=2&depth=1&sweep_x=subset=32..131&sweep_y=freeze=1..100&sweep_seeds=1&sweep_amount=1");
    await lab.click(".sweep-main");
    await lab.says(".sweep .notes:nth-of-type(3), .sweep-content", /9,999 cells would take about .* on this machine/);
    await lab.click(".sweep-yes");
    await lab.until(() => document.querySelector("norm-lab").lab.views.sweep.sweep.missing().length < 9990);
    await lab.click(".sweep-main");
    await lab.says(".sweep-main", /Resume/);
  },
});

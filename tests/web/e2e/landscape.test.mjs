/** Loss landscapes as somebody turns them, freezes them and sets a run in them. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";

const SMALL = "depth=2&width=8&steps=60";

/** Waits until both landscapes are on their finest grid. @param {import("../support/lab.mjs").LabPage} lab */
async function measured(lab, pattern = /51 × 51/) {
  for (const side of ["a", "b"]) await lab.says(`.landscape-${side} .moment`, pattern);
}

/** A picture of both landscapes, to be compared. @param {import("../support/lab.mjs").LabPage} lab @returns {Promise<string[]>} */
function pictures(lab) {
  return lab.page.evaluate(() =>
    ["a", "b"].map((side) => document.querySelector("norm-lab").shadowRoot.querySelector(`.landscape-${side} canvas`).toDataURL()),
  );
}

/** Where a point of a landscape lies in the window. @param {import("../support/lab.mjs").LabPage} lab @param {string} side @param {[number, number]} share Of the canvas's width and height. */
async function point(lab, side, [across, down]) {
  const canvas = await lab.element(`.landscape-${side} canvas`);
  await canvas.evaluate((e) => e.scrollIntoView({ block: "center" }));
  const box = await canvas.boundingBox();
  return [box.x + box.width * across, box.y + box.height * down];
}

inBothBrowsers("Landscapes", {
  "a surface is turned by keys and by dragging, both runs together, and the address says from where": async (lab) => {
    await lab.open(`${SMALL}&slice=3d`);
    await lab.rest(60);
    await measured(lab);
    for (const side of ["a", "b"]) assert.ok((await lab.colors(`.landscape-${side}`)) > 50);
    const before = await pictures(lab);
    await (await lab.element(".landscape-a canvas")).focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"]) await lab.page.keyboard.press(key);
    assert.deepEqual([await lab.value("view", "yaw"), await lab.value("view", "pitch")], ["40", "35"]);
    await lab.says(".landscape-a [aria-live]", /^Turned by 40 degrees, seen from 35 degrees above$/);
    await lab.until(() => /yaw=40&pitch=35/.test(location.hash));
    await lab.until(
      (old) => document.querySelector("norm-lab").shadowRoot.querySelector(".landscape-b canvas").toDataURL() !== old,
      before[1],
    );
    const turned = await pictures(lab);
    assert.notEqual(turned[0], before[0]);
    const [x, y] = await point(lab, "b", [0.5, 0.5]);
    await lab.page.mouse.move(x, y);
    await lab.page.mouse.down();
    await lab.page.mouse.move(x - 100, y + 25, { steps: 5 });
    await lab.page.mouse.up();
    // 100 pixels are 60 degrees: from 40 past 0.
    assert.deepEqual([await lab.value("view", "yaw"), await lab.value("view", "pitch")], ["340", "50"]);
    assert.ok(!(await lab.shown(".landscape-b .pick")), "to drag is not to choose");
    await lab.until(
      (old) => document.querySelector("norm-lab").shadowRoot.querySelector(".landscape-a canvas").toDataURL() !== old,
      turned[0],
    );
    await lab.until(() => location.hash.includes("yaw=340"));
    const address = await lab.hash();
    await lab.open(address.slice(1));
    assert.deepEqual([await lab.value("view", "slice"), await lab.value("view", "yaw")], ["3d", "340"]);
  },

  "a run is set where its landscape is clicked, says so, and Reset brings the link's numbers back": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(60);
    await measured(lab);
    const pure = await lab.fingerprints();
    await lab.page.mouse.click(.../** @type {[number, number]} */ (await point(lab, "a", [0.35, 0.3])));
    await lab.says(".landscape-a .pick", /^\(−?\d.*, \d.*\): loss \d.*Set run A here/);
    const text = await lab.text(".landscape-a .pick p");
    await lab.click(".landscape-a .pick button");
    await lab.says(".head-a .moved", /^moved by hand at step 60$/);
    await lab.says("h1", /^Run A was moved by hand\.$/);
    await lab.says(".readout .fingerprint", /^[0-9a-f]{4}\*·[0-9a-f]{4}$/);
    assert.ok(!(await lab.shown(".head-b .moved")));
    await lab.click("[data-part=export]");
    await lab.says("dialog.exports .moves", /^Run A was moved by hand at step 60: its files are of the run without that\.$/);
    await lab.page.keyboard.press("Escape");
    // It is there: the landscape around it has in its middle the loss that was read.
    await lab.until((loss) => {
      const { lab: own } = document.querySelector("norm-lab");
      return own.surveys.held("a")?.step === 60 && own.store.lab.table(3).rows[4]?.[5] === loss;
    }, text.split("loss ")[1]);
    const [a, b] = (await lab.fingerprints()).split(" ");
    assert.notEqual(a, pure.split(" ")[0]);
    assert.equal(b, pure.split(" ")[1]);
    // It trains on from there.
    await lab.click(".transport .play");
    await lab.until(() => document.querySelector("norm-lab").lab.conductor.step > 60);
    await lab.page.evaluate(() => void document.querySelector("norm-lab").lab.store.setView("steps", "60"));
    await lab.click(".transport [title*='(R)']");
    await lab.says("h1", /One difference/);
    if (!(await lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.playing))) await lab.click(".transport .play");
    await lab.rest(60);
    assert.equal(await lab.fingerprints(), pure);
  },

  "by keyboard: Enter offers what stands under the read-out, Reset takes it back": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(60);
    await measured(lab);
    const pure = await lab.fingerprints();
    await (await lab.element(".landscape-b canvas")).focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp", "Enter"]) await lab.page.keyboard.press(key);
    await lab.says(".landscape-b .pick", /loss \d/);
    await lab.page.keyboard.press("Escape");
    assert.ok(!(await lab.shown(".landscape-b .pick")));
    assert.ok(
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.activeElement?.matches(".landscape-b canvas")),
      "the focus is back",
    );
    for (const key of ["ArrowLeft", "Enter", "Enter"]) await lab.page.keyboard.press(key);
    await lab.says(".head-b .moved", /^moved by hand at step 60$/);
    await lab.until((pure) => {
      const { lab } = document.querySelector("norm-lab").lab.store;
      return lab.vitals("b").fingerprint !== pure;
    }, pure.split(" ")[1]);
    await lab.click(".transport [title*='(R)']");
    await lab.until(() => document.querySelector("norm-lab").lab.conductor.step < 60);
    await lab.click(".transport .play");
    await lab.rest(60);
    assert.equal(await lab.fingerprints(), pure);
    assert.ok(!(await lab.shown(".head-b .moved")));
    await lab.says("h1", /One difference/);
  },

  "a diverged run that is set elsewhere trains again": async (lab) => {
    await lab.open("a.lr=100&b.lr=0.1&steps=60");
    await lab.says(".head-a .badge", /^diverged in/);
    await lab.rest(60);
    const diverged = await lab.page.evaluate(async () => {
      const { lab } = document.querySelector("norm-lab");
      const { divergedAt } = lab.store.lab.vitals("a");
      // Back to where everything began.
      const { Trainer } = await import(new URL("www/pkg/normlab.js", location.href).href);
      lab.conductor.move("a", new Trainer(lab.store.texts().a).weights());
      return divergedAt;
    });
    await lab.says(".head-a .moved", new RegExp(`^moved by hand at step ${diverged - 1}$`));
    await lab.rest(60);
    const { movedAt, divergedAt } = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.lab.vitals("a"));
    assert.equal(movedAt, diverged - 1);
    assert.ok(divergedAt === undefined || divergedAt > diverged, `${divergedAt} after ${diverged}`);
  },

  "a crashed run that was moved is repeated with its move": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(60);
    await measured(lab);
    await (await lab.element(".landscape-a canvas")).focus();
    for (const key of ["ArrowRight", "ArrowUp", "Enter", "Enter"]) await lab.page.keyboard.press(key);
    await lab.says(".head-a .moved", /step 60/);
    await lab.click(".transport [title*='Shift']");
    await lab.until(
      () => document.querySelector("norm-lab").lab.conductor.step === 60 || document.querySelector("norm-lab").lab.conductor.step === 70,
    );
    const { step, prints } = await lab.page.evaluate(() => {
      const { lab } = document.querySelector("norm-lab");
      return { step: lab.conductor.step, prints: ["a", "b"].map((side) => lab.store.lab.vitals(side).fingerprint).join() };
    });
    lab.complaints.splice(0);
    await lab.page.evaluate(() => document.querySelector("norm-lab").lab.crash("a"));
    await lab.says(".notes", /crashed/);
    await lab.rest(step);
    await lab.says(".head-a .moved", /step 60/);
    await lab.until((prints) => {
      const { lab } = document.querySelector("norm-lab").lab.store;
      return ["a", "b"].map((side) => lab.vitals(side)?.fingerprint).join() === prints;
    }, prints);
    lab.complaints.splice(0);
  },

  "planes and statistics are chosen from lists, restored from the address, and say what they are": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(60);
    await lab.choose(".landscape-a [data-switch=plane]", "pca");
    await lab.until(() => /plane=pca/.test(location.hash));
    // Runs that began in the small edition go on in the full one.
    await lab.says(".landscape-b .caption", /path of training/);
    await measured(lab);
    const names = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.lab.caption(3));
    assert.match(names, /principal components of the path of training/);
    await lab.open(`${SMALL}&plane=gradient&stats=precise`);
    await lab.rest(60);
    await measured(lab, /\d+ × \d+/);
    await lab.says(".landscape-b .caption", /negative gradient.*precise statistics at each point/);
    assert.equal(
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector(".landscape-b [data-switch=stats]").value),
      "precise",
    );
  },

  "a line leads from A to B, where their networks have the same parameters": async (lab) => {
    await lab.open(`${SMALL}&plane=line`);
    await lab.until(() => /different parameters/.test(document.querySelector("norm-lab").lab.store.lab.lack(3) ?? ""));
    await lab.open(`${SMALL}&plane=line&slice=1d&norm=batch&b.lr=0.01`);
    await lab.rest(60);
    await measured(lab, /51 points/);
    await lab.says(".landscape-a .caption", /from A's weights to B's/);
    // Each run's own loss stands at its end of the line.
    const ends = await lab.page.evaluate(() => {
      const { lab } = document.querySelector("norm-lab").lab.store;
      return [3, 4].map((panel) => lab.table(panel).rows.length);
    });
    assert.ok(
      ends.every((rows) => rows > 10),
      `${ends}`,
    );
  },

  "frozen landscapes stay while training goes on, and follow again": async (lab) => {
    await lab.open("depth=2&width=8&steps=100000&speed=quick");
    await measured(lab, /^step \d/);
    await lab.click(".landscape-a [data-switch=live] [data-value=off]");
    await measured(lab, /^frozen at step \d+, 51 × 51/);
    const frozen = await lab.text(".landscape-a .moment");
    const step = await lab.page.evaluate(() => document.querySelector("norm-lab").lab.conductor.step);
    await lab.reach(step + 60);
    assert.equal(await lab.text(".landscape-a .moment"), frozen);
    assert.match(await lab.hash(), /live=off/);
    await lab.click(".landscape-b [data-switch=live] [data-value=on]");
    await measured(lab, /^step \d/);
    await lab.until((old) => document.querySelector("norm-lab").lab.surveys.held("a").step > old, step);
  },

  "an overflowing part of a landscape is hatched, and said to be": async (lab) => {
    // Activations of about 10³¹: a little more in each layer is beyond single precision.
    await lab.open("start=paused&a.norm=none&b.norm=batch&init=normal&init_std=1&depth=40&width=64");
    await measured(lab, /\d+ × \d+/);
    assert.match(await lab.text(".landscape-a .moment"), /hatched: overflows$/);
    assert.doesNotMatch(await lab.text(".landscape-b .moment"), /overflows/);
  },
});

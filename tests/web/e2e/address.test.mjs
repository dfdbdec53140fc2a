/** The state in the address: links, back and forward, nonsense. */

import assert from "node:assert/strict";
import { inBothBrowsers } from "../support/both.mjs";
import { wasm } from "../support/engine.mjs";

/** What Node computes for a configuration. @param {string} text @param {number} steps */
function fingerprint(text, steps) {
  const trainer = new wasm.Trainer(text);
  for (let i = 0; i < steps; i++) trainer.step();
  return trainer.fingerprint();
}

const LINK =
  "v=1&data=spirals&noise=0.25&a.batch=16&b.batch=64&depth=3&width=24&activation=tanh&norm=layer&seed=7&steps=80&curve=accuracy&layers=gradients&slice=1d&theme=dark";

inBothBrowsers("The address", {
  "a link restores exactly what was seen, to the last bit": async (lab) => {
    await lab.open(LINK);
    await lab.rest(80);
    const text = "data=spirals&noise=0.25&depth=3&width=24&activation=tanh&norm=layer&seed=7";
    assert.equal(await lab.fingerprints(), `${fingerprint(`${text}&batch=16`, 80)} ${fingerprint(`${text}&batch=64`, 80)}`);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").lab.store.lab.hash()), LINK);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").dataset.theme), "dark");
    const pressed = await lab.page.evaluate(() =>
      [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(".tools [aria-pressed=true]")]
        .filter((e) => e.checkVisibility())
        .map((e) => e.textContent),
    );
    assert.deepEqual(pressed, ["Accuracy", "Gradients", "1-D", "1-D", "Gradients"]);
    await lab.says(
      ".readout",
      new RegExp(
        `fingerprint ${(await lab.fingerprints())
          .split(" ")
          .map((p) => p.slice(0, 4))
          .join("·")}`,
      ),
    );
  },

  "back and forward restore what was there": async (lab) => {
    await lab.open("steps=20");
    await lab.rest(20);
    const first = await lab.fingerprints();
    await lab.choose(".head-b select", "group");
    await lab.rest(20);
    const second = await lab.fingerprints();
    await lab.page.goBack();
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector(".head-b select").value === "batch");
    await lab.rest(20);
    assert.equal(await lab.fingerprints(), first);
    await lab.page.goForward();
    await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector(".head-b select").value === "group");
    await lab.rest(20);
    assert.equal(await lab.fingerprints(), second);
  },

  "a slider adds one place to come back to, and one ghost, however long it is dragged": async (lab) => {
    await lab.open("steps=20&depth=3&data=xor");
    await lab.rest(20);
    const first = await lab.fingerprints();
    const places = await lab.page.evaluate(() => history.length);
    const slider = await lab.element("[data-field=batch] input[type=range]");
    const { x, y, width, height } = await slider.boundingBox();
    const mouse = async (/** @type {number} */ share) => lab.page.mouse.move(x + width * share, y + height / 2);
    const present = await slider.evaluate((e) => Number(e.value) / Number(e.max));
    await mouse(present);
    await lab.page.mouse.down();
    // Far from the end: a batch beyond the 400 samples could not be trained.
    for (const share of [0.7, 0.6, 0.35]) {
      await mouse(share);
      // Long enough that the runs start over on the way.
      await lab.rest(20);
      await lab.until((before) => document.querySelector("norm-lab").lab.store.get("a", "batch") !== before, "32");
      assert.equal(await lab.page.evaluate(() => history.length), places, "nothing is added on the way");
      assert.doesNotMatch(await lab.hash(), /batch/);
      assert.equal(await lab.text(".ghosts"), "");
    }
    await lab.page.mouse.up();
    await lab.until(() => location.hash.includes("batch="));
    const batch = await lab.value("a", "batch");
    await lab.rest(20);
    assert.equal(await lab.page.evaluate(() => history.length), places + 1);
    await lab.says(".ghosts", /^before: no norm, batch size 32.*before: BatchNorm, batch size 32/);
    assert.doesNotMatch(await lab.text(".ghosts"), /batch size (?!32)/);

    await lab.page.goBack();
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "batch") === "32");
    await lab.rest(20);
    assert.equal(await lab.fingerprints(), first);
    await lab.page.goForward();
    await lab.until((batch) => document.querySelector("norm-lab").lab.store.get("a", "batch") === batch, batch);

    await (await lab.element("[data-field=depth] input[type=range]")).focus();
    await lab.page.keyboard.press("ArrowRight");
    await lab.until(() => location.hash.includes("depth=4"));
    await lab.page.goBack();
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "depth") === "3");
    assert.equal(await lab.value("a", "batch"), batch);
  },

  "a link to a paused lab pauses one that plays": async (lab) => {
    await lab.open("steps=100000");
    await lab.reach(5);
    await lab.page.evaluate(() => {
      location.hash = "batch=16&start=paused";
    });
    await lab.until(() => document.querySelector("norm-lab").lab.store.get("a", "batch") === "16");
    await lab.rest(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lab.rest(0);
  },

  "nonsense is named, moved to what is possible or left out, and never becomes markup": async (lab) => {
    await lab.open("depth=1e9&lr=NaN&norm=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&nonsense=1&batch=-3&width=64.7&steps=10&hide=%3Cb%3E");
    await lab.rest(10);
    await lab.says(".notes", /depth.*40.*lr.*Left out.*norm: “<img src=x onerror=alert\(1\)>”.*Left out.*nonsense/);
    assert.equal(await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelectorAll("img, .notes b").length), 0);
    assert.deepEqual([await lab.value("a", "depth"), await lab.value("a", "batch"), await lab.value("a", "lr")], ["40", "1", "0.1"]);
    await lab.click(".notes button");
  },

  "a very long text is survived": async (lab, { name }) => {
    // Firefox refuses addresses of a megabyte by itself.
    const length = name === "Firefox" ? 1 << 15 : 1 << 20;
    await lab.page.goto(`${lab.server.url}index.html`);
    await lab.until(() => Boolean(document.querySelector("norm-lab")?.lab));
    await lab.page.evaluate((length) => {
      location.hash = `norm=${"x".repeat(length)}&steps=5`;
    }, length);
    await lab.says(".notes", /^norm: “x{40}…”/);
    await lab.rest(5);
  },
});

inBothBrowsers(
  "Under a sub-path",
  {
    "everything is found": async (lab) => {
      await lab.open("steps=20");
      await lab.rest(20);
      assert.ok((await lab.colors(".curves")) > 20);
    },
  },
  { prefix: "/courses/ml/lab/" },
);

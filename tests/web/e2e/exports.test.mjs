/** What is taken away from the page, and weights that are brought back. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inBothBrowsers } from "../support/both.mjs";
import { full } from "../support/engine.mjs";

/** @typedef {import("../support/lab.mjs").LabPage} LabPage */

const SMALL = "data=xor&width=8&depth=2&a.norm=layer&start=paused&steps=40";
const RUN_A = "data=xor&width=8&depth=2&norm=layer";

/** Puts the page's files into a list instead of on the disk, whatever the browser does with downloads. @param {LabPage} lab */
async function catchFiles(lab) {
  await lab.page.evaluate(() => {
    globalThis.files = [];
    const blobs = new Map();
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      const url = make(blob);
      blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      const blob = blobs.get(this.href);
      globalThis.files.push(blob.arrayBuffer().then((buffer) => ({ name: this.download, bytes: [...new Uint8Array(buffer)] })));
    };
  });
}

/** Presses a button of the dialog, and waits for its files. @param {LabPage} lab @param {string} action @param {"a" | "b"} side @param {number} count @returns {Promise<{name: string, bytes: Buffer}[]>} */
async function take(lab, action, side, count) {
  await lab.page.evaluate(() => (globalThis.files.length = 0));
  await press(lab, action, side);
  await lab.until((count) => globalThis.files.length === count, count);
  const files = await lab.page.evaluate(() => Promise.all(globalThis.files));
  return files.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) }));
}

/** @param {LabPage} lab @param {string} action @param {"a" | "b"} side */
const press = (lab, action, side) => lab.click(`dialog.exports [data-action="${action}"][data-side=${side}]`);

/** @param {LabPage} lab */
async function openDialog(lab) {
  await lab.click("[data-part=export]");
  await lab.until(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog.exports")?.open);
}

/** The next file that is asked for is this one. @param {LabPage} lab @param {string} name @param {Uint8Array} bytes */
async function offer(lab, name, bytes) {
  await lab.page.evaluate(
    (name, bytes) => {
      HTMLInputElement.prototype.click = function () {
        const chosen = new DataTransfer();
        chosen.items.add(new File([new Uint8Array(bytes)], name));
        this.files = chosen.files;
        this.dispatchEvent(new Event("change"));
      };
    },
    name,
    [...bytes],
  );
}

/** The same safetensors file with a prefix before each name. @param {Uint8Array} file @param {string} prefix */
function prefixed(file, prefix) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const tensors = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const text = JSON.stringify(Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor])));
  const header = new TextEncoder().encode(text);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  return Buffer.concat([size, header, file.subarray(8 + length)]);
}

/** @param {string} text @param {number} steps @param {Uint8Array} [start] */
function exporter(text, steps, start) {
  const run = new full.Exporter(text, start);
  run.advance(steps);
  return run;
}

/** @param {string} text @param {number} steps @param {Uint8Array} [start] */
function fingerprint(text, steps, start) {
  const trainer = start ? full.Trainer.start_from(text, start) : new full.Trainer(text);
  for (let i = 0; i < steps; i++) trainer.step();
  return trainer.fingerprint();
}

const fingerprintA = async (/** @type {LabPage} */ lab) => (await lab.fingerprints()).split(" ")[0];

inBothBrowsers("Exports", {
  "script, weights and losses are those of the run, as far as it has come": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(0);
    await lab.page.keyboard.press(">");
    await lab.rest(10);
    await catchFiles(lab);
    await openDialog(lab);
    const want = exporter(RUN_A, 10);
    const [script, tensors] = await take(lab, "PyTorch script", "a", 2);
    assert.deepEqual([script.name, tensors.name], ["normlab-a-mlp-layer-10.py", "normlab-a-mlp-layer-10.safetensors"]);
    const wanted = want.pytorch(tensors.name);
    assert.equal(script.bytes.toString(), wanted.script);
    assert.ok(tensors.bytes.equals(wanted.tensors));
    await lab.says("dialog .outcome", /^Saved: normlab-a-mlp-layer-10\.py and normlab-a-mlp-layer-10\.safetensors\.$/);
    const [weights] = await take(lab, "Weights", "a", 1);
    assert.ok(weights.bytes.equals(want.weights()));
    const [losses] = await take(lab, "Losses", "a", 1);
    assert.equal(losses.name, "normlab-a-mlp-layer-10-losses.csv");
    assert.equal(losses.bytes.toString(), want.history());
  },

  "weights that were saved are loaded back, and give the same fingerprint": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(0);
    await catchFiles(lab);
    await openDialog(lab);
    const [drawn] = await take(lab, "Weights", "a", 1);
    await offer(lab, "drawn.safetensors", drawn.bytes);
    await press(lab, "Start from weights", "a");
    await lab.says("dialog .outcome", /^Run A now starts from the weights of drawn\.safetensors\. Its fingerprint is that of this start/);
    await lab.says(".head-a", /weights of drawn\.safetensors/);
    await lab.page.keyboard.press("Escape");
    await lab.click(".play");
    await lab.rest(40);
    await lab.says(".readout", /of loaded weights/);
    assert.equal(await fingerprintA(lab), fingerprint(RUN_A, 40));

    // Others give others: those at the end, from which the same batches are seen once more.
    await openDialog(lab);
    const [trained] = await take(lab, "Weights", "a", 1);
    await offer(lab, "trained.safetensors", trained.bytes);
    await press(lab, "Start from weights", "a");
    await lab.says(".head-a", /weights of trained\.safetensors/);
    await lab.rest(40);
    assert.equal(await fingerprintA(lab), fingerprint(RUN_A, 40, trained.bytes));
    assert.notEqual(await fingerprintA(lab), fingerprint(RUN_A, 40));
    const [script, tensors] = await take(lab, "PyTorch script", "a", 2);
    assert.ok(tensors.bytes.equals(exporter(RUN_A, 40, trained.bytes).pytorch(tensors.name).tensors));
    assert.match(script.name, /-40\.py$/);

    // They stay as long as they fit, and go with a word.
    await lab.page.keyboard.press("Escape");
    await lab.enter("batch", "16");
    await lab.says(".head-a", /weights of trained\.safetensors/);
    await lab.enter("width", "9");
    await lab.says(".notes:not(:empty)", /weights of trained\.safetensors do not fit these settings: run A starts from drawn ones again/);
    assert.doesNotMatch(await lab.text(".head-a"), /safetensors/);
    await lab.rest(40);
    assert.doesNotMatch(await lab.text(".readout"), /loaded/);
  },

  "weights from elsewhere are read, and a note says what was done": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(0);
    await openDialog(lab);
    const weights = exporter(RUN_A, 3).weights();
    await offer(lab, "parallel.safetensors", prefixed(weights, "module."));
    await press(lab, "Start from weights", "a");
    await lab.says(
      "dialog .outcome",
      /^Run A now starts from the weights of parallel\.safetensors\. Read with changes: the prefix “module\.” was taken off its names\. Its fingerprint/,
    );
    await lab.page.keyboard.press("Escape");
    await lab.click(".play");
    await lab.rest(40);
    assert.equal(await fingerprintA(lab), fingerprint(RUN_A, 40, weights));
  },

  "drawn weights can be had back": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(0);
    await openDialog(lab);
    await offer(lab, "w.safetensors", exporter(RUN_A, 3).weights());
    await press(lab, "Start from weights", "a");
    await lab.says("dialog .start", /^Run A starts from w\.safetensors\./);
    await lab.click("dialog .start button");
    await lab.says("dialog .outcome", /^Run A now starts from drawn weights\.$/);
    assert.doesNotMatch(await lab.text(".head-a"), /safetensors/);
  },

  "files that do not fit are refused in words, and the run stays": async (lab) => {
    await lab.open(SMALL);
    await lab.rest(0);
    await openDialog(lab);
    await offer(lab, "<b>.safetensors", exporter("data=xor&width=9&depth=2&norm=layer", 0).weights());
    await press(lab, "Start from weights", "a");
    await lab.says("dialog .outcome", /That is not possible:.*it is of another network: that has width 9; this one has width 8$/);
    await offer(lab, "cat.jpg", Buffer.from("not tensors, but long enough to be asked"));
    await press(lab, "Start from weights", "b");
    await lab.says("dialog .outcome", /not a whole safetensors file/);
    assert.doesNotMatch(await lab.text(".head-a"), /weights of/);
    assert.equal(
      await lab.page.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelectorAll("dialog .outcome b").length),
      0,
    );
  },

  "a run that cannot be trained has nothing to export": async (lab) => {
    await lab.open("a.batch=1&b.batch=1&a.norm=layer&start=paused");
    await openDialog(lab);
    const disabled = await lab.page.evaluate(() =>
      ["a", "b"].map((side) =>
        [...document.querySelector("norm-lab").shadowRoot.querySelectorAll(`dialog [data-side=${side}]`)].map((b) => b.disabled),
      ),
    );
    assert.deepEqual(disabled, [
      [false, false, false, false],
      [true, true, true, true],
    ]);
  },

  "in a frame that forbids downloads it says what is needed": async (lab) => {
    const frame = (/** @type {string} */ sandbox) =>
      `<!doctype html><title>A course</title><link rel="icon" href="www/icon.svg"><iframe sandbox="${sandbox}" src="index.html#${SMALL}" width="1200" height="800"></iframe>`;
    for (const [sandbox, forbidden] of /** @type {[string, boolean][]} */ ([
      ["allow-scripts allow-same-origin", true],
      ["allow-scripts allow-same-origin allow-downloads", false],
    ])) {
      lab.server.instead.set("course.html", frame(sandbox));
      await lab.page.goto(`${lab.server.url}course.html`);
      const inside = await (await lab.page.waitForSelector("iframe")).contentFrame();
      await inside.waitForFunction(() => Boolean(document.querySelector("norm-lab")?.lab));
      await inside.evaluate(() => document.querySelector("norm-lab").shadowRoot.querySelector("[data-part=export]").click());
      await inside.waitForFunction(() => document.querySelector("norm-lab").shadowRoot.querySelector("dialog.exports")?.open);
      const status = await inside.evaluate(
        () => document.querySelector("norm-lab").shadowRoot.querySelector("dialog .outcome").textContent,
      );
      if (forbidden)
        assert.match(
          status,
          /lets nothing be saved\. Open the lab in a tab of its own, or let the frame's sandbox include allow-downloads\./,
        );
      else assert.equal(status, "");
    }
    // Chromium says what this sandbox is worth.
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((text) => !/can escape its sandboxing/.test(text)));
  },
});

inBothBrowsers(
  "Downloads",
  {
    "files arrive on the disk": async (lab, { browser }) => {
      const folder = mkdtempSync(join(tmpdir(), "normlab-downloads-"));
      try {
        const session = await browser.target().createCDPSession();
        await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
        await lab.open(SMALL);
        await lab.rest(0);
        await openDialog(lab);
        await press(lab, "PyTorch script", "b");
        const names = ["normlab-b-mlp-batch-100.py", "normlab-b-mlp-batch-100.safetensors"];
        for (let i = 0; i < 100 && !names.every((name) => readdirSync(folder).includes(name)); i++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        assert.deepEqual(readdirSync(folder).sort(), names);
        assert.equal(
          readFileSync(join(folder, names[0]), "utf8"),
          exporter("data=xor&width=8&depth=2&norm=batch", 100).pytorch(names[1]).script,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
  { only: "Chromium" },
);

/** Measures the lab against TensorFlow.js in one run of headless Chromium, and prints tables. */

import { cpus } from "node:os";
import { BROWSERS } from "../../tests/web/support/browsers.mjs";
import { serve } from "../../tests/web/support/server.mjs";

const NETS = [
  { name: "2-[16]×4-2", data: "spirals", inputs: 2, width: 16, depth: 4, classes: 2, batch: 32 },
  { name: "64-[64]×4-10", data: "digits", inputs: 64, width: 64, depth: 4, classes: 10, batch: 32 },
  { name: "64-[64]×4-10", data: "digits", inputs: 64, width: 64, depth: 4, classes: 10, batch: 256 },
  { name: "64-[128]×8-10", data: "digits", inputs: 64, width: 128, depth: 8, classes: 10, batch: 32 },
  { name: "64-[128]×8-10", data: "digits", inputs: 64, width: 128, depth: 8, classes: 10, batch: 256 },
];

const LANDSCAPES = [
  { name: "64-[64]×5-10, BatchNorm", text: "norm=batch" },
  { name: "64-[64]×5-10, no norm", text: "norm=none" },
  { name: "64-[128]×8-10, BatchNorm", text: "norm=batch&depth=8&width=128" },
];

/** A network of each family, as its hash; the convolutional one is that of the experiment on small batches. */
const CNN = "model=cnn&depth=2&width=8&head=32";
const RNN = "model=rnn&depth=1&width=64&length=32&activation=tanh";
const TRANSFORMER = "data=majority&length=8&model=transformer&depth=2&width=32&activation=gelu";

const FAMILIES = [
  { name: "CNN 8-16, head 32", text: CNN, batch: 32 },
  { name: "CNN 8-16, head 32", text: CNN, batch: 256 },
  { name: "CNN 32-64, head 32", text: "model=cnn&depth=2&width=32&head=32", batch: 32 },
  { name: "RNN, 32 steps, [64]", text: RNN, batch: 32 },
  { name: "transformer, 8 tokens, [32]×2", text: TRANSFORMER, batch: 32 },
];

const CNNS = [
  { name: "CNN 8-16, head 32", side: 8, depth: 2, width: 8, head: 32, classes: 10, batch: 32 },
  { name: "CNN 8-16, head 32", side: 8, depth: 2, width: 8, head: 32, classes: 10, batch: 256 },
];

/** One measure of each instrument, at the interval that the page starts with. */
const PROBES = ["loss_range", "shift", "mean_drift", "dead", "effective_lr", "mean_noise", "mean_gap", "accuracy_precise", "sharpness"];
const EVERY = 50;

const PAGES = [
  { name: "as it opens (100 steps/s)", hash: "" },
  { name: "full speed", hash: "speed=full&steps=1000000" },
  { name: "as it opens, measured along the gradient and by layer", hash: "curve=loss_range&layers=dead" },
  { name: "full speed, measured along the gradient and by layer", hash: "speed=full&steps=1000000&curve=loss_range&layers=dead" },
  { name: "full speed, CNN", hash: `speed=full&steps=1000000&${CNN}` },
  { name: "full speed, RNN", hash: `speed=full&steps=1000000&${RNN}` },
  { name: "full speed, transformer", hash: `speed=full&steps=1000000&${TRANSFORMER}` },
];

const count = (/** @type {number} */ n) => (n < 10 ? n.toFixed(1) : Math.round(n).toLocaleString("en-US"));
const times = (/** @type {number} */ ratio) => `${ratio.toFixed(ratio < 100 ? 1 : 0)}×`;

const server = await serve();
const browser = await BROWSERS[0].launch();
try {
  console.log(`${await browser.version()}, ${cpus()[0].model}, ${cpus().length} cores; one thread unless said otherwise\n`);
  const parts = { steps: measureSteps, families: measureFamilies, landscapes: measureLandscapes, probes: measureProbes, pages: measurePages };
  const wanted = process.argv.slice(2);
  for (const [name, measure] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await measure();
} finally {
  await browser.close();
  await server.close();
}

async function open() {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(String(error)));
  await page.goto(`${server.url}benches/web/bench.html`);
  await page.waitForFunction(() => globalThis.ready);
  return page;
}

async function measureSteps() {
  const page = await open();
  const { version, simd, threads } = await page.evaluate(() => globalThis.backends());
  console.log(`Training steps per second, SGD with momentum; TensorFlow.js ${version}, wasm backend with SIMD ${simd}, threads ${threads}.`);
  console.log("BatchNorm there: tf.moments and tf.batchNorm; by hand: written out in elementary operations.");
  console.log("The limit: the step's matrix products alone, by the library that we use. Medians, all in one run.\n");
  console.log("| net | batch | norm | ours | TF.js wasm | ours is | by hand | ours is | TF.js cpu | ours is | limit | GFLOP/s | share |");
  console.log("|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
  for (const net of NETS) {
    for (const norm of [true, false]) {
      const { wasm, cpu, gflops } = await page.evaluate((net) => globalThis.measureSteps(net), { ...net, norm });
      const [own, limit, library, byHand] = wasm.rates;
      const hand = norm ? [count(byHand), times(wasm.ratios[3])] : ["", ""];
      const cells = [net.name, net.batch, norm ? "BatchNorm" : "none", count(own), count(library), times(wasm.ratios[2]), ...hand, count(cpu.rates[1]), times(cpu.ratios[1])];
      console.log(`| ${[...cells, count(limit), gflops.toFixed(1), `${(wasm.ratios[1] * 100).toFixed(0)} %`].join(" | ")} |`);
    }
  }
  await page.close();
}

async function measureFamilies() {
  const page = await open();
  console.log("\nEach family of networks: training steps per second, SGD with momentum, and its products with weights alone\n");
  console.log("| net | batch | norm | steps/s | limit | GFLOP/s | share |");
  console.log("|---|---:|---|---:|---:|---:|---:|");
  for (const { name, text, batch } of FAMILIES) {
    for (const [norm, words] of [["batch", "BatchNorm"], ["layer", "LayerNorm"], ["none", "none"]]) {
      const whole = `${text}&batch=${batch}&norm=${norm}&init=he&optimizer=momentum&lr=0.001`;
      const { own, limit, share, gflops } = await page.evaluate((text) => globalThis.measureFamily(text), whole);
      console.log(`| ${[name, batch, words, count(own), count(limit), gflops.toFixed(1), `${(share * 100).toFixed(0)} %`].join(" | ")} |`);
    }
  }
  const { version } = await page.evaluate(() => globalThis.backends());
  console.log(`\nThe convolutional networks against TensorFlow.js ${version}; its wasm backend has no gradient of conv2d's filter\n`);
  console.log("| net | batch | norm | backend | convolution | TF.js steps/s | ours is |");
  console.log("|---|---:|---|---|---|---:|---:|");
  for (const net of CNNS) {
    for (const norm of [true, false]) {
      const text = `${CNN}&batch=${net.batch}&norm=${norm ? "batch" : "none"}&init=he&optimizer=momentum&lr=0.001`;
      for (const { backend, name, rate, ratio } of await page.evaluate((net) => globalThis.measureCnn(net), { ...net, norm, text })) {
        console.log(`| ${[net.name, net.batch, norm ? "BatchNorm" : "none", backend, name, count(rate), times(ratio)].join(" | ")} |`);
      }
    }
  }
  await page.close();
}

async function measureLandscapes() {
  const page = await open();
  console.log("\nA 51 × 51 loss landscape on 256 samples, against its matrix products\n");
  console.log("| net | seconds | × its products | first picture (5 × 5) |");
  console.log("|---|---:|---:|---:|");
  for (const { name, text } of LANDSCAPES) {
    const { seconds, ratio, first } = await page.evaluate((text) => globalThis.measureLandscape(text), text);
    console.log(`| ${name} | ${seconds.toFixed(2)} | ${ratio.toFixed(2)} | ${first.toFixed(0)} ms |`);
  }
  await page.close();
}

async function measureProbes() {
  const page = await open();
  console.log(`\nTraining and evaluating while something is measured every ${EVERY} steps (sharpness: every ${4 * EVERY})\n`);
  console.log("| net | measured | steps/s without | with | longer by |");
  console.log("|---|---|---:|---:|---:|");
  for (const { name, text } of LANDSCAPES.slice(0, 2)) {
    for (const measure of PROBES) {
      if (!text.includes("batch") && ["mean_noise", "mean_gap", "accuracy_precise", "effective_lr"].includes(measure)) continue;
      const { plain, watched, overhead } = await page.evaluate((...args) => globalThis.measureProbes(...args), text, measure, EVERY);
      console.log(`| ${name} | ${measure} | ${count(plain)} | ${count(watched)} | ${(100 * overhead).toFixed(0)} % |`);
    }
  }
  await page.close();
}

async function measurePages() {
  console.log("\nThe page at 1440 × 900 while two networks train and their landscapes are measured\n");
  console.log("| speed | steps/s | frames/s, median | slowest 5 % | longest task while training |");
  console.log("|---|---:|---:|---:|---:|");
  for (const { name, hash } of PAGES) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await page.evaluateOnNewDocument(() => {
      globalThis.tasks = [];
      new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map((e) => [e.startTime, e.duration]))).observe({ entryTypes: ["longtask"] });
    });
    await page.goto(`${server.url}index.html#${hash}`);
    await page.waitForFunction(() => document.querySelector("norm-lab")?.lab?.conductor.step > 150);
    const { gaps, longest, speed } = await page.evaluate(async () => {
      const { conductor } = document.querySelector("norm-lab").lab;
      const [begin, first] = [performance.now(), conductor.step];
      const times = [];
      await new Promise((done) => {
        const frame = (/** @type {number} */ now) => {
          times.push(now);
          if (performance.now() - begin < 8000) requestAnimationFrame(frame);
          else done(undefined);
        };
        requestAnimationFrame(frame);
      });
      const gaps = times.slice(1).map((t, i) => t - times[i]);
      const tasks = globalThis.tasks.filter(([start]) => start > begin).map(([, duration]) => duration);
      return { gaps, longest: Math.max(0, ...tasks), speed: ((conductor.step - first) * 1000) / (performance.now() - begin) };
    });
    gaps.sort((a, b) => a - b);
    const rate = (/** @type {number} */ share) => (1000 / gaps[Math.floor(share * (gaps.length - 1))]).toFixed(0);
    console.log(`| ${name} | ${count(speed)} | ${rate(0.5)} | ${rate(0.95)} | ${longest === 0 ? "under 50 ms" : `${longest.toFixed(0)} ms`} |`);
    await page.close();
  }
}

/** The preset sweep over learning rates, as somebody who presses Start sees it. */
async function measureSweep() {
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(`${server.url}index.html#view=sweep`);
  await page.waitForFunction(() => document.querySelector("norm-lab")?.lab?.views.sweep, { timeout: 60_000 });
  const { cells, workers, seconds } = await page.evaluate(async () => {
    const { views } = document.querySelector("norm-lab").lab;
    const { element, pool } = views.sweep;
    element.querySelector("[data-preset=learning-rate]").click();
    const start = performance.now();
    views.toggle();
    const workers = pool.size;
    while (views.sweep.sweep.missing().length > 0) await new Promise((resume) => setTimeout(resume, 20));
    return { cells: views.sweep.sweep.cells(), workers, seconds: (performance.now() - start) / 1000 };
  });
  console.log(`\nThe sweep over 15 learning rates, 3 normalizations and 3 seeds: ${cells} cells of 150 steps in ${seconds.toFixed(1)} s with ${workers} workers`);
  await page.close();
}

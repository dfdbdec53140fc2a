/** The page as somebody sees it: frames and long tasks while two networks train and their landscapes are measured. */

import { count, head, row } from "../format.mjs";
import { CNN, RNN, TRANSFORMER } from "../nets.mjs";

const FULL = "speed=full&steps=1000000";
const PROBES = "curve=loss_range&layers=dead";

const PAGES = [
  { name: "as it opens (100 steps/s)", hash: "" },
  { name: "full speed", hash: FULL },
  { name: "as it opens, measured along the gradient and by layer", hash: PROBES },
  { name: "full speed, measured along the gradient and by layer", hash: `${FULL}&${PROBES}` },
  { name: "the same, landscapes in 3-D", hash: `${FULL}&${PROBES}&slice=3d` },
  { name: "the same, turned all the time", hash: `${FULL}&${PROBES}&slice=3d`, turned: true },
  { name: "full speed, curvature", hash: `${FULL}&curve=sharpness&layers=shift` },
  { name: "full speed, CNN", hash: `${FULL}&${CNN}` },
  { name: "full speed, RNN", hash: `${FULL}&${RNN}` },
  { name: "full speed, transformer", hash: `${FULL}&${TRANSFORMER}` },
];

/** Milliseconds that each page is watched. */
const WATCHED = 8000;

/** @param {import("../bench.mjs").Stage} stage */
export default async function ({ browser, server }) {
  console.log("The page at 1440 × 900 while two networks train and their landscapes are measured\n");
  head("speed", "steps/s:", "frames/s, mean:", "median:", "slowest 5 %:", "longest task while training:");
  for (const { name, hash, turned } of PAGES) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await page.evaluateOnNewDocument(() => {
      globalThis.tasks = [];
      new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map((e) => [e.startTime, e.duration]))).observe({
        entryTypes: ["longtask"],
      });
    });
    await page.goto(`${server.url}index.html#${hash}`);
    await page.waitForFunction(() => document.querySelector("norm-lab")?.lab?.conductor.step > 150, { timeout: 60_000 });
    const { gaps, longest, speed } = await page.evaluate(
      async (watched, turned) => {
        const { conductor, store } = document.querySelector("norm-lab").lab;
        const [begin, first] = [performance.now(), conductor.step];
        const times = [];
        await new Promise((done) => {
          const frame = (/** @type {number} */ now) => {
            times.push(now);
            if (turned) store.setView("yaw", String(times.length % 360));
            if (performance.now() - begin < watched) requestAnimationFrame(frame);
            else done(undefined);
          };
          requestAnimationFrame(frame);
        });
        const gaps = times.slice(1).map((t, i) => t - times[i]);
        const tasks = globalThis.tasks.filter(([start]) => start > begin).map(([, duration]) => duration);
        return { gaps, longest: Math.max(0, ...tasks), speed: ((conductor.step - first) * 1000) / (performance.now() - begin) };
      },
      WATCHED,
      turned,
    );
    gaps.sort((a, b) => a - b);
    const mean = (1000 * gaps.length) / gaps.reduce((a, b) => a + b);
    const rate = (/** @type {number} */ share) => (1000 / gaps[Math.floor(share * (gaps.length - 1))]).toFixed(0);
    row(name, count(speed), mean.toFixed(1), rate(0.5), rate(0.95), longest === 0 ? "under 50 ms" : `${longest.toFixed(0)} ms`);
    await page.close();
  }
}

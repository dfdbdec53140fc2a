/** The lab in a browser's page, as its tests see it. */

/** What counts as a failure when it appears in the console: everything but plain information. */
const BAD = new Set(["error", "warn", "assert"]);

/** Longest wait for anything, in milliseconds: the machines that run this may be slow. */
const PATIENCE = 30_000;

export class LabPage {
  /** Errors in the console, and requests to anywhere but the lab's own origin. @type {string[]} */
  complaints = [];

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {{url: string}} server
   * @param {{width?: number, height?: number, isMobile?: boolean, hasTouch?: boolean}} [size]
   */
  static async create(browser, server, { width = 1440, height = 900, ...touch } = {}) {
    const page = await browser.newPage();
    await page.setViewport({ width, height, ...touch });
    return new LabPage(page, server);
  }

  /** @param {import("puppeteer-core").Page} page @param {{url: string}} server */
  constructor(page, server) {
    this.page = page;
    this.server = server;
    page.on("console", (message) => BAD.has(message.type()) && this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(new URL("/", server.url).href) && !/^(data|blob|about):/.test(url)) this.complaints.push(`asked for ${url}`);
    });
  }

  /** Opens the lab with a hash and waits until it is there. @param {string} [hash] */
  async open(hash = "") {
    // A change of the hash alone would not load the page anew.
    await this.page.goto("about:blank");
    await this.page.goto(`${this.server.url}index.html#${hash}`);
    await this.until(() => Boolean(document.querySelector("norm-lab")?.lab));
  }

  /**
   * Waits until a function, run in the page, is true.
   *
   * @param {(...args: any[]) => unknown} test
   * @param {...unknown} args
   */
  async until(test, ...args) {
    await this.page.waitForFunction(test, { timeout: PATIENCE, polling: 50 }, ...args);
  }

  /** Waits until both runs rest at a step. @param {number} step */
  async rest(step) {
    try {
      await this.until((step) => {
        const { conductor, store } = document.querySelector("norm-lab").lab;
        // A run that has just started over rests too, but has not shown itself yet.
        const shown = Object.values(conductor.runs).every((run) => !run.busy && (run.ended || store.lab.vitals(run.side)));
        return !conductor.playing && conductor.step === step && shown;
      }, step);
      // The read-out follows with the next word.
      await this.until(
        (step) => document.querySelector("norm-lab").shadowRoot.querySelector(".readout b")?.textContent === String(step),
        step,
      );
    } catch {
      const state = await this.page.evaluate(() => {
        const { conductor } = document.querySelector("norm-lab").lab;
        const runs = Object.values(conductor.runs).map(({ side, step, limit, ended, busy }) => ({ side, step, limit, ended, busy }));
        return JSON.stringify({
          playing: conductor.playing,
          step: conductor.step,
          runs,
          hidden: document.hidden,
          away: document.querySelector("norm-lab").lab.visibility.away,
        });
      });
      throw new Error(`The runs do not rest at step ${step}: ${state}; ${await this.text(".readout")}; ${this.complaints}`);
    }
  }

  /** Waits until both runs have reached a step. @param {number} step */
  async reach(step) {
    await this.until((step) => document.querySelector("norm-lab").lab.conductor.step >= step, step);
  }

  /** An element inside the lab. @param {string} selector @returns {Promise<import("puppeteer-core").ElementHandle<any>>} */
  async element(selector) {
    const handle = await this.page.evaluateHandle((s) => document.querySelector("norm-lab").shadowRoot.querySelector(s), selector);
    const element = handle.asElement();
    if (!element) throw new Error(`There is no ${selector}`);
    return /** @type {any} */ (element);
  }

  /** What an element says. @param {string} selector @returns {Promise<string>} */
  text(selector) {
    return this.page.evaluate((s) => document.querySelector("norm-lab").shadowRoot.querySelector(s)?.textContent ?? "", selector);
  }

  /** Waits until an element's text matches. @param {string} selector @param {RegExp} pattern */
  async says(selector, pattern) {
    try {
      await this.until(
        (s, source) => new RegExp(source).test(document.querySelector("norm-lab").shadowRoot.querySelector(s)?.textContent ?? ""),
        selector,
        pattern.source,
      );
    } catch {
      throw new Error(`${selector} says “${await this.text(selector)}”, not ${pattern}`);
    }
  }

  /** Whether an element is seen. @param {string} selector @returns {Promise<boolean>} */
  shown(selector) {
    return this.page.evaluate((s) => Boolean(document.querySelector("norm-lab").shadowRoot.querySelector(s)?.checkVisibility()), selector);
  }

  /** Clicks with the mouse. @param {string} selector */
  async click(selector) {
    for (let attempt = 1; ; attempt++) {
      const element = await this.element(selector);
      try {
        await element.evaluate((e) => e.scrollIntoView({ block: "center" }));
        return await element.click();
      } catch (error) {
        // The page may have replaced the element between finding and clicking it.
        if (attempt === 3 || !/detached|stale/i.test(String(error))) throw error;
      }
    }
  }

  /** Chooses an option of a list. @param {string} selector @param {string} value */
  async choose(selector, value) {
    await (await this.element(selector)).select(value);
  }

  /** Types an exact number into a field's box. @param {string} field @param {string} value @param {number} [which] */
  async enter(field, value, which = 0) {
    const handle = await this.page.evaluateHandle(
      (field, which) => document.querySelector("norm-lab").shadowRoot.querySelectorAll(`[data-field=${field}] input.exact`)[which],
      field,
      which,
    );
    const box = handle.asElement();
    await box.evaluate((e) => {
      e.closest("details.more")?.setAttribute("open", "");
      e.scrollIntoView({ block: "center" });
      e.focus();
      e.select();
    });
    await box.type(value);
    await this.page.keyboard.press("Enter");
  }

  /** A field's value. @param {"a" | "b" | "view"} side @param {string} name @returns {Promise<string>} */
  value(side, name) {
    return this.page.evaluate((side, name) => document.querySelector("norm-lab").lab.store.lab.get(side, name), side, name);
  }

  /** The page's hash. @returns {Promise<string>} */
  hash() {
    return this.page.evaluate(() => location.hash);
  }

  /** All digits of both fingerprints. @returns {Promise<string>} */
  fingerprints() {
    return this.page.evaluate(() => {
      const { lab } = document.querySelector("norm-lab").lab.store;
      return ["a", "b"].map((side) => lab.vitals(side)?.fingerprint ?? "none").join(" ");
    });
  }

  /** How many different colours a chart's canvas has. @param {string} selector @returns {Promise<number>} */
  colors(selector) {
    return this.page.evaluate((s) => {
      const canvas = document.querySelector("norm-lab").shadowRoot.querySelector(`${s} canvas`);
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }, selector);
  }

  async close() {
    await this.page.close();
  }
}

/** Runs the same tests in every browser, against the files as they are served. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS } from "./browsers.mjs";
import { LabPage } from "./lab.mjs";
import { serve } from "./server.mjs";

/**
 * @param {string} title
 * @param {Record<string, (lab: LabPage, context: {browser: import("puppeteer-core").Browser, name: string}) => Promise<void>>} tests
 * @param {{prefix?: string, size?: {width: number, height: number, isMobile?: boolean, hasTouch?: boolean}, only?: string}} [options] `only`: the browser that can be made to do this.
 */
export function inBothBrowsers(title, tests, { prefix, size, only } = {}) {
  for (const { name, launch } of BROWSERS) {
    if (only && name !== only) continue;
    describe(`${title} (${name})`, () => {
      /** @type {import("puppeteer-core").Browser} */
      let browser;
      /** @type {Awaited<ReturnType<typeof serve>>} */
      let server;
      before(async () => {
        server = await serve(prefix);
        browser = await launch();
      });
      after(async () => {
        await browser?.close();
        await server?.close();
      });
      for (const [what, run] of Object.entries(tests)) {
        test(what, { timeout: 120_000 }, async () => {
          const lab = await LabPage.create(browser, server, size);
          try {
            await run(lab, { browser, name });
            assert.deepEqual(lab.complaints, [], "the console stays clean and nothing is asked of others");
          } finally {
            await lab.close();
          }
        });
      }
    });
  }
}

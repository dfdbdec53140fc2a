/** The browsers on this machine. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";

/** @param {string[]} names */
function find(names) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of names) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error(`None of ${names.join(", ")} is installed.`);
}

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

export const BROWSERS = [
  {
    name: "Chromium",
    launch: () =>
      puppeteer.launch({
        browser: "chrome",
        executablePath: find(CHROMIUM),
        // Containers forbid Chromium's own sandbox, and have no GPU; nothing is to be asked of other hosts.
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--js-flags=--expose-gc",
        ],
      }),
  },
  {
    name: "Firefox",
    launch: () => puppeteer.launch({ browser: "firefox", executablePath: find(["firefox-esr", "firefox"]) }),
  },
];

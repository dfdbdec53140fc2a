/** A plain static file server, as a course might use: no special headers, any sub-path. */

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

/**
 * Serves the repository below `prefix`.
 *
 * @param {string} [prefix] Starts and ends with a slash.
 */
export async function serve(prefix = "/") {
  /** What is served in place of a file, by its path, once it is there; `null` is served as missing. @type {Map<string, string | null | Promise<undefined>>} */
  const instead = new Map();
  /** How often each path was asked for. @type {Map<string, number>} */
  const asked = new Map();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const below = pathname.startsWith(prefix) ? normalize(pathname.slice(prefix.length)) : "..";
    asked.set(below, (asked.get(below) ?? 0) + 1);
    try {
      if (below.startsWith("..")) throw new Error("outside");
      const file = join(ROOT, below === "." || below === "" ? "index.html" : below);
      const other = await instead.get(below);
      if (other === null) throw new Error("left out");
      const body = other ?? (await readFile(file));
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    instead,
    asked,
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Loading the lab's own files. */

/** A file that could not be had, in words for people; it may be there the next time. */
export class Unreachable extends Error {}

/**
 * @param {string} path Below this folder.
 * @param {string} what What it is, in words for people.
 * @returns {Promise<Response>}
 */
export async function load(path, what) {
  let answer;
  try {
    answer = await fetch(new URL(path, import.meta.url));
  } catch {
    throw new Unreachable(`${what} could not be loaded: the server does not answer.`);
  }
  if (!answer.ok) throw new Unreachable(`${what} could not be loaded (${answer.status}).`);
  return answer;
}

/**
 * Makes something at the first call only; again, if that failed.
 *
 * @template T
 * @param {() => Promise<T>} make
 * @returns {() => Promise<T>}
 */
export function once(make) {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

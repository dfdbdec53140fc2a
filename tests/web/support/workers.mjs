/** Workers that do nothing but remember what they are calls: the test answers for them. */

export class FakeWorker {
  /** All that were ever started, oldest first. @type {FakeWorker[]} */
  static all = [];

  /** Whether those that are started find the engine. */
  static loadable = true;

  /** Those that were not ended. */
  static get living() {
    return FakeWorker.all.filter((worker) => !worker.ended);
  }

  /** @type {any[]} */
  messages = [];
  ended = false;
  /** @type {(event: {data: any}) => void} */
  onmessage = () => {};
  /** @type {(event: {message?: string, preventDefault: () => void}) => void} */
  onerror = () => {};

  constructor() {
    FakeWorker.all.push(this);
  }

  /** @param {any} message */
  postMessage(message) {
    this.messages.push(message);
    if (message.type === "init" && FakeWorker.loadable) this.reply({ type: "ready" });
  }

  terminate() {
    this.ended = true;
  }

  /** @param {any} reply */
  reply(reply) {
    if (!this.ended) this.onmessage({ data: reply });
  }

  /** Throws an error that nothing catches. */
  fail() {
    if (!this.ended) this.onerror({ message: "thrown", preventDefault: () => {} });
  }

  /** As if its script could not be loaded. */
  refuse() {
    if (!this.ended) this.onerror({ preventDefault: () => {} });
  }
}

/** Puts them in place of the real ones. */
export function install() {
  FakeWorker.all = [];
  FakeWorker.loadable = true;
  /** @type {any} */ (globalThis).Worker = FakeWorker;
}

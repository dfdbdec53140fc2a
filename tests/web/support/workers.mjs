/** Workers that do nothing but remember what they are told: the test answers for them. */

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
  orders = [];
  ended = false;
  /** @type {(event: {data: any}) => void} */
  onmessage = () => {};
  /** @type {(event: {message?: string, preventDefault: () => void}) => void} */
  onerror = () => {};

  constructor() {
    FakeWorker.all.push(this);
  }

  /** @param {any} order */
  postMessage(order) {
    this.orders.push(order);
    if (order.type === "init" && FakeWorker.loadable) this.tell({ type: "ready" });
  }

  terminate() {
    this.ended = true;
  }

  /** @param {any} news */
  tell(news) {
    if (!this.ended) this.onmessage({ data: news });
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

/** Several workers of one script, each with one task at a time; requests go before tasks. */

import { EngineWorker } from "./engine_worker.js";

/** @import { Engine } from "../types.js" */
/** @import { Member, PoolHooks, Request } from "./types.js" */

/**
 * @template {object} Task
 * @template {object} Message To a worker, but for its number.
 * @template {{id: number}} Reply
 */
export class WorkerPool {
  /** @type {Member<Task, Message, Reply>[]} */
  #members = [];
  /** @type {Map<number, Request<Member<Task, Message, Reply>, Reply>>} */
  #requests = new Map();
  #id = 0;

  /**
   * @param {URL} script
   * @param {Engine} engine For workers that are not yet started.
   * @param {PoolHooks<Task, Message, Reply>} hooks
   */
  constructor(script, engine, hooks) {
    this.script = script;
    this.engine = engine;
    this.hooks = hooks;
  }

  /** Workers at present. */
  get size() {
    return this.#members.length;
  }

  /** What is being worked on. */
  get tasks() {
    return this.#members.flatMap(({ task }) => task ?? []);
  }

  /** Starts workers until there are so many. @param {number} count */
  spawn(count) {
    while (this.#members.length < count) {
      /** @type {Member<Task, Message, Reply>} */
      const member = {
        id: 0,
        worker: new EngineWorker(this.script, this.engine, {
          message: (reply) => this.#receive(member, reply),
          crashed: (message, unloadable) => this.#crashed(member, message, unloadable),
        }),
      };
      this.#members.push(member);
    }
  }

  /** Assigns the next tasks to all workers that have none. */
  fill() {
    for (const member of this.#members) {
      const next = member.task ? undefined : this.hooks.next(member.worker);
      if (!next) continue;
      member.task = next.task;
      member.id = this.#send(member, next.message);
    }
  }

  /** Ends the workers that have no task. */
  shrink() {
    for (const { worker, task } of this.#members) if (!task) worker.end();
    this.#members = this.#members.filter(({ task }) => task);
  }

  /** Asks one worker, without waiting for tasks that are not yet assigned. @param {Message} message @returns {Promise<Reply>} */
  request(message) {
    const member = this.#members.find(({ task }) => !task) ?? this.#members[0];
    const id = this.#send(member, message);
    return new Promise((resolve, reject) => this.#requests.set(id, { member, resolve, reject }));
  }

  /** Makes a worker crash, for tests. @param {Message} message */
  crash(message) {
    if (this.#members.length > 0) this.#send(this.#members[0], message);
  }

  /** Ends all workers; their tasks are dropped, and requests rejected. */
  end() {
    const members = this.#members;
    this.#members = [];
    for (const member of members) {
      member.worker.end();
      this.#reject(member);
    }
  }

  /** @param {Member<Task, Message, Reply>} member @param {Message} message */
  #send(member, message) {
    this.#id += 1;
    member.worker.send({ ...message, id: this.#id });
    return this.#id;
  }

  /** @param {Member<Task, Message, Reply>} member @param {Reply} reply */
  #receive(member, reply) {
    const request = this.#requests.get(reply.id);
    this.#requests.delete(reply.id);
    const { task } = member;
    if (request) request.resolve(reply);
    else if (task && member.id === reply.id) {
      member.task = undefined;
      this.hooks.done(task, reply);
    }
  }

  /** @param {Member<Task, Message, Reply>} member @param {string} message @param {boolean} unloadable */
  #crashed(member, message, unloadable) {
    console.warn(`A worker crashed: ${message}`);
    this.#members = this.#members.filter((other) => other !== member);
    this.#reject(member);
    this.hooks.crashed(member.task, unloadable);
  }

  /** @param {Member<Task, Message, Reply>} member */
  #reject(member) {
    for (const [id, request] of this.#requests) {
      if (request.member !== member) continue;
      this.#requests.delete(id);
      request.reject("its worker is gone");
    }
  }
}

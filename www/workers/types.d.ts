// Shapes of the page's end of workers.

import type { EngineWorker } from "./engine_worker.js";

/** What one worker reports. */
export interface WorkerHooks<Reply> {
  message(reply: Reply): void;
  /** It has ended. `unloadable`: another one would fare no better. */
  crashed(message: string, unloadable: boolean): void;
}

/** A worker of a pool. */
export interface Member<Task, Message, Reply> {
  worker: EngineWorker<Message & { id: number }, Reply>;
  /** Of its task's message. */
  id: number;
  task?: Task;
}

/** What a pool asks of its owner, and reports. */
export interface PoolHooks<Task, Message, Reply> {
  /** A free worker's next task. */
  next(worker: object): { task: Task; message: Message } | undefined;
  done(task: Task, reply: Reply): void;
  /** A worker is gone, and its task not done. `unloadable`: another one would fare no better. */
  crashed(task: Task | undefined, unloadable: boolean): void;
}

/** A request that a worker has not answered. */
export interface Request<Member, Reply> {
  member: Member;
  resolve(reply: Reply): void;
  reject(why: string): void;
}

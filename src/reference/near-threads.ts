import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { scratchOf } from "../kernels/near-memory.ts";
import type { NearShard } from "../kernels/near-search.ts";
import type { ThreadAnswer, ThreadQuestion } from "./near-thread.ts";

/** Threads that search in the same shards, each with a scratch of its own. They see codes only. */
export interface SearchThreads {
  /** For each code what each shard has. Shape: entry and distance in turn. Errors: those of a search; Error when a thread ends. */
  find(codes: readonly Uint8Array[], withinBits: number): Promise<readonly (readonly Uint32Array[])[]>;
  close(): Promise<void>;
}

const mostCodesAtOnce = 64;
const codesWorthThreads = 1_000_000;
const mostThreads = 4;

/** A thread takes 30 ms of processor time to start; below a million codes that is the time of 1,500 searches. */
export function threadsFor(codes: number): number {
  return codes < codesWorthThreads ? 1 : Math.max(1, Math.min(mostThreads, availableParallelism() - 1));
}

export function searchThreads(shards: readonly NearShard[], threads: number): SearchThreads {
  const workers = Array.from({ length: threads }, (_, number): Worker => {
    const thread = number + 1;
    // Grown here, for a thread would grow it while others do.
    for (const { memory, places } of shards) scratchOf(memory, places, thread);
    // Compiled, as the kernels are: two folders up from here both in src and in dist.
    const worker = new Worker(new URL("../../dist/reference/near-thread.js", import.meta.url), { workerData: { shards, thread } });
    worker.unref();
    return worker;
  });
  let isClosed = false;
  // A thread that ended would never answer again.
  for (const worker of workers) worker.once("exit", () => (isClosed = true));
  let turn: Promise<unknown> = Promise.resolve();

  const ask = async (codes: readonly Uint8Array[], withinBits: number): Promise<readonly (readonly Uint32Array[])[]> => {
    const found: (readonly Uint32Array[])[] = [];
    let next = 0;
    // Two shares for each thread: a picture's few codes are spread as well, and a slow thread holds up little.
    const codesAtOnce = Math.min(mostCodesAtOnce, Math.ceil(codes.length / (2 * workers.length)));
    const serve = async (worker: Worker): Promise<void> => {
      while (next < codes.length) {
        const from = next;
        next = Math.min(codes.length, from + codesAtOnce);
        const answer = await answered(worker, { codes: codes.slice(from, next), withinBits });
        if ("message" in answer) throw new RangeError(answer.message);
        for (const [index, pairs] of answer.found.entries()) found[from + index] = pairs;
      }
    };
    const served = await Promise.allSettled(workers.map(serve));
    for (const outcome of served) if (outcome.status === "rejected") throw outcome.reason;
    return found;
  };

  return {
    find(codes, withinBits) {
      const asked = turn.then(() => {
        if (isClosed) throw new Error("near threads: found that they have ended, expected them at work");
        return ask(codes, withinBits);
      });
      turn = asked.catch(() => undefined);
      return asked;
    },
    async close() {
      isClosed = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function answered(worker: Worker, question: ThreadQuestion): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off("message", told).off("error", failed).off("exit", ended).unref();
      act();
    };
    const told = (answer: ThreadAnswer): void => settle(() => resolve(answer));
    const failed = (error: Error): void => settle(() => reject(error));
    const ended = (status: number): void => settle(() => reject(new Error(`near thread: found it ended with ${status}, expected an answer`)));
    worker.on("message", told).on("error", failed).on("exit", ended).ref();
    worker.postMessage(question);
  });
}

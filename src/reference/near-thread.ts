import { parentPort, workerData } from "node:worker_threads";
import { nearSearch, type NearShard } from "../kernels/near-search.ts";

export interface ThreadQuestion {
  readonly codes: readonly Uint8Array[];
  readonly withinBits: number;
}

/** For each code what each shard has, entry and distance in turn; or why there is no answer. */
export type ThreadAnswer = { readonly found: readonly (readonly Uint32Array[])[] } | { readonly message: string };

const { shards, thread } = workerData as { readonly shards: readonly NearShard[]; readonly thread: number };
const searches = shards.map((shard) => nearSearch(shard, thread));

function answerTo({ codes, withinBits }: ThreadQuestion): ThreadAnswer {
  try {
    return { found: codes.map((code) => searches.map((search) => search.find(code, withinBits))) };
  } catch (thrown) {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

parentPort?.on("message", (question: ThreadQuestion) => parentPort?.postMessage(answerTo(question)));

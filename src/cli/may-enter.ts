import { isMainThread } from "node:worker_threads";
import { areCoreDumpsOff } from "../reading/core-dumps.ts";

/**
 * Whether the working folder of this process may be one of the evidence for a moment: where neither the kernel nor Node itself could write into it. Only the main thread may change it.
 *
 * Options of Node may make it write files of its own (reports of crashes, warnings, snapshots, profiles), relative to wherever the process is then and from other threads, so that with any of them, whatever it
 * is, the answer is no.
 */
export function mayEnterEvidence(): boolean {
  return isMainThread && process.execArgv.length === 0 && !Object.keys(process.env).some((name) => name.startsWith("NODE_") && !harmless.includes(name)) && areCoreDumpsOff();
}

/** Variables that Node or its packages only read. */
const harmless: readonly string[] = ["NODE_ENV", "NODE_PATH", "NODE_NO_WARNINGS", "NODE_EXTRA_CA_CERTS"];

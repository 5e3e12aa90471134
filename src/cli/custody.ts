import { hostname } from "node:os";
import type { Custody } from "../record/case-lock.ts";
import { systemCode } from "../failure.ts";
import { now } from "./clock.ts";

/** Who writes to a record: this process on this host, by this host's clock. */
export function custody(): Custody {
  return { now, processId: process.pid, host: hostname(), isAlive };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return systemCode(thrown) === "EPERM";
  }
}

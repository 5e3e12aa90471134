import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { Custody } from "../record/case-lock.ts";
import type { PassFacts } from "../record/view.ts";
import { systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { clockState, now, timeZone } from "./clock.ts";
import { userName } from "./user-name.ts";
import { ownVersion, versions } from "./version.ts";

/** Who writes to a record: this process on this host, by this host's clocks. Units: `elapsedMs` since the session began, monotonic. */
export function custody(elapsedMs: () => number = () => performance.now()): Custody {
  return { version: ownVersion(), now, wallMs: (at) => Date.parse(at), elapsedMs, processId: process.pid, host: hostname(), isAlive, startOf };
}

/** How this process was started, where, by whom and with what. */
export function circumstances(): Pick<PassFacts, "versions" | "commandLine" | "host" | "user" | "timeZone" | "clock"> {
  return {
    versions: versions(),
    commandLine: process.argv.slice(2).map((argument) => pathText(Buffer.from(argument))),
    host: hostname(),
    user: userName(),
    timeZone: timeZone(),
    clock: clockState(),
  };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return systemCode(thrown) === "EPERM";
  }
}

/** The machine's start and, in ticks after it, the process's own. */
function startOf(processId: number): string | null {
  try {
    const machine = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    const process = readFileSync(`/proc/${processId}/stat`, "latin1");
    // After the name in parentheses, which may hold anything: state, parent ... and as the 20th the start.
    const ticks = process.slice(process.lastIndexOf(")") + 2).split(" ")[19];
    return ticks === undefined ? null : `${machine} ${ticks}`;
  } catch {
    return null;
  }
}

import { hostname, userInfo } from "node:os";
import type { Custody } from "../record/case-lock.ts";
import type { PassFacts } from "../record/view.ts";
import { systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { clockState, now, timeZone } from "./clock.ts";
import { ownVersion, versions } from "./version.ts";

/** Who writes to a record: this process on this host, by this host's clocks. Units: `elapsedMs` since the session began, monotonic. */
export function custody(elapsedMs: () => number = () => performance.now()): Custody {
  return { version: ownVersion(), now, wallMs: (at) => Date.parse(at), elapsedMs, processId: process.pid, host: hostname(), isAlive };
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

/** The operating system's name of who runs this; containers often have none. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (thrown) {
    return systemCode(thrown) === "EPERM";
  }
}

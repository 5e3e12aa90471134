import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { systemCode } from "../failure.ts";

/** The kernel's O_CLOEXEC, in the octal of /proc. Source: proc(5), fdinfo. */
const closeOnExecution = 0o2000000;
const variable = "NODE_CHANNEL_FD=";

/**
 * Closes what whoever started this left open in it: every process that it starts would hold it too, readers and sandboxed decoders among them, and could read and
 * write there whatever else keeps it in. Standard streams stay, and a channel to a process of Node that started this one.
 *
 * To be called before any process is started. What Node itself opens is closed on execution, and stays; what V8 opens for a log of its own (`--perf-basic-prof`) is not.
 * V8 goes on writing to such a number: no other file may have it, least of all a database. So it stays taken, by /dev/null.
 */
export function closeInheritedDescriptors(): void {
  // Node takes the variable away once it has read it; the kernel keeps what there was.
  const channel = readFileSync("/proc/self/environ", "latin1").split("\0").find((one) => one.startsWith(variable))?.slice(variable.length);
  const numbers = readdirSync("/proc/self/fd").filter((name) => Number(name) > 2 && name !== channel && isHandedDown(name)).map(Number);
  for (const number of numbers.sort((one, other) => one - other)) {
    closeSync(number);
    occupy(number);
  }
}

/** The kernel gives the lowest number that is free: those below are taken until it is this one's turn. Beyond the limit of open files nothing gets it. */
function occupy(number: number): void {
  const below: number[] = [];
  try {
    for (let given = openSync("/dev/null", "r+"); given !== number; given = openSync("/dev/null", "r+")) below.push(given);
  } catch (thrown) {
    if (systemCode(thrown) !== "EMFILE") throw thrown;
  } finally {
    for (const one of below) closeSync(one);
  }
}

/** False also for the descriptor by which the list itself was read, which is closed by now. */
function isHandedDown(name: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(infoOf(name))?.[1];
  return flags !== undefined && (parseInt(flags, 8) & closeOnExecution) === 0;
}

function infoOf(name: string): string {
  try {
    return readFileSync(`/proc/self/fdinfo/${name}`, "latin1");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw thrown;
  }
}

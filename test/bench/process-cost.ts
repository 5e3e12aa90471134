import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** What a program cost with all that it started. Shape: `peakBytes` its share of memory (PSS) with theirs at the worst moment that was looked at; 0 unless that was asked for. */
export interface ProcessCost {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakBytes: number;
}

const lookEveryMs = 20;
const memoryEveryMs = 200;

/** Runs a program to its end and adds up what it and all its processes cost. Shape: `output` is a file descriptor, or hears what the program says. Errors: Error when it ends with another status than one of those expected. */
export async function costOf(
  command: readonly string[],
  { statuses, output, memory = false }: { readonly statuses: readonly number[]; readonly output?: number | ((text: string) => void); readonly memory?: boolean },
): Promise<ProcessCost> {
  const [program = "", ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", typeof output === "function" ? "pipe" : (output ?? "ignore"), "inherit"] });
  if (typeof output === "function") child.stdout?.setEncoding("utf8").on("data", output);
  const cpuSeconds = new Map<number, number>();
  let peakBytes = 0;
  if (child.pid !== undefined) cpuSeconds.set(child.pid, 0);
  // Readers end by a signal that nobody waits for, so the kernel adds them to nobody's children. They stand idle while the reports are written: a look now and then is exact for them.
  const timer = setInterval(() => {
    for (const process of cpuSeconds.keys()) look(process, cpuSeconds);
  }, lookEveryMs);
  const memoryTimer = setInterval(() => {
    if (memory) peakBytes = Math.max(peakBytes, [...cpuSeconds.keys()].reduce((sum, process) => sum + shareOfMemory(process), 0));
  }, memoryEveryMs);
  const [status] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  clearInterval(memoryTimer);
  if (status === null || !statuses.includes(status)) throw new Error(`bench: ${args.slice(0, 2).join(" ")}: found status ${status}, expected ${statuses.join(" or ")}`);
  return { cpuSeconds: [...cpuSeconds.values()].reduce((sum, seconds) => sum + seconds, 0), wallSeconds: (performance.now() - began) / 1000, peakBytes };
}

/** Notes the CPU time of a process, to a hundredth of a second, and the children that it has now. */
function look(id: number, cpuSeconds: Map<number, number>): void {
  try {
    const text = readFileSync(`/proc/${id}/stat`, "latin1");
    // After the name in parentheses: state, parent ... user time, system time.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    cpuSeconds.set(id, (Number(fields[11]) + Number(fields[12])) / 100);
    for (const child of readFileSync(`/proc/${id}/task/${id}/children`, "latin1").split(" ")) if (child !== "" && !cpuSeconds.has(Number(child))) cpuSeconds.set(Number(child), 0);
  } catch {
    // It has ended; what it had cost when it was last seen stands.
  }
}

function shareOfMemory(id: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "latin1"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

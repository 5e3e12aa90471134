import { spawn } from "node:child_process";
import { Failure, systemCode } from "../failure.ts";

/** What one run of the program came to. */
export interface Ended {
  readonly args: readonly string[];
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program with arguments, as an examiner would. `watch` is told what it prints on standard output, and may send it a signal. */
export type RunProgram = (args: readonly string[], watch?: (out: string, signal: (name: NodeJS.Signals) => void) => void) => Promise<Ended>;

/** Thrown when the run of the kit was interrupted; no answer is drawn from what was cut off. */
export class Interrupted extends Error {}

const machineCodes = ["ENOSPC", "EDQUOT", "EROFS", "ENOMEM", "EMFILE", "ENFILE", "EAGAIN", "EIO"];
const fullDatabase = "database or disk is full";

// The program's own phrases alone, from the start of a line: a path with such a word in it refuses nothing.
const refusals = [new RegExp(`^blindmatch: this machine refused: (${[...machineCodes, fullDatabase].join("|")})`, "m"), new RegExp(`^blindmatch: .* \\((${[...machineCodes, "SQLITE_FULL"].join("|")})\\)`, "m")];

/** What the machine refused by what a run said on standard error; null where it refused nothing. What then follows says nothing of the program. */
export function machineRefusal(err: string): string | null {
  const found = refusals.map((refusal) => refusal.exec(err)?.[1]).find((code) => code !== undefined);
  return found === undefined ? null : [fullDatabase, "SQLITE_FULL"].includes(found) ? "ENOSPC" : found;
}

/** Whether something thrown tells of the machine or of whoever interrupted, not of the program. */
export function isNoFaultOfTheProgram(thrown: unknown): boolean {
  return thrown instanceof Interrupted || (thrown instanceof Failure && thrown.code === "sandbox-unavailable") || machineCodes.includes(systemCode(thrown) ?? "");
}

/**
 * The program as processes of its own, started by Node.
 *
 * Errors: Interrupted once `interrupt` is aborted, the running process ended by then; the operating system's error when a run says that its disk is full
 *         or memory is out: a fault of the machine is no fault of the program.
 */
export function programRunner(entryFile: string, interrupt: AbortSignal): RunProgram {
  return async (args, watch) => {
    if (interrupt.aborted) throw new Interrupted();
    // A group of its own: Ctrl-C at the terminal is the kit's to pass on, once.
    const running = spawn(process.execPath, [entryFile, ...args], { stdio: ["ignore", "pipe", "pipe"], detached: true });
    const end = (): void => void running.kill("SIGINT");
    interrupt.addEventListener("abort", end, { once: true });
    try {
      let [out, err] = ["", ""];
      running.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        watch?.(out, (name) => void running.kill(name));
      });
      running.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
      const status = await new Promise<number | null>((resolve, reject) => running.on("error", reject).on("close", resolve));
      if (interrupt.aborted) throw new Interrupted();
      const code = machineRefusal(err);
      if (code !== null) throw refused(code, args);
      return { args, status, out, err };
    } finally {
      interrupt.removeEventListener("abort", end);
    }
  };
}

function refused(code: string, args: readonly string[]): Error {
  return Object.assign(new Error(`${code} while the kit ran: blindmatch ${args.slice(0, 2).join(" ")}`), { code });
}

import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { program } from "./blindmatch.ts";

/** One system call of the main process that changes something, or may: the nth of its name. `about`: what it was called with, for messages. */
export interface WritePoint {
  readonly call: string;
  readonly nth: number;
  readonly about: string;
}

export interface Faulted {
  readonly status: number | null;
  readonly killed: boolean;
  readonly out: string;
  readonly err: string;
  /** Processes and threads that main started. */
  readonly children: readonly number[];
  /** What the calls that failed were called with: of `write` another one than was meant may have the number, for those to pipes are not the same in every run. */
  readonly failed: readonly string[];
}

// Some of these names exist on some machines only.
const writeCalls = [
  "write", "pwrite64", "writev", "pwritev", "pwritev2", "fsync", "fdatasync", "ftruncate", "truncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat",
  "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "open", "openat", "creat", "chmod", "fchmod", "fchmodat",
] as const;
const startCalls = ["fork", "vfork", "clone", "clone3"] as const;
const longestMs = 90_000;
const known = (calls: readonly string[]): string => calls.map((call) => `?${call}`).join();

/** The write points of an undisturbed run, in order. Only main's own thread is followed: it does all the writing. Errors: Error when it does not end with that status. */
export function writePoints(log: string, status: number, ...args: readonly string[]): WritePoint[] {
  const ended = spawnSync("strace", ["-o", log, "-y", "-s", "16", "-e", `trace=${known(writeCalls)}`, "-e", "signal=none", process.execPath, program, ...args], { maxBuffer: 1 << 26 });
  if (ended.status !== status) throw new Error(`strace: found status ${ended.status}, expected ${status}: ${ended.stderr.toString()}`);
  const counts = new Map<string, number>();
  const points = readFileSync(log, "utf8").split("\n").flatMap((line): WritePoint[] => {
    const [, call, about] = /^(\w+)\((.*)$/.exec(line) ?? [];
    if (call === undefined || about === undefined) return [];
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return call.startsWith("open") && !/O_(?:WRONLY|RDWR|CREAT|TRUNC)/.test(about) ? [] : [{ call, nth, about }];
  });
  rmSync(log);
  return points;
}

/** Runs the program with a fault at one point, such as `signal=SIGKILL` or `error=ENOSPC`; `onwards`: at each later call of that name as well. */
export async function runFaulted(log: string, point: WritePoint, fault: string, onwards: boolean, ...args: readonly string[]): Promise<Faulted> {
  const inject = `inject=${point.call}:${fault}:when=${point.nth}${onwards ? "+" : ""}`;
  const running = spawn("strace", ["-o", log, "-y", "-s", "16", "-e", `trace=${known([point.call, ...startCalls])}`, "-e", inject, process.execPath, program, ...args], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  // A write of Node's own that fails may leave it waiting for ever.
  const timer = setTimeout(() => process.kill(-running.pid!, "SIGKILL"), longestMs);
  let [out, err] = ["", ""];
  running.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
  running.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
  const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => running.on("close", (...ended) => resolve(ended)));
  clearTimeout(timer);
  const traced = readFileSync(log, "utf8");
  const children = [...traced.matchAll(/^(?:fork|vfork|clone|clone3)\(.* = (\d+)$/gm)].map((found) => Number(found[1]));
  const failed = [...traced.matchAll(/^\w+\((.*) \(INJECTED\)$/gm)].map((found) => found[1]!);
  rmSync(log);
  return { status, killed: signal === "SIGKILL", out, err, children, failed };
}

/** The points that a short run takes: every so many, other ones with another seed, and in their last two fifths, where the record is closed and the reports are written, three times as many. */
export function spread(points: readonly WritePoint[], every: number, seed: number): WritePoint[] {
  const [dense, third] = [Math.floor(points.length * 0.6), Math.ceil(every / 3)];
  return points.filter((_, index) => (index < dense ? index % every === seed % every : (index - dense) % third === seed % third));
}

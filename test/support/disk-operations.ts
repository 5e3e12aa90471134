import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";

/** One thing that a program asked of the disk, or said to whoever listens. `node`: what a name stands for, below 0 for a folder. Paths are from the watched folder. */
export type Operation =
  | WriteOperation
  | { readonly does: "sync"; readonly node: number }
  | { readonly does: "sync-folder"; readonly path: string }
  | { readonly does: "name"; readonly path: string; readonly node: number }
  | { readonly does: "rename"; readonly path: string; readonly to: string; readonly node: number }
  | { readonly does: "unlink"; readonly path: string }
  | { readonly does: "say"; readonly text: string };
export type WriteOperation =
  | { readonly does: "write"; readonly node: number; readonly atBytes: number; readonly bytes: Buffer }
  | { readonly does: "truncate"; readonly node: number; readonly sizeBytes: number };

const calls = [
  "open", "openat", "creat", "close", "write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate", "truncate", "fallocate", "fsync", "fdatasync",
  "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
] as const;

/** Runs a program and gives what its first thread did to the files of a folder, whole and in order, and the lines that it said. Errors: Error when it fails, or did something that is not understood here. */
export function diskOperations(folder: string, log: string, command: string, args: readonly string[]): Operation[] {
  const ended = spawnSync("strace", ["-o", log, "-xx", "-s", "100000000", "-e", "signal=none", "-e", `trace=${calls.map((call) => `?${call}`).join()}`, command, ...args], { maxBuffer: 1 << 26 });
  if (ended.status !== 0) throw new Error(`strace: found status ${ended.status}, expected 0: ${ended.stderr.toString()}`);
  return [...parsed(readFileSync(log, "utf8"), folder)];
}

function* parsed(log: string, folder: string): Generator<Operation> {
  const names = new Map<string, number>();
  const open = new Map<number, { readonly path: string; readonly node: number; at: number }>();
  let nodes = 0;
  for (const line of log.split("\n")) {
    const [, call, given, answer] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
    if (call === undefined || given === undefined || Number(answer) < 0) continue;
    const values = given.split(", ").filter((value) => value !== "AT_FDCWD");
    const path = (at: number): string => relative(folder, resolve(bytesOf(values[at]).toString()));
    // The index of the write-ahead log is shared memory, which is made anew.
    const isWatched = (name: string): boolean => !name.startsWith("..") && !name.endsWith("-shm");
    const file = open.get(Number(values[0]));
    if (call === "close") open.delete(Number(values[0]));
    else if (call === "open" || call === "openat" || call === "creat") {
      const name = path(0);
      if (!isWatched(name)) continue;
      const isMade = !names.has(name) && /O_CREAT/.test(values[1] ?? "");
      if (isMade) names.set(name, ++nodes);
      const node = names.get(name) ?? -1;
      open.set(Number(answer), { path: name, node, at: 0 });
      if (isMade) yield { does: "name", path: name, node };
      else if (/O_TRUNC/.test(values[1] ?? "") && node > 0) yield { does: "truncate", node, sizeBytes: 0 };
    } else if (call === "mkdir") {
      if (!isWatched(path(0))) continue;
      names.set(path(0), -1);
      yield { does: "name", path: path(0), node: -1 };
    } else if (call === "write" && values[0] === "1") {
      for (const text of bytesOf(values[1]).toString().trim().split("\n")) yield { does: "say", text };
    } else if (call === "write" || call === "pwrite64") {
      if (file === undefined) continue;
      const bytes = bytesOf(values[1]).subarray(0, Number(answer));
      yield { does: "write", node: file.node, atBytes: call === "write" ? file.at : Number(values[3]), bytes };
      if (call === "write") file.at += bytes.length;
    } else if (call === "ftruncate") {
      if (file !== undefined) yield { does: "truncate", node: file.node, sizeBytes: Number(values[1]) };
    } else if (call === "fsync" || call === "fdatasync") {
      if (file !== undefined) yield file.node > 0 ? { does: "sync", node: file.node } : { does: "sync-folder", path: file.path === "" ? "." : file.path };
    } else if (call === "rename" || call === "link" || call === "unlink" || call === "rmdir") {
      if (!isWatched(path(0))) continue;
      const node = names.get(path(0)) ?? 0;
      if (call !== "link") names.delete(path(0));
      if (call === "rename" || call === "link") names.set(path(1), node);
      if (call === "rename") yield { does: "rename", path: path(0), to: path(1), node };
      else yield call === "link" ? { does: "name", path: path(1), node } : { does: "unlink", path: path(0) };
    } else if (file !== undefined || bytesOf(values[0]).toString().startsWith(folder)) throw new Error(`strace: found ${call} on a watched file, expected calls that are understood`);
  }
}

/** A value as strace writes it with -xx. */
function bytesOf(value = ""): Buffer {
  return Buffer.from(value.replaceAll(/"|\\x/g, ""), "hex");
}

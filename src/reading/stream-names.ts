import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mountPointsBelow, octalsRead } from "../evidence/mount.ts";
import type { StreamNames } from "../evidence/streams.ts";
import { Failure } from "../failure.ts";
import { systemProgram } from "../system-programs.ts";

/** The attribute in which ntfs-3g tells a file's streams, when it is mounted so that they can be opened. Source: ntfs-3g(8), "streams_interface=windows". */
const attribute = "ntfs.streams.list";

const comment = Buffer.from("# file: ");
const value = Buffer.from(`${attribute}=0x`);
const line = 0x0a;

/** What the program says of a file system that has no such attribute. Whatever else it says is a stream that may have been missed. */
const absent = /: (Operation not supported|No such attribute)$/m;

/**
 * The alternate data streams of every name below an absolute root, by the system's getfattr: Node has no access to attributes.
 *
 * Shape:  null where there are none to be had: another file system, an ntfs-3g mount without `streams_interface=windows`, no getfattr; and where something is
 *         mounted below the root, which the program would enter.
 * Errors: Failure("evidence-stalled") when the program says nothing for `stallMs`.
 */
export async function streamNames(root: Uint8Array, stallMs: number): Promise<StreamNames | null> {
  const program = systemProgram("getfattr");
  if (program === null || mountPointsBelow(Buffer.from(root).toString("latin1")).size > 0) return null;
  const streams = new Map<string, readonly Buffer[]>();
  const folder = openSync(Buffer.from(root), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const ofRoot = await listed(program, ["."], folder, stallMs, () => undefined);
    if (absent.test(ofRoot)) return null;
    const ofAll = await listed(program, ["-R", "-P", "."], folder, stallMs, (path, names) => {
      if (names.length > 0) streams.set(path, [...(streams.get(path) ?? []), ...names]);
    });
    return { streams, isWhole: ofRoot === "" && ofAll === "" };
  } finally {
    closeSync(folder);
  }
}

/** Most of what the program says that is kept. Units: characters. */
const mostSaid = 4096;

/** Paths come relative to the open folder, which is where the program is started: a name of any bytes is no argument. Gives what it said besides, "" when all went well. */
function listed(program: string, more: readonly string[], folder: number, stallMs: number, each: (path: string, names: readonly Buffer[]) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["-h", "-n", attribute, "-e", "hex", ...more], { cwd: `/proc/self/fd/${folder}`, stdio: ["ignore", "pipe", "pipe"], env: { LC_ALL: "C" } });
    let silence: NodeJS.Timeout | undefined;
    let said = "";
    let rest = Buffer.alloc(0);
    let path = "";
    const watch = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Failure("evidence-stalled", "evidence: found that listing alternate data streams makes no progress, expected a device that answers; the same command goes on when it does"));
      }, stallMs);
    };
    child.stdout.on("data", (piece: Buffer) => {
      watch();
      rest = Buffer.concat([rest, piece]);
      for (let end = rest.indexOf(line); end >= 0; end = rest.indexOf(line)) {
        const text = rest.subarray(0, end);
        rest = rest.subarray(end + 1);
        if (text.subarray(0, comment.length).equals(comment)) path = pathOf(text.subarray(comment.length));
        else if (text.subarray(0, value.length).equals(value)) each(path, namesOf(Buffer.from(text.subarray(value.length).toString("latin1"), "hex")));
      }
    });
    child.stderr.on("data", (piece: Buffer) => {
      watch();
      said = `${said}${piece.toString("latin1")}`.slice(0, mostSaid);
    });
    const end = (how: string): void => {
      clearTimeout(silence);
      resolve(said === "" ? how : said);
    };
    child.on("error", () => end("not started"));
    child.on("close", (status) => end(status === 0 ? "" : `status ${status}`));
    watch();
  });
}

/** The root is written as a dot; a name that begins with one is a name. */
function pathOf(text: Buffer): string {
  const path = octalsRead(text.toString("latin1"));
  return path === "." ? "" : path;
}

/** Names are divided by zeros; a zero may end the last. */
function namesOf(value: Buffer): readonly Buffer[] {
  const names: Buffer[] = [];
  for (let from = 0; from < value.length; ) {
    const end = value.indexOf(0, from);
    const to = end < 0 ? value.length : end;
    if (to > from) names.push(value.subarray(from, to));
    from = to + 1;
  }
  return names;
}

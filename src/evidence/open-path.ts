import { closeSync, constants, openSync } from "node:fs";
import { systemCode } from "../failure.ts";

/** Not in fs.constants; the value on every Linux architecture that Node supports. The descriptor only names a place, it cannot read. */
export const O_PATH = 0o10000000;

/** In place of a descriptor: the process's working folder. Not in fs.constants; the kernel's own number for it, AT_FDCWD. */
export const workingFolder = -100;

/** What parts names in a path. */
export const separator = 0x2f;

const itself = Buffer.from(".");

// Below the kernel's PATH_MAX of 4096 with room for "/proc/self/fd/N/".
const longestPiece = 3900;

/**
 * Opens a name below a folder as openat(2) would: no part of the path is taken through a link at its end, and paths of any length work.
 *
 * Shape:  `path` relative bytes; empty for the folder itself.
 * Errors: the operating system's.
 */
export function openBelow(folder: number, path: Uint8Array, flags: number): number {
  const pieces = piecesOf(path);
  let from = folder;
  try {
    for (const piece of pieces.slice(0, -1)) {
      const next = openSync(nameBelow(from, piece), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      if (from !== folder) closeSync(from);
      from = next;
    }
    return openSync(nameBelow(from, pieces[pieces.length - 1]!), flags | constants.O_NOFOLLOW);
  } finally {
    if (from !== folder) closeSync(from);
  }
}

/**
 * Opens with access times left alone, which only the owner may ask for; whoever is refused that opens without it, once `refused` was called. On a read-only mount
 * they stay as they are either way.
 *
 * Errors: those of `open`, which is handed the flags to add to its own.
 */
export function openUntouched(open: (flags: number) => number, refused: () => void = () => undefined): number {
  try {
    return open(constants.O_NOATIME);
  } catch (thrown) {
    if (systemCode(thrown) !== "EPERM") throw thrown;
    refused();
    return open(0);
  }
}

/** Closes what was read. An error of the operating system at that is none of the bytes, which all came; Linux frees the descriptor either way. */
export function closeRead(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch (thrown) {
    if (systemCode(thrown) === null || systemCode(thrown) === "EBADF") throw thrown;
  }
}

/** The path of a name inside an open folder; works for any name bytes and however deep the folder lies. */
export function nameBelow(folder: number, name: Uint8Array): Buffer {
  return namesBelow(folder)(name);
}

/** The same for many names of one folder: what they share is made once. */
export function namesBelow(folder: number): (name: Uint8Array) => Buffer {
  const start = Buffer.from(folder === workingFolder ? "./" : `/proc/self/fd/${folder}/`);
  return (name) => {
    const below = name.length === 0 ? itself : name;
    const path = Buffer.allocUnsafe(start.length + below.length);
    path.set(start);
    path.set(below, start.length);
    return path;
  };
}

function piecesOf(path: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let rest = path;
  while (rest.length > longestPiece) {
    const cut = rest.lastIndexOf(separator, longestPiece);
    pieces.push(rest.subarray(0, cut));
    rest = rest.subarray(cut + 1);
  }
  pieces.push(rest);
  return pieces;
}

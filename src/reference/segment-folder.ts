import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../failure.ts";
import type { ReferenceCollection } from "./collect-references.ts";
import { writeSegment } from "./segment-writer.ts";

const ending = ".segment";
const partEnding = ".part";

/** Path of a segment by the name that the catalog holds. */
export function segmentPath(home: string, name: string): string {
  return join(folderOf(home), name);
}

/** Names of all segments and unfinished ones. */
export function segmentNames(home: string): string[] {
  try {
    return readdirSync(folderOf(home)).filter((name) => name.endsWith(ending) || name.endsWith(partEnding));
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return [];
    throw thrown;
  }
}

/**
 * Writes a segment so that it is there whole and on the medium, or not at all.
 *
 * Shape:  a private file (0600) in a private folder (0700), under a name that no other segment ever had.
 * Errors: the operating system's, with nothing left.
 */
export function addSegment(home: string, list: string, collection: ReferenceCollection): { readonly segment: string; readonly segmentSha256: string } {
  const folder = folderOf(home);
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) syncFolder(home);
  const name = `${list}-${randomBytes(8).toString("hex")}`;
  const part = join(folder, `${name}${partEnding}`);
  const path = join(folder, `${name}${ending}`);
  const segmentSha256 = writeSegment(part, list, collection);
  try {
    renameSync(part, path);
    syncFolder(folder);
  } catch (thrown) {
    for (const left of [part, path]) removeFile(left);
    throw thrown;
  }
  return { segment: `${name}${ending}`, segmentSha256 };
}

/** Errors: none when it is not there. */
export function removeSegment(home: string, name: string): void {
  removeFile(segmentPath(home, name));
}

/** Makes names in a folder as lasting as the files they name. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function folderOf(home: string): string {
  return join(home, "segments");
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOENT") throw thrown;
  }
}

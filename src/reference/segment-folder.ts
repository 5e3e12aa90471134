import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../failure.ts";
import { makeFolders } from "../make-folders.ts";
import { pathText } from "../path-text.ts";
import { collectReferences, type ReferenceCollection } from "./collect-references.ts";
import { sortLimits } from "./digest-sorter.ts";
import { writeSegment } from "./segment-writer.ts";
import { spillFile } from "./spill-file.ts";

const ending = ".segment";
const partEnding = ".part";

/** A segment that is being made. Whoever begins one ends it by `finish` or `abandon`. */
export interface SegmentBuilding extends ReferenceCollection {
  /**
   * After `settle`: the segment is there whole and on the medium, or not at all.
   *
   * Shape:  SHA-256 of the agency's file and of the list's description; gives the file's name and the segment's own SHA-256.
   * Errors: the operating system's.
   */
  finish(list: string, description: string): { readonly segment: string; readonly segmentSha256: string };
  /** Leaves nothing; does nothing after `finish` gave a name. */
  abandon(): void;
}

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
 * Begins a segment in a private file (0600) in a private folder (0700), under a name that no other segment ever had.
 *
 * Errors: the operating system's; RangeError for a key of another length.
 */
export function beginSegment(home: string, key: Uint8Array, limits = sortLimits): SegmentBuilding {
  const folder = folderOf(home);
  const isNewFolder = makeFolders(folder) !== null;
  if (isNewFolder) syncFolder(home);
  const name = randomBytes(8).toString("hex");
  const part = join(folder, `${name}${partEnding}`);
  const openFiles: { close(): void }[] = [];
  let left: string | null = part;

  const closeFiles = (): void => {
    for (const file of openFiles.splice(0)) file.close();
  };
  const abandon = (): void => {
    closeFiles();
    if (left !== null) removeFile(left);
    if (left !== null && isNewFolder) removeEmptyFolder(folder);
    left = null;
  };

  try {
    const writer = writeSegment(part, key);
    openFiles.push(writer);
    const spill = spillFile(join(folder, `${name}-spill${partEnding}`), pathText(Buffer.from(folder)));
    openFiles.push(spill);
    const collection = collectReferences(writer, spill, limits);
    return {
      ...collection,
      abandon,
      finish(list, description) {
        const segment = `${list}-${name}${ending}`;
        const segmentSha256 = writer.finish(list, description, collection.contents());
        closeFiles();
        renameSync(part, join(folder, segment));
        left = join(folder, segment);
        syncFolder(folder);
        left = null;
        return { segment, segmentSha256 };
      },
    };
  } catch (thrown) {
    abandon();
    throw thrown;
  }
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

function removeEmptyFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (thrown) {
    if (systemCode(thrown) !== "ENOTEMPTY") throw thrown;
  }
}

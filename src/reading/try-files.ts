import { closeSync, constants, openSync, readSync } from "node:fs";
import { directorySource } from "../evidence/directory.ts";
import { closeRead, openUntouched } from "../evidence/open-path.ts";
import type { Source } from "../evidence/source.ts";
import { systemCode } from "../failure.ts";
import type { PlannedEntry } from "../model.ts";

/** How a file gave a block: past the file system's cache, or as any read, which that cache may have answered. */
export type Given = "directly" | "perhaps-cached";

/** Where a file is asked for a block; of one that may be underway only its last half, for what was read of it lies before that more often than not. */
export type Place = "anywhere" | "last-half";

const blockBytes = 4096;

/**
 * To be called in a reader: gives what says whether one of some files below an absolute root gives a block of its bytes, and how. While the device says nothing, it says nothing either.
 *
 * Shape: the first that gives one directly, else one that gives one at all, else null; an error gives nothing, and zeros neither: a hole is no place of the device.
 */
export function startTrying(): (root: Uint8Array, files: readonly PlannedEntry[], place: Place) => Given | null {
  const sources = new Map<string, Source>();
  // What is read directly goes to whole pages of memory.
  const room = Buffer.from(new WebAssembly.Memory({ initial: 1, maximum: 1 }).buffer, 0, blockBytes);
  return (root, files, place) => {
    const key = Buffer.from(root).toString("latin1");
    const source = sources.get(key) ?? directorySource(root);
    sources.set(key, source);
    let best: Given | null = null;
    for (const file of files) {
      const given = givenBy(source, file, place, room);
      if (given === "directly") return given;
      best ??= given;
    }
    return best;
  };
}

function givenBy(source: Source, file: PlannedEntry, place: Place, room: Buffer): Given | null {
  const from = place === "anywhere" ? 0 : 0.5;
  const byChance = (): number => Math.floor(((from + Math.random() * (1 - from)) * file.sizeBytes) / blockBytes) * blockBytes;
  const places = [byChance(), place === "anywhere" ? 0 : byChance()];
  try {
    const { descriptor } = source.open(file);
    try {
      if (places.some((at) => readDirectly(descriptor, room, at))) return "directly";
      return places.some((at) => isThere(descriptor, room, at)) ? "perhaps-cached" : null;
    } finally {
      closeRead(descriptor);
    }
  } catch (thrown) {
    if (systemCode(thrown) === null) throw thrown;
    return null;
  }
}

/** False also where the file system does not take direct reads. */
function readDirectly(descriptor: number, room: Buffer, place: number): boolean {
  let direct: number;
  try {
    direct = openUntouched((more) => openSync(`/proc/self/fd/${descriptor}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_DIRECT | more));
  } catch (thrown) {
    if (systemCode(thrown) === null) throw thrown;
    return false;
  }
  try {
    return isThere(direct, room, place);
  } finally {
    closeSync(direct);
  }
}

function isThere(descriptor: number, room: Buffer, place: number): boolean {
  try {
    return room.subarray(0, readSync(descriptor, room, 0, room.length, place)).some((byte) => byte !== 0);
  } catch (thrown) {
    if (systemCode(thrown) === null) throw thrown;
    return false;
  }
}

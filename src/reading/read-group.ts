import { md5SlotBytes, md5Start } from "../kernels/md5-lanes.ts";
import type { Digests, Finding } from "../model.ts";
import { examined, withMd5 } from "./examined.ts";
import { mediaTypeBytes } from "./media-type.ts";
import { isFinding, openFile } from "./open-file.ts";
import type { EntryToRead } from "./packed-batch.ts";
import type { ReadingParts } from "./reading-parts.ts";

interface Held {
  readonly entry: EntryToRead;
  readonly digests: Digests;
  readonly offsetBytes: number;
}

/** Files that are read together, in the order in which they are given. Shape: a group ends where it has as many files and bytes as are wanted, and before the arena does. */
export function* groupsOf(entries: readonly EntryToRead[], wanted: { readonly files: number; readonly bytes: number }, arenaBytes: number): Generator<EntryToRead[]> {
  let group: EntryToRead[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const slotBytes = md5SlotBytes(entry.sizeBytes);
    if (bytes + slotBytes > arenaBytes || (group.length >= wanted.files && bytes >= wanted.bytes)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(entry);
    bytes += slotBytes;
  }
  if (group.length > 0) yield group;
}

/**
 * Reads a group's files whole, one after the other, each to a place of its own in the arena; MD5 then of all at once, and each file's finding while its bytes are
 * still there.
 *
 * Errors: none for what the evidence does: a file that cannot be read is a finding, and no other's.
 */
export async function readGroup(group: readonly EntryToRead[], parts: ReadingParts): Promise<Finding[]> {
  let offsetBytes = 0;
  const read = group.map((entry) => {
    const held = readWhole(entry, offsetBytes, parts);
    offsetBytes += md5SlotBytes(entry.sizeBytes);
    return held;
  });
  const held = read.filter((one): one is Held => !isFinding(one));
  const md5s = parts.arena.lanes?.finish(held.map((one) => ({ state: md5Start, offsetBytes: one.offsetBytes, sizeBytes: one.entry.sizeBytes }))) ?? [];
  const md5Of = new Map(held.map((one, at) => [one, md5s[at]]));
  const findings: Finding[] = [];
  for (const one of read) {
    if (isFinding(one)) {
      findings.push(one);
      continue;
    }
    const whole = parts.arena.bytes.subarray(one.offsetBytes, one.offsetBytes + one.entry.sizeBytes);
    findings.push(await examined({ entry: one.entry, digests: withMd5(md5Of.get(one), one.digests), head: whole.subarray(0, mediaTypeBytes), whole }, parts));
  }
  return findings;
}

function readWhole(entry: EntryToRead, offsetBytes: number, parts: ReadingParts): Held | Finding {
  const file = openFile(entry, parts);
  if (isFinding(file)) return file;
  try {
    const digests = file.readWhole(parts.arena.bytes.subarray(offsetBytes, offsetBytes + md5SlotBytes(entry.sizeBytes)));
    return isFinding(digests) ? digests : { entry, digests, offsetBytes };
  } finally {
    file.close();
  }
}

import { join } from "node:path";
import type { ListDescription, Reference } from "../../src/model.ts";
import { descriptionSha256 } from "../../src/reference/canonical-description.ts";
import { collectReferences } from "../../src/reference/collect-references.ts";
import { sortLimits } from "../../src/reference/digest-sorter.ts";
import type { SectionName } from "../../src/reference/segment-format.ts";
import { writeSegment } from "../../src/reference/segment-writer.ts";
import { key } from "./synthetic-list.ts";

let segments = 0;

/** A segment in a home that was sealed with the right key, and by other hands than an import's: each section is altered as a whole. */
export function forgedSegment(home: string, description: ListDescription, references: readonly Reference[], altered: (name: SectionName, bytes: Uint8Array) => Uint8Array) {
  const segment = `forged-${segments++}.segment`;
  const sections = new Map<SectionName, Uint8Array>();
  const collection = collectReferences({ append: (name, bytes) => void sections.set(name, Buffer.concat([sections.get(name) ?? new Uint8Array(0), bytes])) }, null, sortLimits);
  for (const reference of references) collection.add(reference);
  collection.settle();
  const writer = writeSegment(join(home, "segments", segment), key);
  for (const [name, bytes] of sections) writer.append(name, altered(name, bytes));
  const segmentSha256 = writer.finish(description.sha256, descriptionSha256(description), collection.contents());
  writer.close();
  return { segment, segmentSha256 };
}

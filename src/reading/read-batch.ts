import type { Batch, Finding, PlannedEntry } from "../model.ts";

/**
 * The findings of a batch, in its order. Names of one file (hard links) are read once; links and special files are never opened.
 *
 * Shape: `readFile` is called once for each entry that has content of its own.
 */
export async function readBatch(batch: Batch, readFile: (entry: PlannedEntry) => Promise<Finding>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const byNumber = new Map<number, Finding>();
  for (const entry of batch) {
    const finding = findingWithoutReading(entry, byNumber) ?? (await readFile(entry));
    findings.push(finding);
    byNumber.set(entry.sameAs ?? entry.no, finding);
  }
  return findings;
}

function findingWithoutReading(entry: PlannedEntry, earlier: ReadonlyMap<number, Finding>): Finding | null {
  const { no, unread, errorCode } = entry;
  if (unread !== null) return { outcome: "unread", no, reason: unread, errorCode };
  if (entry.kind !== "file") return { outcome: "without-content", no };
  const same = entry.sameAs === null ? undefined : earlier.get(entry.sameAs);
  return same === undefined ? null : { ...same, no };
}

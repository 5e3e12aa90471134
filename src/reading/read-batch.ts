import type { Finding } from "../model.ts";
import type { EntryToRead } from "./packed-batch.ts";

/**
 * The findings of a batch, in its order. Names of one file (hard links) are read once; links and special files are never opened.
 *
 * Shape: `readFiles` is called once, with those entries that have content of their own, and gives their findings in the same order.
 */
export async function readBatch(batch: readonly EntryToRead[], readFiles: (entries: readonly EntryToRead[]) => Promise<readonly Finding[]>): Promise<Finding[]> {
  const own = new Map<number, EntryToRead>();
  for (const entry of batch) if (hasContent(entry) && !own.has(fileOf(entry))) own.set(fileOf(entry), entry);
  const found = await readFiles([...own.values()]);
  const findings = new Map([...own.keys()].map((file, at) => [file, found[at]!]));
  return batch.map((entry) => {
    const { no, unread, errorCode } = entry;
    if (unread !== null) return { outcome: "unread", no, reason: unread, errorCode };
    if (!hasContent(entry)) return { outcome: "without-content", no };
    const finding = findings.get(fileOf(entry))!;
    return finding.no === no ? finding : { ...finding, no };
  });
}

function hasContent({ kind, unread }: EntryToRead): boolean {
  return kind === "file" && unread === null;
}

/** The number that all names of one file share. */
function fileOf({ no, sameAs }: EntryToRead): number {
  return sameAs ?? no;
}

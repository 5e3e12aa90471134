import type { EntryRow, MatchRow, RecordView } from "../record/view.ts";

/** A digest of a path that nobody can make without a key. Shape: hexadecimal. */
export type KeyedDigest = (path: Uint8Array) => string;

/**
 * The record with a digest in the place of every path, so that no format can show a name.
 *
 * Shape: the paths are "depth-2/DIGEST.jpg": how many folders lie above the entry, and its extension where that is one of a known type.
 */
export function redactedView(record: RecordView, keyedDigest: KeyedDigest): RecordView {
  const entry = (row: EntryRow): EntryRow => ({ ...row, path: redactedPath(row, keyedDigest) });
  return {
    ...record,
    namesRedacted: true,
    matches: (pass) => mapped(record.matches(pass), (match): MatchRow => ({ ...match, entry: entry(match.entry) })),
    unread: () => mapped(record.unread(), entry),
    entries: () => mapped(record.entries(), entry),
  };
}

export function redactedPath({ path, extensionFits }: Pick<EntryRow, "path" | "extensionFits">, keyedDigest: KeyedDigest): Uint8Array {
  const depth = path.reduce((folders, byte) => folders + (byte === 0x2f ? 1 : 0), 0);
  // An ending is free text, and may be somebody's name: that the record tells whether it fits says that it is a known one.
  const extension = extensionFits === null ? undefined : /\.[A-Za-z0-9]{1,8}$/.exec(Buffer.from(path.subarray(-12)).toString("latin1"))?.[0].toLowerCase();
  return Buffer.from(`depth-${depth}/${keyedDigest(path)}${extension ?? ""}`);
}

/** What a report says of its names. Shape: `annex` the file that holds them, where it is known. */
export function redactionSentence(annex: string): string {
  return `Names are redacted: the path of each file is replaced by the number of folders above it, the HMAC-SHA-256 of its bytes under a key that was made for this report, and its extension where that is one of a known type. The names and the key stand in the annex ${annex}, which is encrypted with age.`;
}

/** Name of the annex of a report. */
export function annexNameOf(reportName: string): string {
  return `${reportName}.names.age`;
}

function* mapped<Row>(rows: Iterable<Row>, map: (row: Row) => Row): Generator<Row> {
  for (const row of rows) yield map(row);
}

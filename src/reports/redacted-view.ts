import type { EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { fileAndStream, streamsListed } from "./container-chain.ts";
import { redactedPlaces } from "./redacted-places.ts";

/** A digest of a path that nobody can make without a key. Shape: hexadecimal. */
export type KeyedDigest = (path: Uint8Array) => string;

/**
 * The record with a digest in the place of every path, so that no format can show a name.
 *
 * Shape: the paths are "depth-2/DIGEST.jpg": how many folders lie above the entry, and its extension where that is one of a known type. Those of streams are
 *        "depth-2/DIGEST:DIGEST", the first digest that of their file's path. Where the evidence was is "redacted-DIGEST".
 */
export function redactedView(record: RecordView, keyedDigest: KeyedDigest): RecordView {
  const areStreams = streamsListed(record);
  const places = redactedPlaces(record, keyedDigest);
  const entry = (row: EntryRow): EntryRow => ({ ...row, path: redactedPath(row, keyedDigest, areStreams) });
  return {
    ...record,
    namesRedacted: true,
    header: { ...record.header, evidence: places.place(record.header.evidence), commandLine: places.commandLine(record.header.commandLine) },
    passes: record.passes.map((pass) => ({ ...pass, commandLine: places.commandLine(pass.commandLine) })),
    log: () => mapped(record.log(), places.log),
    matches: (pass) => mapped(record.matches(pass), (match): MatchRow => ({ ...match, entry: entry(match.entry) })),
    unread: () => mapped(record.unread(), entry),
    entries: () => mapped(record.entries(), entry),
  };
}

/** `areStreams`: as of `streamsListed`. */
export function redactedPath({ path, extensionFits }: Pick<EntryRow, "path" | "extensionFits">, keyedDigest: KeyedDigest, areStreams: boolean): Uint8Array {
  const { file, stream } = fileAndStream(path, areStreams);
  const depth = path.reduce((folders, byte) => folders + (byte === 0x2f ? 1 : 0), 0);
  // An ending is free text, and may be somebody's name: that the record tells whether it fits says that it is a known one.
  const extension = extensionFits === null ? undefined : /\.[A-Za-z0-9]{1,8}$/.exec(Buffer.from(path.subarray(-12)).toString("latin1"))?.[0].toLowerCase();
  return Buffer.from(`depth-${depth}/${stream === null ? "" : `${keyedDigest(file)}:`}${keyedDigest(path)}${extension ?? ""}`);
}

/** What a report says of its names, and of what it holds nevertheless. Shape: `annex` the file that holds them, where it is known. */
export function redactionSentence(annex: string): string {
  return `Names are redacted: the path of each file is replaced by the number of folders above it, the HMAC-SHA-256 of its bytes under a key that was made for this report, and its extension where that is one of a known type; a stream of a file has that of the file and, after a colon, its own. Where the evidence was read from and mounted, and paths in command lines, are replaced by the beginning of such a digest. The names, the place of the evidence and the key stand in the annex ${annex}, which is encrypted with age. What is left: digests, sizes, times and inode numbers, by which whoever has a file can tell it, and what was written by hand (case, exhibit, examiner, reasons, names of lists and reports), and the path of an image that was hashed as a whole.`;
}

/** Name of the annex of a report. */
export function annexNameOf(reportName: string): string {
  return `${reportName}.names.age`;
}

function* mapped<Row>(rows: Iterable<Row>, map: (row: Row) => Row): Generator<Row> {
  for (const row of rows) yield map(row);
}

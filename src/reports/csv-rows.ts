import { pathText } from "../path-text.ts";
import type { EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { chainText, type Link } from "./container-chain.ts";
import { embeddedOf } from "./embedded-terms.ts";
import { timesOf } from "./entry-times.ts";
import { statementText } from "./match-statement.ts";
import { categoryTerms, isMd5Only, listAt, matchedPath, sortOf } from "./match-terms.ts";
import { base64Text, hexText, plainText, recordIdText } from "./plain-text.ts";

const columns = [
  "row_type", "status", "pass", "match", "match_sort", "category", "category_label", "scale", "disposition", "entry", "path", "size_bytes", "algorithms",
  "contradicted_by", "md5_only", "distance_bits", "transform", "embedded", "embedded_offset", "embedded_size_bytes", "embedded_md5", "embedded_sha1", "embedded_sha256", "embedded_blake3", "container", "doubts", "near_references", "files_near", "list", "list_kind", "agency", "list_name", "list_version", "record_id", "loaded_row", "md5",
  "sha1", "sha256", "blake3", "media_type", "extension_fits", "picture", "compared", "reason", "error_code", "failed_at_byte", "inode", "links", "same_as", "modified", "changed", "accessed",
  "created", "path_base64", "count", "detail",
] as const;

/** The cells of one row by column; a column that is missing is an empty cell. */
export type Cells = Readonly<Partial<Record<(typeof columns)[number], string>>>;

/** The header row, with the byte order mark that a spreadsheet needs to take the file for UTF-8. */
export const headerLine = `\ufeff${lineOf(columns)}`;

export function row(rowType: string, cells: Cells): string {
  return lineOf(columns.map((column) => (column === "row_type" ? rowType : (cells[column] ?? ""))));
}

export function matchCells(record: RecordView, match: MatchRow, container: readonly Link[]): Cells {
  const list = listAt(record, match.list);
  const terms = categoryTerms(list, match.category);
  return {
    ...entryCells(match.entry),
    pass: `${match.pass}`,
    match: `${match.number}`,
    match_sort: sortOf(match),
    algorithms: match.algorithms.join(" "),
    contradicted_by: match.contradictedBy.join(" "),
    md5_only: `${isMd5Only(match)}`,
    distance_bits: text(match.distanceBits),
    transform: match.transform ?? "",
    path: matchedPath(match),
    ...embeddedCells(match),
    container: chainText(container),
    doubts: match.doubts.join(" "),
    near_references: text(match.nearReferences),
    files_near: text(match.filesNear),
    list: `${match.list + 1}`,
    list_kind: list.kind,
    agency: list.agency,
    list_name: list.name,
    list_version: list.version,
    record_id: recordIdText(match.recordId, match.entry.digests) ?? "",
    loaded_row: `${match.reference + 1}`,
    category: terms.code ?? "",
    category_label: terms.label ?? "",
    scale: terms.scale,
    disposition: terms.disposition ?? "",
    detail: statementText(record, match),
  };
}

/** The picture within the file that matches. */
function embeddedCells(match: MatchRow): Cells {
  const found = embeddedOf(match);
  const { md5, sha1, sha256, blake3 } = found?.digests ?? {};
  return {
    embedded: match.embedded ?? "",
    embedded_offset: text(found?.offsetBytes ?? null),
    embedded_size_bytes: text(found?.sizeBytes ?? null),
    embedded_md5: hexOrNothing(md5),
    embedded_sha1: hexOrNothing(sha1),
    embedded_sha256: hexOrNothing(sha256),
    embedded_blake3: hexOrNothing(blake3),
  };
}

export function entryCells(entry: EntryRow): Cells {
  const { md5, sha1, sha256, blake3 } = entry.digests;
  const { modified, changed, accessed, created } = timesOf(entry);
  return {
    status: entry.outcome,
    entry: `${entry.no}`,
    path: pathText(entry.path),
    path_base64: base64Text(entry.path),
    size_bytes: `${entry.sizeBytes}`,
    md5: hexOrNothing(md5),
    sha1: hexOrNothing(sha1),
    sha256: hexOrNothing(sha256),
    blake3: hexOrNothing(blake3),
    media_type: entry.mediaType ?? "",
    extension_fits: entry.extensionFits === null ? "" : `${entry.extensionFits}`,
    picture: entry.picture?.status ?? "",
    reason: entry.reason ?? "",
    error_code: entry.errorCode ?? "",
    failed_at_byte: text(entry.failedAtBytes),
    inode: `${entry.inode}`,
    links: `${entry.links}`,
    same_as: text(entry.sameAs),
    modified: modified ?? "",
    changed: changed ?? "",
    accessed: accessed ?? "",
    created: created ?? "",
  };
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(quoted).join(",")}\r\n`;
}

/** Also after leading spaces, and the full-width forms, which some spreadsheets take for the plain ones. */
function quoted(cell: string): string {
  const shown = plainText(cell);
  const defused = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(shown) ? `'${shown}` : shown;
  return `"${defused.replaceAll('"', '""')}"`;
}

function text(number: number | null): string {
  return number === null ? "" : `${number}`;
}

function hexOrNothing(digest: Uint8Array | undefined): string {
  return digest === undefined ? "" : hexText(digest);
}

import type { Scale } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { MatchRow, RecordView } from "../record/view.ts";
import { digestsOfMatched, embeddedOf } from "./embedded-terms.ts";
import { statementText } from "./match-statement.ts";
import { categoryTerms, isMd5Only, listAt, sortOf } from "./match-terms.ts";
import type { MatchedEntry } from "./matched-entries.ts";
import { hexText } from "./plain-text.ts";
import { schemaTimeText } from "./time-text.ts";
import { isEstablished, isOfScale } from "./vics-scale.ts";

/** A tri-state in the spelling that writers of the format use. */
type Flag = "true" | "false";

/** A place where a media lies. */
export interface MediaFile {
  readonly MD5: string;
  readonly FileName: string;
  readonly FilePath: string;
  readonly [other: string]: string;
}

/** One element of `Media`, without its number. */
export interface Media {
  readonly Category: number | null;
  readonly MD5: string;
  readonly SHA1?: string;
  readonly MediaSize: number;
  readonly IsPrecategorized: Flag;
  readonly IsSuspected: Flag;
  readonly PrecategorizationSource: string;
  readonly Comments: string;
  readonly MimeType?: string;
  readonly RelativeFilePath: "";
  readonly AlternativeHashes: readonly { readonly MD5: string; readonly HashName: string; readonly HashValue: string }[];
  readonly MediaFiles: readonly MediaFile[];
}

/** The media of an entry that matches: the file's own bytes, then each picture within it, as far as they match. */
export function* mediaOf(record: RecordView, { matches }: MatchedEntry, scale: Scale | null): Generator<Media> {
  const names = [...new Set(matches.map(({ embedded }) => embedded))].sort((one, other) => ((one ?? "") < (other ?? "") ? -1 : 1));
  for (const name of names) yield mediaWith(record, matches.filter(({ embedded }) => embedded === name), scale);
}

function mediaWith(record: RecordView, matches: readonly MatchRow[], scale: Scale | null): Media {
  const match = matches[0]!;
  const { md5, sha1, sha256 } = digestsOfMatched(match);
  const upper = (digest: Uint8Array): string => hexText(digest).toUpperCase();
  const MD5 = md5 === undefined ? "" : upper(md5);
  const category = categoryOf(record, matches, scale);
  const established = matches.filter(isEstablished);
  const isLead = matches.some((row) => row.kind === "near" || isMd5Only(row));
  return {
    Category: category,
    MD5,
    ...(sha1 === undefined ? {} : { SHA1: upper(sha1) }),
    MediaSize: embeddedOf(match)?.sizeBytes ?? match.entry.sizeBytes,
    IsPrecategorized: category !== null ? "true" : "false",
    IsSuspected: category === null && (established.length > 0 || isLead) ? "true" : "false",
    PrecategorizationSource: established.map((row) => sourceOf(record, row)).join("; "),
    Comments: matches.map((row) => statementText(record, row)).join(" "),
    ...(match.embedded !== null || match.entry.mediaType === null ? {} : { MimeType: match.entry.mediaType }),
    RelativeFilePath: "",
    AlternativeHashes: sha256 === undefined ? [] : [{ MD5, HashName: "SHA256", HashValue: upper(sha256) }],
    MediaFiles: [fileOf(record, match, MD5)],
  };
}

/**
 * The code of the document's scale that an established match states and no other exact match contradicts, be it by MD5 alone; null for none, for several, and for one
 * that is no number.
 */
function categoryOf(record: RecordView, matches: readonly MatchRow[], scale: Scale | null): number | null {
  const exact = matches.filter((match) => sortOf(match) === "exact" && isOfScale(listAt(record, match.list), scale) && match.category !== null);
  const codes = [...new Set(exact.map(({ category }) => category))];
  const [code] = codes;
  return exact.some(isEstablished) && codes.length === 1 && typeof code === "string" && /^\d{1,9}$/.test(code) ? Number(code) : null;
}

function sourceOf(record: RecordView, match: MatchRow): string {
  const list = listAt(record, match.list);
  const { code, label, scale } = categoryTerms(list, match.category);
  return `${list.agency}/${list.name} ${list.version}, category ${code ?? "none"}${label === null ? "" : ` (${label})`} of ${scale}`;
}

function fileOf({ header }: RecordView, match: MatchRow, MD5: string): MediaFile {
  const { entry, embedded } = match;
  const path = pathText(entry.path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const within = embedded === null ? "" : `//${embedded}`;
  const parent = embedded === null || entry.digests.md5 === undefined ? {} : { ParentMD5: hexText(entry.digests.md5).toUpperCase(), ParentFileName: name, ParentFilePath: path };
  return { MD5, FileName: `${name}${within}`, FilePath: `${path}${within}`, ...timesOf(match), SourceID: header.exhibit, Unallocated: "false", Deleted: "false", ...parent };
}

/** In tenths of microseconds, the finest that readers of the format take. A time that the file system does not state, or that has no year of four digits, is left out. */
function timesOf({ entry }: MatchRow): Readonly<Record<string, string>> {
  const times = [["Created", entry.createdNs], ["Written", entry.modifiedNs], ["Accessed", entry.accessedNs]] as const;
  return Object.fromEntries(times.flatMap(([name, ns]) => {
    const text = schemaTimeText(ns);
    return text === null ? [] : [[name, text.replace(/\d\dZ$/, "Z")]];
  }));
}

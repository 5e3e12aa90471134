import { type Digests, type EntryKind, unreadReasons } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { EmbeddedRow, EntryRow, MatchRow, RecordView } from "../record/view.ts";
import { html as xml, type Markup, nothing } from "./html-markup.ts";
import { statementText } from "./match-statement.ts";
import { categoryTerms, listAt, sortOf } from "./match-terms.ts";
import { hexText, recordIdText } from "./plain-text.ts";
import { schemaTimeText } from "./time-text.ts";

/** The letter of a kind of name, and The Sleuth Kit's number of a kind of inode. */
const kinds: Readonly<Record<EntryKind, readonly [nameType: string, metaType: number]>> = {
  file: ["r", 1],
  folder: ["d", 2],
  fifo: ["p", 3],
  "character-device": ["c", 4],
  "block-device": ["b", 5],
  link: ["l", 6],
  socket: ["s", 8],
};

/** One entry with its matches as a `fileobject`. Shape: one line; elements in the order of the schema. */
export function fileObject(record: RecordView, entry: EntryRow, matches: readonly MatchRow[]): string {
  const [nameType, metaType] = kinds[entry.kind];
  return xml`<fileobject><filename>${pathText(entry.path)}</filename>${errorOf(entry)}<id>${entry.no}</id><name_type>${nameType}</name_type><filesize>${entry.sizeBytes}</filesize><alloc>1</alloc>${inode(entry)}<meta_type>${metaType}</meta_type><mode>${entry.mode & 0o7777}</mode><nlink>${entry.links}</nlink>${time("mtime", entry.modifiedNs)}${time("ctime", entry.changedNs)}${time("atime", entry.accessedNs)}${time("crtime", entry.createdNs)}${digests(entry.digests)}${blake3(entry.digests)}${mediaType(entry)}${entry.embedded.map(embedded)}${matches.map((match) => matchOf(record, match))}</fileobject>
`.markup;
}

function errorOf({ outcome, reason, errorCode }: EntryRow): Markup {
  if (outcome === "pending") return xml`<error>not yet reached</error>`;
  if (outcome !== "unread") return nothing;
  return xml`<error>${reason === null ? "not examined" : `${reason}: ${unreadReasons[reason]}`}${errorCode === null ? "" : ` (${errorCode})`}</error>`;
}

/** Programs that compare two of these files take equal numbers for one file under a new name, so there is none where the file system's were not believed. */
function inode({ inode: number }: EntryRow): Markup {
  return number === 0n ? nothing : { markup: `<inode>${number.toString()}</inode>` };
}

function time(name: "mtime" | "ctime" | "atime" | "crtime", ns: bigint): Markup {
  const text = schemaTimeText(ns);
  return text === null ? nothing : { markup: `<${name}>${text}</${name}>` };
}

function digests(of: Partial<Digests>): readonly Markup[] {
  return (["md5", "sha1", "sha256"] as const).flatMap((name) => {
    const digest = of[name];
    return digest === undefined ? [] : [xml`<hashdigest type="${name}">${hexText(digest)}</hashdigest>`];
  });
}

/** The schema's `hashdigest` does not know it. */
function blake3(of: Partial<Digests>): Markup {
  return of.blake3 === undefined ? nothing : xml`<bm:blake3>${hexText(of.blake3)}</bm:blake3>`;
}

function mediaType({ mediaType: type, extensionFits }: EntryRow): Markup {
  if (type === null) return nothing;
  return xml`<bm:media_type${extensionFits === null ? nothing : xml` extension_fits="${extensionFits ? "1" : "0"}"`}>${type}</bm:media_type>`;
}

function embedded(part: EmbeddedRow): Markup {
  return xml`<bm:embedded name="${part.name}" offset="${part.offsetBytes}" len="${part.sizeBytes}">${digests(part.digests)}${blake3(part.digests)}</bm:embedded>`;
}

function matchOf(record: RecordView, match: MatchRow): Markup {
  const list = listAt(record, match.list);
  const { code, scale, scaleVersion, label } = categoryTerms(list, match.category);
  const optional = [
    ["embedded", match.embedded],
    ["distance_bits", match.distanceBits?.toString() ?? null],
    ["transform", match.transform],
    ["record", recordIdText(match.recordId, match.entry.digests)],
    ["category", code],
    ["label", label],
  ] as const;
  const attributes = optional.map(([name, value]) => (value === null ? nothing : { markup: ` ${name}="${xml`${value}`.markup}"` }));
  return xml`<bm:match number="${match.number}" pass="${match.pass}" sort="${sortOf(match)}" algorithms="${match.algorithms.join(" ")}" list="${match.list + 1}" list_kind="${list.kind}" agency="${list.agency}" list_name="${list.name}" list_version="${list.version}" loaded_row="${match.reference + 1}" scale="${scale} ${scaleVersion}"${attributes}>${statementText(record, match)}</bm:match>`;
}

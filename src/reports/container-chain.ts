import { pathText } from "../path-text.ts";
import type { MatchRow, RecordView } from "../record/view.ts";
import { embeddedOf } from "./embedded-terms.ts";

/** One step inwards: the file that the file system lists, a stream of it, a picture within its bytes. */
export type Link =
  | { readonly kind: "file"; readonly path: Uint8Array }
  | { readonly kind: "stream"; readonly name: Uint8Array }
  | { readonly kind: "picture"; readonly name: string; readonly offsetBytes: number | null; readonly sizeBytes: number | null };

const slash = 0x2f;
const colon = 0x3a;

/** Gives what each match lies in, from the outside inwards. Reads the log once. */
export function containersOf(record: RecordView): (match: MatchRow) => readonly Link[] {
  const areStreams = streamsListed(record);
  return (match) => [...fileLinks(match.entry.path, areStreams), ...pictureLinks(match)];
}

/** Whether streams are entries of the record. Reads the log once. */
export function streamsListed(record: Pick<RecordView, "log">): boolean {
  let areStreams = false;
  for (const row of record.log()) if (row.kind === "streams" && row.body.searched) areStreams = true;
  return areStreams;
}

/** The path of the file, and the name of its stream. Where streams are listed no name holds a colon but the one before its stream. */
export function fileAndStream(path: Uint8Array, areStreams: boolean): { readonly file: Uint8Array; readonly stream: Uint8Array | null } {
  const at = areStreams ? path.indexOf(colon, path.lastIndexOf(slash) + 1) : -1;
  return at === -1 ? { file: path, stream: null } : { file: path.subarray(0, at), stream: path.subarray(at + 1) };
}

function fileLinks(path: Uint8Array, areStreams: boolean): readonly Link[] {
  const { file, stream } = fileAndStream(path, areStreams);
  return [{ kind: "file", path: file }, ...(stream === null ? [] : [{ kind: "stream", name: stream } as const])];
}

function pictureLinks(match: MatchRow): readonly Link[] {
  if (match.embedded === null) return [];
  const found = embeddedOf(match);
  return [{ kind: "picture", name: match.embedded, offsetBytes: found?.offsetBytes ?? null, sizeBytes: found?.sizeBytes ?? null }];
}

/** "file a.txt; stream hidden; thumbnail at byte 540, 7012 bytes". */
export function chainText(chain: readonly Link[]): string {
  return chain.map(linkText).join("; ");
}

function linkText(link: Link): string {
  if (link.kind === "file") return `file ${pathText(link.path)}`;
  if (link.kind === "stream") return `stream ${pathText(link.name)}`;
  return `${link.name} at byte ${link.offsetBytes ?? "?"}, ${link.sizeBytes ?? "?"} bytes`;
}

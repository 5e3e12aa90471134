import { type AlgorithmName, digestBytes, type Reference } from "../model.ts";
import { plainName, unmatchableName } from "./columns.ts";
import { looksLikeDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { type HeldReferences, heldReferences } from "./held-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { headText } from "./text.ts";
import { hexDigest, plainText } from "./values.ts";
import { parseXmlPages, type XmlEvents } from "./xml-pages.ts";

const namespace = "https://hashsharing.ncmec.org/hashsharing/v2";
const items: ReadonlySet<string> = new Set(["image", "video", "deletedImage", "deletedVideo"]);
const mostFieldCharacters = 4096;
// What the service documents; other names are counted under one word.
const fingerprintNames: Readonly<Record<string, string>> = {
  netclean: "netclean",
  videntifier: "videntifier",
  tmkpdqf: "tmk",
  ssvhpdna: "ssvh-pdna",
  ssvhsaferhash: "ssvh-safer-hash",
};

interface Item {
  readonly line: number;
  readonly deleted: boolean;
  readonly fields: Map<"member" | "id" | "classification", string>;
  readonly digests: Partial<Record<AlgorithmName, Uint8Array>>;
  readonly unmatchable: string[];
}

/**
 * Saved query results of NCMEC's hash sharing interface, version 2; several pages may follow each other in one file.
 *
 * Shape:  images before or after videos as they stand; `recordId` is "member/id"; `category` the classification's code. `deletedImage` and
 *         `deletedVideo` take back every earlier record of the same member and id: it comes as a reference without digests that is `retracted`.
 *         What looks like a digest elsewhere in an item, also in an attribute, is "other"; feedback is not read. `count` of images and videos is not compared:
 *         whether it counts those of the page or of the query is not public. References come at the end of the file, for its last row may take back its first.
 * Errors: Failure("list-refused") for what is no well-formed page, a document type or entity, an element that is no part of a query result, an
 *         item without member or id, a last page that names a next one (unless `partial`), and more than 1,000,000 records.
 * Source: NCMEC, hash sharing interface v2, and its public client in ThreatExchange.
 */
export const ncmecXml: ListFormat = {
  name: "ncmec-xml",
  describes: "NCMEC hash sharing v2, saved query results (XML), one page or several in one file",
  recognises(head) {
    const text = headText(head);
    return /^\s*</.test(text) && text.includes("queryResult") && text.includes("hashsharing.ncmec.org");
  },
  usesPartial: true,
  async *read(file, { partial = false }) {
    const held = heldReferences();
    const reader = queryReader(file.name, held);
    await parseXmlPages(file, reader.events);
    const next = reader.nextPage();
    if (next !== null && !partial) throw refusal({ file: file.name, line: next }, "a further page named at the end", "all pages of the query in one file");
    yield* held.runs();
  },
};

function queryReader(file: string, held: HeldReferences): { readonly events: XmlEvents; nextPage(): number | null } {
  const path: string[] = [];
  let item: Item | null = null;
  let text = "";
  let next: number | null = null;

  const events: XmlEvents = {
    opened({ local, uri, attribute, values }, line) {
      const place = { file, line };
      checkOpening(path, local, uri, place);
      path.push(local);
      text = "";
      if (path.length === 1) next = null;
      if (path.length === 3 && path[1] !== "paging") item = { line, deleted: local.startsWith("deleted"), fields: new Map(), digests: {}, unmatchable: [] };
      if (item !== null && path[3] !== "feedback" && path[3] !== "member" && values.some(looksLikeDigest)) note(item, "other");
      if (path.length === 4 && item !== null && local === "member") setField(item, "member", attribute("id") ?? "", place);
    },
    text(piece, line) {
      if (!isField(path)) return;
      if (text.length + piece.length > mostFieldCharacters) throw refusal({ file, line }, `a text of more than ${mostFieldCharacters} characters`, "fewer");
      text += piece;
    },
    closed(line) {
      const place = { file, line };
      const [, section, , field, fingerprint] = path;
      if (section === "paging" && path.length === 3 && path[2] === "next" && text.trim() !== "") next = line;
      if (item !== null && path.length === 4 && (field === "id" || field === "classification")) setField(item, field, text, place);
      if (item !== null && path.length === 5 && field === "fingerprints") addFingerprint(item, fingerprint!, text.trim(), place);
      else if (item !== null && path.length > 3 && field !== "id" && field !== "classification" && looksLikeDigest(text)) note(item, "other");
      if (item !== null && path.length === 3) {
        settle(item, held, place);
        item = null;
      }
      path.pop();
      text = "";
    },
  };
  return { events, nextPage: () => next };
}

/** Whose text is looked at: fields of an item, its fingerprints, what lies at a place that is not known, the next page. */
function isField(path: readonly string[]): boolean {
  if (path[1] === "paging") return path.length === 3;
  return path.length > 3 && path[3] !== "member" && path[3] !== "feedback";
}

function checkOpening(path: readonly string[], local: string, uri: string, place: Place): void {
  if (path.length === 0 && (local !== "queryResult" || uri !== namespace)) throw refusal(place, "another document", "queryResult of hash sharing v2");
  if (path.length === 1 && local !== "images" && local !== "videos" && local !== "paging") throw refusal(place, "another part of the query result", "images, videos or paging");
  if (path.length === 2 && path[1] !== "paging" && !items.has(local)) throw refusal(place, `another element in ${path[1]}`, "image, video, deletedImage or deletedVideo");
  if (path.length === 5 && path[3] === "fingerprints") throw refusal(place, "an element within a fingerprint", "its text");
  if (path.length === 4 && (path[3] === "id" || path[3] === "classification")) throw refusal(place, `an element within ${path[3]}`, "its text");
  // Elements of another namespace would be taken for those of this one.
  if (path.length < 5 && uri !== namespace && path[3] !== "feedback") throw refusal(place, "an element of another namespace", "those of hash sharing v2");
}

function setField({ fields }: Item, name: "member" | "id" | "classification", text: string, place: Place): void {
  if (fields.has(name)) throw refusal(place, `two elements of ${name} in one item`, "one");
  const value = plainText(text, name, place);
  if (value !== null) fields.set(name, value);
}

function addFingerprint(item: Item, name: string, text: string, place: Place): void {
  const { digests } = item;
  const plain = plainName(name);
  if (Object.hasOwn(digestBytes, plain)) {
    if (text === "") return;
    const algorithm = plain as AlgorithmName;
    const digest = hexDigest(text, algorithm, place);
    const earlier = digests[algorithm];
    if (earlier !== undefined && Buffer.compare(earlier, digest) !== 0) throw refusal(place, `two different digests of ${algorithm}`, "one");
    digests[algorithm] = digest;
    return;
  }
  const counted = Object.hasOwn(fingerprintNames, plain) ? fingerprintNames[plain]! : unmatchableName(name);
  note(item, counted);
}

function note({ unmatchable }: Item, name: string): void {
  if (!unmatchable.includes(name)) unmatchable.push(name);
}

function settle({ line, deleted, fields, digests, unmatchable }: Item, held: HeldReferences, place: Place): void {
  const member = fields.get("member");
  const id = fields.get("id");
  if (member === undefined || id === undefined) throw refusal(place, `an item without ${member === undefined ? "its member's id" : "id"}`, "both, for they name it");
  const key = JSON.stringify([member, id]);
  if (deleted) held.retract(key);
  else {
    const reference: Reference = { where: `line ${line}`, recordId: `${member}/${id}`, category: fields.get("classification") ?? null, digests, pdqQuality: null, sizeBytes: null, unmatchable };
    held.hold(key, reference, place);
  }
}

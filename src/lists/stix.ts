import type { AlgorithmName, Reference } from "../model.ts";
import { columnMeaning, unmatchableName } from "./columns.ts";
import { holdsDigest, looksLikeDigest, mentionsDigest } from "./digest-like.ts";
import type { ListFormat } from "./format.ts";
import { type HeldReferences, heldReferences } from "./held-references.ts";
import { elementSplitter, type JsonElement } from "./json-elements.ts";
import { foldedKeys, isObject, type JsonObject, strictObject } from "./json-object.ts";
import { digestReference } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { patternFiles } from "./stix-pattern.ts";
import { type ObjectVersions, objectVersions } from "./stix-versions.ts";
import { headText, utf8Chunks } from "./text.ts";
import { hexDigest, plainText, wholeNumber } from "./values.ts";

const none: ReadonlySet<string> = new Set();
// Hashes of documents that an object cites.
const cited: ReadonlySet<string> = new Set(["external_references"]);
/** Members that are read, or whose texts may look like a digest and are none: names of files, and an artifact's bytes. */
const understood: ReadonlySet<string> = new Set(["hashes", "pattern", "objects", "id", "name", "description", "payload_bin", ...cited]);

/**
 * STIX 2.1 bundles: indicators with file hashes, file and artifact objects.
 *
 * Shape:  each file that an indicator's pattern names by hashes is a reference (`patternFiles`), as is each file or artifact; `recordId` is the object's
 *         id. Of several versions of one object the latest `modified` counts; older ones, and all when it is revoked, are `retracted`. An indicator of
 *         the type "benign" is context, counted and not loaded. Other hashes than MD5, SHA-1, SHA-256, BLAKE3 and PDQ are unmatchable, as are patterns in
 *         other languages, hashes of objects of any other type, and what looks like a digest in another member. References come at the end of the bundle, at most 1,000,000 and of as many objects, for its last object may revoke its first.
 * Errors: Failure("list-refused") for more than that, a value that is none of its algorithm, a key that stands twice, a pattern that cannot be read, and digests in a
 *         member of the bundle beside its objects.
 * Source: STIX 2.1, OASIS.
 */
export const stix: ListFormat = {
  name: "stix",
  describes: "STIX 2.1 bundles: file hashes of indicators and file objects",
  recognises(head) {
    const text = headText(head);
    return /^\s*\{/.test(text) && (/"type"\s*:\s*"bundle"/.test(text) || (/"objects"\s*:\s*\[/.test(text) && /"spec_version"\s*:/.test(text)));
  },
  async *read(file) {
    const held = heldReferences();
    const versions = objectVersions();
    let bundle = false;
    const splitter = elementSplitter(file.name, "objects", (key, value, line) => {
      if (key === "type") bundle = value === "bundle";
      else if (key !== "id" && holdsDigest(value, cited, mentionsDigest)) throw refusal({ file: file.name, line }, "digests beside the objects of the bundle", 'all of them in "objects"');
    });
    for await (const chunk of utf8Chunks(file))
      for (const element of splitter.push(chunk)) holdObject(held, versions, element, { file: file.name, line: element.line, part: element.where });
    splitter.end();
    if (!bundle) throw refusal({ file: file.name, line: 1 }, 'no "type" of "bundle" to the end of the file', "a bundle");
    yield* held.runs();
  },
};

function holdObject(held: HeldReferences, versions: ObjectVersions, element: JsonElement, place: Place): void {
  const object = foldedKeys(strictObject(element, place), place);
  const references = objectReferences(object, element.where, place);
  // A later version of observed data may name no file any more, and takes the earlier one back all the same.
  const isObserved = typeOf(object) === "observed-data";
  if (references.length === 0 && !isObserved) return;
  const id = references[0]?.recordId ?? (isObserved ? idOf(object, place) : null) ?? element.where;
  const { modified } = object;
  const { revoked = null } = object;
  if (revoked !== null && typeof revoked !== "boolean") throw refusal(place, "something else as revoked", "true or false");
  const isRevoked = revoked === true;
  const isOutdated = typeof modified === "string" && !versions.isLatest(id, modified, place);
  if (!isOutdated && (isRevoked || typeof modified === "string")) held.retract(id);
  const retracted = isRevoked || isOutdated;
  for (const reference of references) held.hold(id, retracted ? { ...reference, digests: {}, unmatchable: [], retracted: true } : reference, place);
}

function objectReferences(object: JsonObject, where: string, place: Place): readonly Reference[] {
  const type = typeOf(object);
  if (type === null) throw refusal(place, "an object without a type", "one");
  if (type === "observed-data") return observedReferences(object, where, place);
  if (type === "file" || type === "artifact") return [fileReference(object, where, idOf(object, place), place)];
  if (type !== "indicator") return holdsDigest(object, cited, mentionsDigest) ? [digestReference(where, {}, { recordId: idOf(object, place), unmatchable: ["other"] })] : [];
  const recordId = idOf(object, place);
  const { pattern } = object;
  if (typeof pattern !== "string") throw refusal(place, "an indicator without a pattern", "text");
  const kinds: unknown = object["indicator_types"];
  const other = otherOf(object);
  const context = (Array.isArray(kinds) ? kinds : [kinds]).includes("benign") ? { contextOnly: true as const } : {};
  if ((object["pattern_type"] ?? "stix") !== "stix") return [digestReference(where, {}, { recordId, unmatchable: ["other"], ...context })];
  const files = patternFiles(pattern, place);
  if (files.length === 0) return [digestReference(where, {}, { recordId, unmatchable: other, ...context })];
  return files.map(({ hashes, sizeBytes, otherHashes }) => {
    const stated = fingerprints(hashes, place);
    const size = sizeBytes === null ? null : wholeNumber(sizeBytes, "a size in bytes", Number.MAX_SAFE_INTEGER, place);
    return digestReference(where, stated.digests, { recordId, sizeBytes: size, unmatchable: joined(stated.unmatchable, otherHashes ? ["other"] : other), ...context });
  });
}

/** STIX 2.0 keeps the objects inside. */
function observedReferences(object: JsonObject, where: string, place: Place): readonly Reference[] {
  const inner = object["objects"];
  const recordId = idOf(object, place);
  const values = isObject(inner) ? Object.values(inner) : Array.isArray(inner) ? (inner as readonly unknown[]) : [];
  const files = values.flatMap((value) => {
    const member = isObject(value) ? foldedKeys(value, place) : null;
    const type = member === null ? null : typeOf(member);
    if (member !== null && (type === "file" || type === "artifact")) return [fileReference(member, where, recordId, place)];
    return holdsDigest(value, cited, mentionsDigest) ? [digestReference(where, {}, { recordId, unmatchable: ["other"] })] : [];
  });
  const other = otherOf(object);
  return other.length === 0 ? files : [...files, digestReference(where, {}, { recordId, unmatchable: other })];
}

function fileReference(object: JsonObject, where: string, recordId: string | null, place: Place): Reference {
  const hashes = object["hashes"] ?? {};
  if (!isObject(hashes)) throw refusal(place, "something else as hashes", "an object");
  const { size } = object;
  const sizeBytes = size === undefined || size === null ? null : wholeNumber(String(size), "a size in bytes", Number.MAX_SAFE_INTEGER, place);
  const pairs = Object.entries(hashes).map(([name, value]) => {
    if (typeof value !== "string") throw refusal(place, "something that is no text as a hash", "text");
    return [name, value] as const;
  });
  const { digests, unmatchable } = fingerprints(pairs, place);
  return digestReference(where, digests, { recordId, sizeBytes, unmatchable: joined(unmatchable, otherOf(object)) });
}

/** "other" for what looks like a digest in a member that is not read: sections, streams, members of unknown names. */
function otherOf(object: JsonObject): readonly string[] {
  return Object.entries(object).some(([key, value]) => !understood.has(key) && holdsDigest(value, none, looksLikeDigest)) ? ["other"] : [];
}

function joined(names: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...names, ...others])];
}

function typeOf({ type }: JsonObject): string | null {
  return typeof type === "string" ? type.trim().toLowerCase() : null;
}

function fingerprints(pairs: readonly (readonly [name: string, value: string])[], place: Place): Pick<Reference, "digests" | "unmatchable"> {
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  const unmatchable: string[] = [];
  for (const [name, value] of pairs) {
    const algorithm = columnMeaning(name);
    if (algorithm === "md5" || algorithm === "sha1" || algorithm === "sha256" || algorithm === "blake3" || algorithm === "pdq") {
      const digest = hexDigest(value.trim(), algorithm, place);
      const earlier = digests[algorithm];
      if (earlier !== undefined && Buffer.compare(earlier, digest) !== 0) throw refusal(place, `two different digests of ${algorithm} for one file`, "one");
      digests[algorithm] = digest;
    } else if (!unmatchable.includes(unmatchableName(name))) unmatchable.push(unmatchableName(name));
  }
  return { digests, unmatchable };
}

function idOf(object: JsonObject, place: Place): string | null {
  const { id } = object;
  if (typeof id !== "string") throw refusal(place, "an object without an id", "text");
  return plainText(id, "id", place);
}

import { cryptographicAlgorithms, doubts, pictureStatuses, unreadReasons } from "../model.ts";
import { confinements, isolations } from "../isolation.ts";
import { custodySchema } from "./jsonl-schema-custody.ts";
import { arrayOf, count, definition, digest, nullable, object, oneOf, openObject, type Schema, text, wholeText } from "./schema-terms.ts";
import { answers, outcomes } from "./summary.ts";

/** Stands in every report of this form. Raised when a key is taken away or means something else, or may hold what it could not. */
export const jsonlSchemaId = "urn:blindmatch:report:2";

const algorithm = oneOf(cryptographicAlgorithms);
const sort = oneOf(["exact", "contradicted", "near", "doubtful"]);
const listKind = oneOf(["notable", "known"]);
const outcome = oneOf(outcomes);
const sentences = arrayOf(object({ subject: text, sentence: text }));
const overrides = arrayOf(object({ option: text, reason: text }));
const thresholds = arrayOf(object({ listSha256: digest.sha256, nearDistanceBits: count, leastQuality: count }));
const disposition = oneOf(["alert", "info", "ignore"]);
const tally = definition("tally");
const clock = definition("clock");
const category = definition("category");
const picture = definition("pictureFacts");
const digests = definition("digests");
const entry = definition("entryFacts");
const mountState = definition("mountState");
const percent: Schema = { type: "number", minimum: 0, maximum: 100 };
const base64: Schema = { type: "string", pattern: "^[A-Za-z0-9+/]*={0,2}$" };
const fileTime: Schema = nullable({ type: "string", pattern: "^([0-9]{4}|[+-][0-9]{6,})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$" });
const embeddedName: Schema = { type: "string", pattern: "^thumbnail(-[0-9]+)?$" };

const entryKeys = {
  no: count,
  path: text,
  pathBase64: base64,
  kind: oneOf(["file", "folder", "link", "fifo", "socket", "character-device", "block-device"]),
  sizeBytes: count,
  outcome: oneOf(["examined", "without-content", "unread", "pending"]),
  digests,
  mediaType: nullable(text),
  extensionFits: nullable({ type: "boolean" }),
  picture: nullable(picture),
  embedded: arrayOf(object({ name: embeddedName, offsetBytes: count, sizeBytes: count, digests, picture })),
  inode: wholeText,
  links: count,
  sameAs: nullable(count),
  modified: fileTime,
  changed: fileTime,
  accessed: fileTime,
  created: fileTime,
};
const reason: Schema = { enum: [...Object.keys(unreadReasons), null] };
const gapKeys = { reason, reasonSentence: nullable(text), errorCode: nullable(text), failedAtBytes: nullable(count), pictureSentence: nullable(text), entry };

const definitions: Readonly<Record<string, Schema>> = {
  tally: object({ entries: count, bytes: wholeText }),
  clock: nullable(object({ source: nullable(text), synchronised: { enum: [true, null] } })),
  category: object({ code: nullable(text), scale: text, scaleVersion: text, label: nullable(text), disposition: { enum: ["alert", "info", "ignore", null] } }),
  pictureFacts: object({ status: oneOf(Object.keys(pictureStatuses)), widthPixels: count, heightPixels: count }),
  digests: object({ md5: nullable(digest.md5), sha1: nullable(digest.sha1), sha256: nullable(digest.sha256), blake3: nullable(digest.blake3) }),
  entryFacts: object(entryKeys),
  mountState: nullable(object({ mount: nullable(openObject({ source: text, mountPoint: text, rootInFileSystem: text, fileSystem: text, mountOptions: text, superOptions: text, concerns: arrayOf(text), leavesJournal: { type: "boolean" }, device: nullable(object({ number: text, readOnly: { type: "boolean" }, writesCompleted: text, sectorsWritten: text })) })) })),
};

const header = object({
  caseNumber: text,
  exhibit: text,
  examiner: text,
  organisation: nullable(text),
  evidence: text,
  evidenceIdentity: object({ kind: text, fileSystem: text, rootInode: wholeText, rootModifiedNs: wholeText }),
  options: object({ digests: arrayOf(algorithm), perceptual: { type: "boolean" }, nearDistanceBits: count, leastQuality: count, nearThresholds: thresholds, skipNearForExact: { type: "boolean" }, largestFileBytes: nullable(count), keepCodes: { type: "boolean" } }),
  versions: arrayOf(object({ component: text, version: text })),
  commandLine: arrayOf(text),
  host: text,
  user: text,
  timeZone: text,
  clock,
});

const pass = object({
  number: count,
  at: nullable(text),
  firstListNumber: count,
  lists: count,
  near: oneOf(["compared", "compared-earlier", "no-codes-kept", "switched-off", "no-codes-in-lists"]),
  options: object({ nearDistanceBits: count, leastQuality: count, nearThresholds: thresholds }),
  examiner: text,
  user: text,
  host: text,
  commandLine: arrayOf(text),
  sentence: text,
});

const run = {
  status: oneOf(["ended", "PARTIAL"]),
  outcome,
  header,
  startedAt: nullable(text),
  endedAt: nullable(text),
  elapsedMs: nullable(count),
  timesSource: text,
  scanSessions: object({ count, untimed: count }),
  stopped: nullable(text),
  readingOrder: object({
    within: nullable(oneOf(["inode", "path"])),
    media: arrayOf(object({ medium: oneOf(["rotating", "not-rotating", "untold"]), device: nullable(text), readers: count })),
    sentence: text,
  }),
  report: object({ schema: { const: jsonlSchemaId }, madeAt: text, version: text, all: { type: "boolean" }, countsOnly: { type: "boolean" }, names: oneOf(["shown", "redacted"]), redaction: nullable(text) }),
  chain: object({ head: digest.sha256, rows: count }),
  resultsHead: nullable(digest.sha256),
  passes: arrayOf(pass),
  mountStates: arrayOf(object({ before: mountState, after: mountState })),
  evidenceWrites: object({ verdict: oneOf(["none", "changed", "recorded", "unknown"]), sentence: text, mountSentence: text, furtherSentences: arrayOf(text) }),
  overrides,
  warnings: arrayOf(text),
  selftests: arrayOf(text),
  confinements: arrayOf(object({ confinement: oneOf(Object.keys(confinements)), sentence: text, refused: arrayOf(object({ confinement: oneOf(Object.keys(confinements)), found: text })) })),
  isolations: arrayOf(object({ isolation: oneOf(Object.keys(isolations)), sentence: text, probes: arrayOf(text) })),
  custody: arrayOf(custodySchema(clock)),
};

const list = {
  listNumber: count,
  pass: count,
  sha256: digest.sha256,
  sizeBytes: count,
  agency: text,
  name: text,
  version: text,
  kind: listKind,
  format: text,
  importedAt: text,
  signature: nullable(object({ keyId: text, trustedComment: text })),
  unsignedReason: nullable(text),
  statedBySigner: { type: "boolean" },
  plaintextSha256: nullable(digest.sha256),
  overrides,
  scale: object({ scale: text, version: text, source: text, sha256: digest.sha256, entries: arrayOf(object({ code: text, label: text, disposition })) }),
  counts: object({
    rowsRead: count,
    rowsLoaded: count,
    md5Only: count,
    duplicates: nullable(count),
    conflictingCategories: nullable(count),
    refused: arrayOf(object({ reason: text, rows: count })),
    dropped: arrayOf(object({ reason: text, digests: count })),
    digests: arrayOf(object({ algorithm: text, digests: count })),
    categories: arrayOf(object({ code: text, rows: count })),
    unmatchable: arrayOf(object({ fingerprint: text, rows: count })),
  }),
};

const match = {
  number: count,
  pass: count,
  sort,
  kind: oneOf(["exact", "near"]),
  algorithms: arrayOf(oneOf([...cryptographicAlgorithms, "pdq"])),
  contradictedBy: arrayOf(oneOf([...cryptographicAlgorithms, "size"])),
  md5Only: { type: "boolean" },
  distanceBits: nullable({ type: "integer", minimum: 0, maximum: 255 }),
  transform: nullable(text),
  embedded: nullable(embeddedName),
  doubts: arrayOf(object({ doubt: oneOf(Object.keys(doubts)), sentence: text })),
  nearReferences: nullable(count),
  filesNear: nullable(count),
  path: text,
  container: arrayOf({
    anyOf: [
      object({ kind: { const: "file" }, path: text, pathBase64: base64 }),
      object({ kind: { const: "stream" }, name: text, nameBase64: base64 }),
      object({ kind: { const: "picture" }, name: embeddedName, offsetBytes: nullable(count), sizeBytes: nullable(count) }),
    ],
  }),
  statement: text,
  needsAttention: { type: "boolean" },
  list: object({ listNumber: count, kind: listKind, agency: text, name: text, version: text, sha256: digest.sha256 }),
  recordId: nullable(text),
  loadedRow: count,
  category,
  entry,
};

const pictures = arrayOf(object({ status: oneOf(Object.keys(pictureStatuses)), sentence: text, pictures: count }));

const totals = {
  answer: oneOf(answers),
  sentence: text,
  outcome,
  exitStatus: count,
  exitMeaning: text,
  status: oneOf(["ended", "PARTIAL"]),
  completeness: text,
  seen: tally,
  examined: tally,
  withoutContent: count,
  unread: tally,
  pending: tally,
  folders: count,
  unreadByReason: arrayOf(object({ reason: oneOf(Object.keys(unreadReasons)), sentence: text, entries: count, bytes: wholeText })),
  pictures,
  matches: arrayOf(object({ listNumber: count, listKind, category, exact: count, contradicted: count, near: count, doubtful: count })),
  entriesMatched: object({ exact: count, md5Only: count, contradicted: count, near: count, doubtful: count, any: count }),
  firstMatch: nullable(object({ entry: nullable(count), elapsedMs: nullable(count), entries: nullable(count), bytes: nullable(wholeText), entriesPercent: nullable(percent), bytesPercent: nullable(percent) })),
  embeddedPictures: pictures,
  extensionMismatches: count,
  limits: arrayOf(object({ subject: text, sentences: arrayOf(text) })),
  notSearched: sentences,
};

const rows: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  run,
  list,
  match,
  unread: gapKeys,
  picture: { compared: oneOf(["none", "in-part"]), leavesIncomplete: { type: "boolean" }, ...gapKeys },
  entry: { ...entryKeys, reason, errorCode: nullable(text), failedAtBytes: nullable(count) },
  totals,
};

/** JSON Schema (2020-12) of one line of the JSON Lines report, as `blindmatch report --schema` prints it. Every key is always there, and there is no other. */
export const jsonlSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: jsonlSchemaId,
  title: "One line of a blindmatch report in JSON Lines",
  description: "A report is one line `run`, one `list` for each list, one `match` for each match, one `unread` for each entry that was not examined, one `picture` for each picture that was not compared or not whole, one `entry` for each entry where these were asked for, and one `totals`, always the last: without it the file was cut off. Sizes are in bytes; numbers that may pass 2^53 are decimal text; times of files are UTC with nanoseconds, from the file system, and null where it states none. Paths are printable text (a backslash is doubled, any other code point that is not printable is \\u{hex}, any other byte \\xHH) and, in base64, the bytes.",
  oneOf: Object.keys(rows).map((type) => ({ $ref: `#/$defs/${type}` })),
  $defs: { ...definitions, ...Object.fromEntries(Object.entries(rows).map(([type, keys]) => [type, object({ type: { const: type }, ...keys })])) },
};

import { createHmac } from "node:crypto";
import { pathText } from "../path-text.ts";
import type { EntryRow, RecordView } from "../record/view.ts";
import { streamsListed } from "../reports/container-chain.ts";
import { pictureGaps } from "../reports/picture-terms.ts";
import { base64Text } from "../reports/plain-text.ts";
import { type KeyedDigest, redactedPath } from "../reports/redacted-view.ts";
import { encrypterFor } from "./bundle.ts";

/** HMAC-SHA-256 under a key in hexadecimal. */
export function keyedDigestOf(key: string): KeyedDigest {
  const bytes = Buffer.from(key, "hex");
  return (path) => createHmac("sha256", bytes).update(path).digest("hex");
}

export interface Annex {
  /** Name of the report whose names it holds. */
  readonly report: string;
  readonly madeAt: string;
  readonly key: string;
  /** Whether the report has a row per entry. */
  readonly all: boolean;
}

/**
 * The annex of a report whose names are redacted: what stands in their place, and what they are, encrypted to whoever may know them.
 *
 * Shape:  JSON Lines within age: an `annex` line with the key, a `name` line for each entry that the report has a row of, in no order that means anything.
 * Errors: Failure("usage") for what is no recipient.
 */
export function annexOf(record: RecordView, annex: Annex, recipients: readonly string[]): AsyncIterable<Uint8Array> {
  const encrypter = encrypterFor(recipients, "--annex-to");
  return (async function* () {
    const plain = ReadableStream.from(linesOf(record, annex)) as ReadableStream<Uint8Array>;
    yield* (await encrypter.encrypt(plain)) as unknown as AsyncIterable<Uint8Array>;
  })();
}

function* linesOf(record: RecordView, { report, madeAt, key, all }: Annex): Generator<Uint8Array> {
  const { caseNumber, exhibit, evidence } = record.header;
  const line = (value: object): Uint8Array => Uint8Array.from(Buffer.from(`${JSON.stringify(value)}\n`));
  yield line({ type: "annex", caseNumber, exhibit, evidence, report: pathText(Buffer.from(report)), madeAt, algorithm: "HMAC-SHA-256", key });
  const keyedDigest = keyedDigestOf(key);
  const areStreams = streamsListed(record);
  for (const entry of all ? record.entries() : onceEach(listedEntries(record), record.totals().seen.entries)) {
    yield line({ type: "name", entry: entry.no, redacted: pathText(redactedPath(entry, keyedDigest, areStreams)), path: pathText(entry.path), pathBase64: base64Text(entry.path) });
  }
}

/** A bit for each entry of the plan: a set of numbers ends at 2^24 of them. */
function* onceEach(entries: Iterable<EntryRow>, planned: number): Generator<EntryRow> {
  const given = new Uint8Array(Math.ceil(planned / 8));
  for (const entry of entries) {
    const [at, bit] = [Math.floor(entry.no / 8), 1 << (entry.no % 8)];
    const bits = given[at] ?? 0;
    if ((bits & bit) !== 0) continue;
    given[at] = bits | bit;
    yield entry;
  }
}

function* listedEntries(record: RecordView): Generator<EntryRow> {
  for (const { entry } of record.matches()) yield entry;
  yield* record.unread();
  for (const { entry } of pictureGaps(record, record.totals())) yield entry;
}

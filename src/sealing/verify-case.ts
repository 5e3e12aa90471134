import { Failure } from "../failure.ts";
import { openRecord } from "../record/open-view.ts";
import { verifyRecord } from "../record/verify-record.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "../reports/accounting.ts";
import { completenessSentence } from "../reports/summary.ts";
import { namesIn } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { checkChain, sealedRows } from "./check-chain.ts";
import { checkFiles, manifestIn } from "./check-manifests.ts";
import { checkNames } from "./check-names.ts";
import { checkReports } from "./check-reports.ts";
import { checkSignatures, type SignatureOptions } from "./check-signatures.ts";
import { checkToken } from "./check-token.ts";
import type { Manifest } from "./manifest.ts";
import { manifestName, manifestsAmong } from "./manifest-names.ts";

export interface VerifyOptions extends SignatureOptions {
  /** This program's version. */
  readonly version: string;
  /** File of the certificates that are trusted to state times; null: none. */
  readonly authority: string | null;
  /** True before a case is sealed (again): its manifests are all earlier ones then, and a seal that was cut off is no fault. */
  readonly toBeSealed: boolean;
}

interface Sealed {
  readonly name: string;
  readonly manifest: Manifest;
}

/**
 * Everything that a case vouches for, in an order in which the cheap comes first: signatures, files, the record itself, manifests against it, totals,
 * reports, names.
 *
 * Shape:  drawn one by one; whoever needs to know only whether all holds may stop at the first that does not. Nothing is written.
 * Errors: the operating system's, for a folder that cannot be read.
 */
export function* verifyCase(folder: string, options: VerifyOptions): Generator<Check> {
  const names = namesIn(folder);
  const sealed: Sealed[] = [];
  const manifests = manifestsAmong(names);
  const newest = options.toBeSealed ? null : (manifests.at(-1) ?? null);
  if (newest === null && options.publicKeys.length > 0 && !options.toBeSealed) yield wrong("case", "no manifest", `one signed by key ${options.publicKeys.map(({ keyId }) => keyId).join(", ")}`);
  for (const name of manifests.toReversed())
    yield* unlessRefused(function* () {
      const manifest = manifestIn(folder, name);
      if (name === newest) {
        yield* checkSignatures(folder, name, names, manifest?.sealed.keyId ?? null, options);
        yield* checkToken(folder, name, names, options.authority);
      }
      if (manifest === null) return void (yield wrong(name, "another text", "a manifest as this program writes them"));
      sealed.push({ name, manifest });
      yield* checkFiles(folder, name, manifest, name === newest ? "present" : "earlier");
    });
  yield* unlessRefused(() => checkRecord(folder, sealed, newest, options));
  const covering = sealed.find(({ name }) => name === newest) ?? null;
  yield* options.toBeSealed ? [] : withRecord(folder, (record) => checkNames(names, record, covering));
}

function* checkRecord(folder: string, sealed: readonly Sealed[], newest: string | null, options: VerifyOptions): Generator<Check> {
  const discrepancies = verifyRecord(folder);
  for (const { where, found, expected } of discrepancies) yield wrong(`record, ${where}`, found, expected);
  const record = openRecord(folder);
  try {
    if (discrepancies.length === 0) yield holds(`record: ${record.chain.rows} rows of its log, each sealing the one before, and all rows that they vouch for; head ${record.chain.head}`);
    if (!record.complete) yield note("record: PARTIAL, the scan has not ended; what it holds so far was checked");
    yield* checkSealedRows(record, sealed, options);
    if (newest === null && !options.toBeSealed) yield note("case: not sealed: what it vouches for agrees with itself, and nobody signed it");
    for (const { name, manifest } of sealed) yield* checkChain(record, name, manifest, name === newest ? "present" : "earlier");
    yield* unlessRefused(function* () {
      yield holds(`totals: ${completenessSentence(checkedTotals(record))}`);
    });
    yield* checkReports(folder, record, options.version);
    for (const [index, list] of record.lists.entries()) yield holds(`list ${index + 1}: ${list.agency}/${list.name} ${list.version} (${list.kind}), SHA-256 ${list.sha256}`);
  } finally {
    record.close();
  }
}

/** Each row that tells of a seal against the manifests: one that is gone was removed, or was never made. */
function* checkSealedRows(record: RecordView, sealed: readonly Sealed[], { toBeSealed }: VerifyOptions): Generator<Check> {
  const rows = sealedRows(record);
  const last = record.chain.rows;
  for (const { seq, body } of rows) {
    if (sealed.some(({ name }) => name === body.manifest)) continue;
    // A seal that was cut off before its manifest had a name, or begun again with another key.
    const isUnderWay = toBeSealed && body.manifest === manifestName(sealed.length + 1);
    if (!isUnderWay) yield wrong(`record, log row ${seq}`, `a seal as ${body.manifest}, which is not there${seq === last ? " (it was cut off, or the manifest was removed)" : ""}`, "that manifest; sealing again goes on where it was cut off");
  }
  for (const { name, manifest } of sealed)
    if (!rows.some(({ body }) => body.manifest === name && body.keyId === manifest.sealed.keyId)) yield wrong(name, `no row of the record that tells of a seal under that name by key ${manifest.sealed.keyId}`, "one before its head");
}

/** The record where it can be opened; what keeps it from that was said before. */
function* withRecord(folder: string, work: (record: RecordView | null) => Iterable<Check>): Generator<Check> {
  let record: RecordView | null = null;
  try {
    record = openRecord(folder);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
  }
  try {
    yield* work(record);
  } finally {
    record?.close();
  }
}

import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import { verifyRecord } from "../record/verify-record.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "../reports/accounting.ts";
import { completenessSentence } from "../reports/summary.ts";
import { digestOf, namesIn } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { checkChain, sealedRows } from "./check-chain.ts";
import { checkFiles, manifestIn } from "./check-manifests.ts";
import { checkNames } from "./check-names.ts";
import { checkReports } from "./check-reports.ts";
import { checkSignatures, type SignatureOptions } from "./check-signatures.ts";
import { checkToken } from "./check-token.ts";
import type { Manifest } from "./manifest.ts";
import { manifestName, manifestsAmong, tokenName, unsignedManifest } from "./manifest-names.ts";
import { reportRows } from "./report-rows.ts";

export interface VerifyOptions extends SignatureOptions {
  /** This program's version. */
  readonly version: string;
  /** File of the certificates that are trusted to state times; null: none. */
  readonly authority: string | null;
  /** True before a case is sealed (again): its manifests are all earlier ones then, and a seal that was cut off is no fault. The newest counts as signed all the same. */
  readonly toBeSealed: boolean;
  /** True when the key of whoever sealed must be among those that are given. */
  readonly sealerDue?: true;
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
  // What nobody signed is worth nothing, and is made anew when a case is sealed.
  const unsigned = options.toBeSealed ? unsignedManifest(names) : null;
  const manifests = manifestsAmong(names).filter((name) => name !== unsigned);
  const last = manifests.at(-1) ?? null;
  const newest = options.toBeSealed ? null : last;
  if (last === null && options.publicKeys.length > 0) yield wrong("case", "no manifest", `one signed by key ${options.publicKeys.map(({ keyId }) => keyId).join(", ")}`);
  for (const name of manifests.toReversed())
    yield* unlessRefused(function* () {
      const manifest = manifestIn(folder, name);
      yield* checkSignatures(folder, name, names, manifest?.sealed.keyId ?? null, options, name !== last ? "none" : options.toBeSealed || options.sealerDue === true ? "sealer" : "given");
      if (name === newest || (options.authority !== null && names.includes(tokenName(name)))) yield* checkToken(folder, name, names, options.authority);
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
    yield* checkSealedRows(folder, record, sealed, options);
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
function* checkSealedRows(folder: string, record: RecordView, sealed: readonly Sealed[], { toBeSealed }: VerifyOptions): Generator<Check> {
  const last = record.chain.rows;
  const covered = Math.max(0, ...sealed.map(({ manifest }) => manifest.record.chainRows));
  for (const { seq, body } of sealedRows(record)) {
    for (const part of body.previous ?? []) yield* unlessRefused(() => checkPart(folder, part, seq));
    if (sealed.some(({ name }) => name === body.manifest)) continue;
    // A seal that was cut off before its manifest had a name, or begun again with another key.
    const isUnderWay = toBeSealed && seq > covered && body.manifest === manifestName(sealed.length + 1);
    if (!isUnderWay) yield wrong(`record, log row ${seq}`, `a seal as ${body.manifest}, which is not there${seq === last ? " (it was cut off, or the manifest was removed)" : ""}`, "that manifest; sealing again goes on where it was cut off");
  }
  for (const { name, manifest } of sealed) yield* checkSealing(record, name, manifest);
}

/** Who sealed, as the manifest says it, against the row at its head. */
function* checkSealing(record: RecordView, name: string, { sealed: { keyId, by, host }, record: { chainRows } }: Manifest): Generator<Check> {
  const row = sealedRows(record).find(({ seq, body }) => seq === chainRows && body.manifest === name && body.keyId === keyId);
  if (row === undefined) yield wrong(name, `no row of the record that tells of a seal under that name by key ${keyId}`, "one at its head");
  else if (row.body.by !== by || row.body.host !== host) yield wrong(name, `that ${printed(by)} on ${printed(host)} sealed it`, `${printed(row.body.by)} on ${printed(row.body.host)}, as row ${row.seq} of the record says`);
}

function printed(text: string): string {
  return pathText(Buffer.from(text));
}

/** A part of an earlier seal, as the row of the next one noted it. */
function* checkPart(folder: string, { name, sha256 }: { readonly name: string; readonly sha256: string }, seq: number): Generator<Check> {
  const found = digestOf(folder, name);
  if (found?.sha256 !== sha256) yield wrong(name, found === null ? "no such file" : `SHA-256 ${found.sha256}`, `the one that row ${seq} of the record notes of the seal before it, ${sha256}`);
}

/** A manifest that is to be signed, of a case that was verified as a whole just before: what it says of the folder and the record, and each report as its row has it. */
export function* checkUnsigned(folder: string, name: string): Generator<Check> {
  yield* unlessRefused(function* () {
    const manifest = manifestIn(folder, name);
    if (manifest === null) return void (yield wrong(name, "another text", "a manifest as this program writes them"));
    yield* checkFiles(folder, name, manifest, "present");
    const record = openRecord(folder);
    try {
      yield* checkSealing(record, name, manifest);
      yield* checkChain(record, name, manifest, "present");
      for (const [fileName, { seq, body }] of reportRows(record))
        for (const file of [{ fileName, sha256: body.sha256 }, ...(body.pages ?? [])]) {
          const found = manifest.files.find((sealed) => sealed.name === file.fileName)?.sha256;
          if (found !== file.sha256) yield wrong(`${name}, ${file.fileName}`, found === undefined ? "no such file" : `SHA-256 ${found}`, `${file.sha256}, as row ${seq} of the record has it`);
        }
    } finally {
      record.close();
    }
  });
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

import { Failure } from "../failure.ts";
import { openRecord } from "../record/open-view.ts";
import { verifyRecord } from "../record/verify-record.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "../reports/accounting.ts";
import { answerSentence, completenessSentence, isInDoubt } from "../reports/summary.ts";
import { namesIn } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { checkChain } from "./check-chain.ts";
import { checkFiles, manifestIn } from "./check-manifests.ts";
import { checkNames } from "./check-names.ts";
import { checkReports } from "./check-reports.ts";
import { checkSealedRows, type Sealed } from "./check-seals.ts";
import { checkSignatures, type SignatureOptions } from "./check-signatures.ts";
import { checkToken } from "./check-token.ts";
import { manifestsAmong, tokenName, unsignedManifest } from "./manifest-names.ts";

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
    yield* checkSealedRows(folder, record, sealed, options.toBeSealed);
    if (newest === null && !options.toBeSealed) yield note("case: not sealed: what it vouches for agrees with itself, and nobody signed it");
    for (const { name, manifest } of sealed) yield* checkChain(record, name, manifest, name === newest ? "present" : "earlier");
    yield* unlessRefused(function* () {
      const totals = checkedTotals(record);
      yield holds(`totals: ${completenessSentence(totals)}`);
      if (isInDoubt(record, totals)) yield note(`answer: ${answerSentence(record, totals)}`);
    });
    yield* checkReports(folder, record, options.version);
    for (const [index, list] of record.lists.entries()) yield holds(`list ${index + 1}: ${list.agency}/${list.name} ${list.version} (${list.kind}), SHA-256 ${list.sha256}`);
  } finally {
    record.close();
  }
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

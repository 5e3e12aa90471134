import { Failure } from "../failure.ts";
import { longestComment } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import { recordName, digestOf, namesIn, type SealedFile } from "./case-files.ts";
import { sealedRows } from "./check-chain.ts";
import { manifestIn } from "./check-manifests.ts";
import { type Manifest, manifestOf, recordFacts, type Sealing } from "./manifest.ts";
import { manifestName, manifestsAmong, partsOf, signatureName } from "./manifest-names.ts";
import { reportFiles } from "./report-rows.ts";

/** What sealing a case has to begin with, or to go on with. */
export interface NextSeal {
  /** File of the manifest. */
  readonly name: string;
  /** "row": nothing is there yet; "manifest": the record tells of the seal already; "signature": the manifest is there, too. */
  readonly from: "row" | "manifest" | "signature";
}

/**
 * Where a seal begins, or goes on after it was cut off.
 *
 * Errors: Failure("seal-refused") for a case that has not ended or has no report, for one to which nothing was added since it was sealed, and for a seal
 *         that was begun with another key.
 */
export function nextSeal(folder: string, keyId: string): NextSeal {
  const names = namesIn(folder);
  const record = openRecord(folder);
  try {
    if (!record.complete) throw new Failure("seal-refused", "record: found a scan that has not ended, expected a finished one; the same scan command goes on");
    const reports = reportFiles(record);
    if (reports.length === 0) throw new Failure("seal-refused", "case: found no report in its folder, expected at least one");
    const strays = names.filter((name) => /^report/.test(name) && !/\.\d+\.part$/.test(name) && !reports.includes(name));
    if (strays.length > 0) throw new Failure("seal-refused", `${strays.join(", ")}: found reports that the record does not know, expected none under such names; move them elsewhere`);
    const manifests = manifestsAmong(names);
    const newest = manifests.at(-1);
    const begun = sealedRows(record).at(-1);
    if (newest !== undefined && !names.includes(signatureName(newest))) return goneOn(folder, newest, keyId);
    const name = manifestName(manifests.length + 1);
    if (begun !== undefined && begun.seq === record.chain.rows && begun.body.manifest === newest)
      throw new Failure("seal-refused", `${newest}: found that the case is sealed and nothing was added to it since, expected a further report; --co-sign adds a second signature, --seal-to alone makes a bundle`);
    const goesOn = begun !== undefined && begun.seq === record.chain.rows && begun.body.manifest === name && begun.body.keyId === keyId;
    return { name, from: goesOn ? "manifest" : "row" };
  } finally {
    record.close();
  }
}

function goneOn(folder: string, name: string, keyId: string): NextSeal {
  const begunWith = manifestIn(folder, name)?.sealed.keyId;
  if (begunWith !== keyId) throw new Failure("seal-refused", `${name}: found a seal that was begun with key ${begunWith ?? "unknown"} and cut off, expected the same key to go on, not ${keyId}`);
  return { name, from: "signature" };
}

/** The manifest of a case as it is at this moment. Errors: Failure("seal-refused") for a file that is gone. */
export function makeManifest(folder: string, sealed: Sealing): Manifest {
  const names = namesIn(folder);
  const record = openRecord(folder);
  try {
    const covered = [recordName, ...reportFiles(record), ...manifestsAmong(names).flatMap((manifest) => partsOf(manifest, names))].sort();
    return manifestOf(recordFacts(record), sealed, covered.map((name) => fileOf(folder, name)));
  } finally {
    record.close();
  }
}

/** What a signature says besides: it is shown wherever one is verified. Errors: Failure("seal-refused") for names longer than minisign reads. */
export function trustedComment({ case: { caseNumber, exhibit }, record, sealed }: Manifest, at: string, role: "sealed" | "co-signed"): string {
  const names = `case ${printable(caseNumber)}, exhibit ${printable(exhibit)}`;
  const mostBytes = longestComment / 2;
  if (Buffer.byteLength(names) > mostBytes) throw new Failure("seal-refused", `case: found ${Buffer.byteLength(names)} bytes of case number and exhibit, expected at most ${mostBytes} for a signature's comment`);
  return `${names}, chain head ${record.chainHead} at row ${record.chainRows}, ${role === "sealed" ? `sealed ${at}` : `sealed ${sealed.at}, co-signed ${at}`}`;
}

function printable(text: string): string {
  return pathText(Buffer.from(text));
}

function fileOf(folder: string, name: string): SealedFile {
  const file = digestOf(folder, name);
  if (file === null) throw new Failure("seal-refused", `${name}: found no such file, expected the one that the record tells of`);
  return file;
}

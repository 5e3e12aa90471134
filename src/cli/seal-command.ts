import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { Failure, outcomeStatuses } from "../failure.ts";
import type { PublicKey } from "../minisign/public-key.ts";
import { signatureText } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { lockCase, lockFileName } from "../record/case-lock.ts";
import { appendSealedRow, settleRecord } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import { answerSentence, isInDoubt } from "../reports/summary.ts";
import { bundledFiles, bundleOf, encrypterFor, refuseLongNames } from "../sealing/bundle.ts";
import { namesIn } from "../sealing/case-files.ts";
import type { Check } from "../sealing/check.ts";
import { manifestIn } from "../sealing/check-manifests.ts";
import { checkUnsigned } from "../sealing/check-seals.ts";
import { readSignature } from "../sealing/check-signatures.ts";
import { coSignatureName, manifestsAmong, signatureName } from "../sealing/manifest-names.ts";
import { manifestText } from "../sealing/manifest.ts";
import { makeManifest, nextSeal, trustedComment } from "../sealing/next-seal.ts";
import { verifyCase } from "../sealing/verify-case.ts";
import { existingCase } from "./case-folder.ts";
import { now, timeZone } from "./clock.ts";
import { custody } from "./custody.ts";
import { refuseOutputInEvidence } from "./report-command.ts";
import { publicKeyIn, type Signer, signerFor, type SigningOptions } from "./signing-key.ts";
import { sweepParts } from "./sweep.ts";
import { userName } from "./user-name.ts";
import { ownVersion } from "./version.ts";
import { writeNewFile, writeNewFileOf } from "./write-file.ts";

export interface SealOptions extends SigningOptions {
  /** Public keys of whoever sealed what is sealed again, co-signed or bundled. */
  readonly sealedBy?: readonly string[];
  readonly withoutSignature?: boolean;
  readonly coSign?: boolean;
  readonly sealTo?: readonly string[];
  readonly bundle?: string;
}

/** Whose signatures must hold on the seal that is there already. */
interface Before {
  readonly publicKeys: readonly PublicKey[];
  /** True when somebody asked to do without the sealer's. */
  readonly withoutSignature: boolean;
}

/** `blindmatch seal`. Gives the exit status. */
export async function runSeal(caseFolder: string, options: SealOptions): Promise<number> {
  const folder = existingCase(caseFolder);
  const { sealTo, bundle } = options;
  if (bundle !== undefined && sealTo === undefined) throw new Failure("usage", "--bundle: found nobody to encrypt it to, expected --seal-to age1...");
  const signs = options.key !== undefined || options.signWith !== undefined;
  if (!signs && (options.coSign === true || sealTo === undefined))
    throw new Failure("usage", "seal: found nobody who signs, expected --key FILE, or --sign-with COMMAND with the --public-key FILE of the key that it signs with");
  const before = beforeOf(options);
  if (signs || leftBehind(folder)) letGo(folder);
  if (signs && options.coSign !== true) settleRecord(folder, custody());
  if (sealTo !== undefined) refuseLongNames(folder);
  const bundleFile = sealTo === undefined ? null : bundlePlace(folder, bundle);
  const encrypter = sealTo === undefined ? null : encrypterFor(sealTo);
  if (signs) {
    const signer = await signerFor(options);
    if (options.coSign === true) coSign(folder, signer, before);
    else seal(folder, signer, before);
    requireSealed(folder, [signer.publicKey]);
  } else if (before.publicKeys.length === 0) throw new Failure("usage", "--seal-to: found no public key to verify the seal with, expected --public-key FILE, or --key FILE to seal and bundle at once");
  else requireSealed(folder, before.publicKeys);
  tellDoubt(folder);
  if (bundleFile === null || encrypter === null) return outcomeStatuses.complete;
  const sha256 = await writeNewFileOf(bundleFile, bundleOf(folder, encrypter));
  tell(`bundle: ${pathText(Buffer.from(bundleFile))}, ${bundledFiles(folder).length} files for ${sealTo?.length} ${sealTo?.length === 1 ? "recipient" : "recipients"}, SHA-256 ${sha256}`);
  return outcomeStatuses.complete;
}

/** A seal says that a case is as it was written, not that its answer can stand. */
function tellDoubt(folder: string): void {
  const record = openRecord(folder);
  try {
    if (isInDoubt(record)) tell(`note: ${answerSentence(record)}`);
  } finally {
    record.close();
  }
}

/** With --sign-with, --public-key is the token's own; else it means what --sealed-by does. */
function beforeOf({ signWith, publicKey = [], sealedBy = [], withoutSignature }: SealOptions): Before {
  const files = signWith === undefined ? [...publicKey, ...sealedBy] : sealedBy;
  return { publicKeys: files.map(publicKeyIn), withoutSignature: withoutSignature === true };
}

/** Whether a program that was killed left its lock, or something beside it. */
function leftBehind(folder: string): boolean {
  return readdirSync(folder).some((name) => name.startsWith(lockFileName));
}

/** A seal that was killed while it let its lock go may have nothing more to write: the lock is taken, with all that goes with that, and let go. */
function letGo(folder: string): void {
  const lock = lockCase(folder, custody());
  if (lock.takenOver !== null) process.stderr.write(`blindmatch: record.lock: ${lock.takenOver}\n`);
  lock.release();
  sweepParts(folder);
}

/** Each step is on the medium before the next one; the same command goes on after any of them. */
function seal(folder: string, { publicKey, sign }: Signer, before: Before): void {
  const { keyId } = publicKey;
  const { name, begun, isUnsigned, previous } = nextSeal(folder, keyId);
  requireIntact(folder, publicKey, before);
  const { by, host } = begun ?? { by: userName(), host: hostname() };
  if (begun === null) appendSealedRow(folder, { manifest: name, keyId, by, host, ...(previous.length === 0 ? {} : { previous: previous.map((part) => ({ name: part.name, sha256: part.sha256 })) }) }, custody());
  if (isUnsigned) rmSync(join(folder, name));
  const manifest = makeManifest(folder, { at: now(), by, host, timeZone: timeZone(), program: `blindmatch ${ownVersion()}`, keyId });
  const text = manifestText(manifest);
  writeNewFile(join(folder, name), [text]);
  refuse(wrongs(checkUnsigned(folder, name)), "sealed");
  // Of the text that was made here, not of what may stand in its file by now.
  writeSignature(folder, signatureName(name), text, { publicKey, sign }, trustedComment(manifest, manifest.sealed.at, "sealed"));
  tell(`sealed: ${name}, ${manifest.files.length} files, signed by key ${keyId}`);
  if (previous.length > 0) tell(`it covers the seal before it: ${previous.map((part) => part.name).join(", ")}`);
  tell(`chain head ${manifest.record.chainHead} at row ${manifest.record.chainRows}: tell it to a second party, for whoever has the key can seal anew`);
}

/** A second examiner's signature over the newest manifest, once that was verified against the folder. */
function coSign(folder: string, signer: Signer, before: Before): void {
  const names = namesIn(folder);
  const name = manifestsAmong(names).at(-1);
  if (name === undefined) throw new Failure("seal-refused", "case: found no manifest, expected a sealed case to co-sign");
  const { keyId } = signer.publicKey;
  const file = coSignatureName(name, keyId);
  if (names.includes(file) || readSignature(folder, signatureName(name)).keyId === keyId) throw new Failure("seal-refused", `${name}: found a signature by key ${keyId} already, expected one by another key`);
  const manifest = manifestIn(folder, name);
  refuse(wrongs(verifyCase(folder, { ...before, alsoKnown: [signer.publicKey], version: ownVersion(), authority: null, toBeSealed: false, sealerDue: true })), "co-signed");
  if (manifest === null) throw new Failure("seal-refused", `${name}: found another text, expected a manifest as this program writes them`);
  writeSignature(folder, file, manifestText(manifest), signer, trustedComment(manifest, now(), "co-signed"));
  tell(`co-signed: ${name} by key ${keyId}, in ${file}`);
}

function writeSignature(folder: string, file: string, text: string, { publicKey, sign }: Signer, comment: string): void {
  writeNewFile(join(folder, file), [signatureText(publicKey.keyId, sign, Buffer.from(text), comment)]);
}

/** What is not as the record says is not sealed; nor is what follows a seal that does not hold. */
function requireIntact(folder: string, publicKey: PublicKey, before: Before): void {
  refuse(wrongs(verifyCase(folder, { ...before, alsoKnown: [publicKey], version: ownVersion(), authority: null, toBeSealed: true })), "sealed");
}

function requireSealed(folder: string, publicKeys: readonly PublicKey[]): void {
  refuse(wrongs(verifyCase(folder, { publicKeys, withoutSignature: false, version: ownVersion(), authority: null, toBeSealed: false })), "sealed");
}

function wrongs(checks: Iterable<Check>): readonly string[] {
  return [...checks].filter(({ kind }) => kind === "wrong").map(({ text }) => text);
}

function refuse(faults: readonly string[], what: string): void {
  for (const fault of faults.slice(1)) process.stderr.write(`blindmatch: ${fault}\n`);
  const [first] = faults;
  if (first !== undefined) throw new Failure("seal-refused", `${first}; it cannot be ${what} as it is`);
}

/** Beside the case folder unless it is said where. Never over another file, never on the evidence. */
function bundlePlace(folder: string, stated: string | undefined): string {
  const file = stated ?? join(dirname(folder), `${basename(folder)}.tar.age`);
  const record = openRecord(folder);
  try {
    refuseOutputInEvidence(record.header.evidence, "--bundle", file);
  } finally {
    record.close();
  }
  if (existsSync(file)) throw new Failure("output-exists", `${pathText(Buffer.from(file))}: found a file of that name, expected none; it is not replaced`);
  const place = join(realpathSync(dirname(file)), basename(file));
  if (dirname(place) === folder) throw new Failure("usage", `${pathText(Buffer.from(file))}: found a place within the case folder, expected one outside of what it bundles`);
  return place;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { Failure, outcomeStatuses } from "../failure.ts";
import type { PublicKey } from "../minisign/public-key.ts";
import { signatureText } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { appendSealedRow } from "../record/open-record.ts";
import { openRecord } from "../record/open-view.ts";
import { bundledFiles, bundleOf, encrypterFor } from "../sealing/bundle.ts";
import { bytesOf, namesIn } from "../sealing/case-files.ts";
import { manifestIn } from "../sealing/check-manifests.ts";
import { readSignature } from "../sealing/check-signatures.ts";
import { coSignatureName, manifestsAmong, signatureName } from "../sealing/manifest-names.ts";
import { type Manifest, manifestText } from "../sealing/manifest.ts";
import { makeManifest, nextSeal, trustedComment } from "../sealing/next-seal.ts";
import { verifyCase } from "../sealing/verify-case.ts";
import { existingCase } from "./case-folder.ts";
import { now, timeZone } from "./clock.ts";
import { custody } from "./custody.ts";
import { refuseOutputInEvidence } from "./report-command.ts";
import { publicKeyIn, type Signer, signerFor, type SigningOptions } from "./signing-key.ts";
import { userName } from "./user-name.ts";
import { ownVersion } from "./version.ts";
import { writeNewFile, writeNewFileOf } from "./write-file.ts";

export interface SealOptions extends SigningOptions {
  readonly coSign?: boolean;
  readonly sealTo?: readonly string[];
  readonly bundle?: string;
}

/** `blindmatch seal`. Gives the exit status. */
export async function runSeal(caseFolder: string, options: SealOptions): Promise<number> {
  const folder = existingCase(caseFolder);
  const { sealTo, bundle } = options;
  if (bundle !== undefined && sealTo === undefined) throw new Failure("usage", "--bundle: found nobody to encrypt it to, expected --seal-to age1...");
  const signs = options.key !== undefined || options.signWith !== undefined;
  if (!signs && (options.coSign === true || sealTo === undefined))
    throw new Failure("usage", "seal: found nobody who signs, expected --key FILE, or --sign-with COMMAND with the --public-key FILE of the key that it signs with");
  if (options.key !== undefined && options.publicKey !== undefined && options.coSign !== true)
    throw new Failure("usage", "--public-key: found --key besides, expected it with --sign-with, with --co-sign, or with --seal-to alone");
  const bundleFile = sealTo === undefined ? null : bundlePlace(folder, bundle);
  const encrypter = sealTo === undefined ? null : encrypterFor(sealTo);
  if (signs) {
    const signer = await signerFor(options);
    if (options.coSign === true) coSign(folder, signer, options.key === undefined ? [] : (options.publicKey ?? []).map(publicKeyIn));
    else seal(folder, signer);
    requireSealed(folder, [signer.publicKey]);
  } else requireSealed(folder, keysOf(options));
  if (bundleFile === null || encrypter === null) return outcomeStatuses.complete;
  const sha256 = await writeNewFileOf(bundleFile, bundleOf(folder, encrypter));
  tell(`bundle: ${pathText(Buffer.from(bundleFile))}, ${bundledFiles(folder).length} files for ${sealTo?.length} ${sealTo?.length === 1 ? "recipient" : "recipients"}, SHA-256 ${sha256}`);
  return outcomeStatuses.complete;
}

/** Each step is on the medium before the next one; the same command goes on after any of them. */
function seal(folder: string, { publicKey, sign }: Signer): void {
  const { keyId } = publicKey;
  const { name, from } = nextSeal(folder, keyId);
  requireSound(folder, publicKey);
  sweepParts(folder);
  if (from === "row") appendSealedRow(folder, { manifest: name, keyId, by: userName(), host: hostname() }, custody());
  if (from !== "signature") {
    const sealing = { at: now(), by: userName(), host: hostname(), timeZone: timeZone(), program: `blindmatch ${ownVersion()}`, keyId };
    writeNewFile(join(folder, name), [manifestText(makeManifest(folder, sealing))]);
  }
  const manifest = signedManifest(folder, name);
  writeSignature(folder, signatureName(name), name, { publicKey, sign }, trustedComment(manifest, manifest.sealed.at, "sealed"));
  tell(`sealed: ${name}, ${manifest.files.length} files, signed by key ${keyId}`);
  tell(`chain head ${manifest.record.chainHead} at row ${manifest.record.chainRows}: tell it to a second party, for whoever has the key can seal anew`);
}

/** A second examiner's signature over the newest manifest, once that was verified against the folder. */
function coSign(folder: string, signer: Signer, others: readonly PublicKey[]): void {
  const names = namesIn(folder);
  const name = manifestsAmong(names).at(-1);
  if (name === undefined) throw new Failure("seal-refused", "case: found no manifest, expected a sealed case to co-sign");
  const { keyId } = signer.publicKey;
  const file = coSignatureName(name, keyId);
  if (names.includes(file) || readSignature(folder, signatureName(name)).keyId === keyId) throw new Failure("seal-refused", `${name}: found a signature by key ${keyId} already, expected one by another key`);
  refuseWrong(folder, others, "co-signed");
  writeSignature(folder, file, name, signer, trustedComment(signedManifest(folder, name), now(), "co-signed"));
  tell(`co-signed: ${name} by key ${keyId}, in ${file}`);
}

function writeSignature(folder: string, file: string, name: string, { publicKey, sign }: Signer, comment: string): void {
  const content = bytesOf(folder, name) ?? Buffer.alloc(0);
  writeNewFile(join(folder, file), [signatureText(publicKey.keyId, sign, content, comment)]);
}

function signedManifest(folder: string, name: string): Manifest {
  const manifest = manifestIn(folder, name);
  if (manifest === null) throw new Failure("seal-refused", `${name}: found another text, expected a manifest as this program writes them`);
  return manifest;
}

/** What is not as the record says is not sealed. */
function requireSound(folder: string, publicKey: PublicKey): void {
  const faults = [...verifyCase(folder, { publicKeys: [publicKey], withoutSignature: true, version: ownVersion(), authority: null, toBeSealed: true })].filter(({ kind }) => kind === "wrong");
  refuse(faults.map(({ text }) => text), "sealed");
}

function requireSealed(folder: string, publicKeys: readonly PublicKey[]): void {
  refuseWrong(folder, publicKeys, "sealed");
}

/** With no key, what only the signature says is left to whoever verifies it. */
function refuseWrong(folder: string, publicKeys: readonly PublicKey[], what: string): void {
  const checks = verifyCase(folder, { publicKeys, withoutSignature: publicKeys.length === 0, version: ownVersion(), authority: null, toBeSealed: false });
  refuse([...checks].filter(({ kind }) => kind === "wrong").map(({ text }) => text), what);
}

function refuse(faults: readonly string[], what: string): void {
  for (const fault of faults.slice(1)) process.stderr.write(`blindmatch: ${fault}\n`);
  const [first] = faults;
  if (first !== undefined) throw new Failure("seal-refused", `${first}; it cannot be ${what} as it is`);
}

/** What a killed seal left unfinished. */
function sweepParts(folder: string): void {
  for (const name of readdirSync(folder)) if (/^manifest.*\.\d+\.part$/.test(name)) rmSync(join(folder, name), { force: true });
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

function keysOf({ publicKey = [] }: SealOptions): readonly PublicKey[] {
  if (publicKey.length === 0) throw new Failure("usage", "--seal-to: found no public key to verify the seal with, expected --public-key FILE, or --key FILE to seal and bundle at once");
  return publicKey.map(publicKeyIn);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

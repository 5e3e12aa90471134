import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { runSeal } from "../../src/cli/seal-command.ts";
import { ownVersion } from "../../src/cli/version.ts";
import { type PublicKey, publicKeyText } from "../../src/minisign/public-key.ts";
import { newSecretKey, secretKeyText } from "../../src/minisign/secret-key.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import type { Check } from "../../src/sealing/check.ts";
import { verifyCase, type VerifyOptions } from "../../src/sealing/verify-case.ts";
import { examined, match, nearMatch, opening, sampleEntries } from "../record/sample-case.ts";

/** A finished case of a few entries, with its reports. */
export function finishedCase(folder: string): string {
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(sampleEntries(4), () => 1);
  writer.append([0, 1, 2, 3].map((no) => ({ finding: examined(no), matches: no === 0 ? [match(), nearMatch({ reference: 7 })] : [] })));
  writer.finish(12);
  writeReports(folder);
  return folder;
}

export interface KeyFiles {
  readonly file: string;
  readonly publicFile: string;
  readonly publicKey: PublicKey;
}

/** A key without a passphrase, as `blindmatch key new` writes it. */
export function keyFiles(folder: string, name: string): KeyFiles {
  const key = newSecretKey();
  const file = join(folder, name);
  writeFileSync(file, secretKeyText(key, null));
  chmodSync(file, 0o600);
  writeFileSync(`${file}.pub`, publicKeyText(key.publicKey));
  return { file, publicFile: `${file}.pub`, publicKey: key.publicKey };
}

/** Seals as `blindmatch seal` does, without its lines. */
export async function sealed(folder: string, key: KeyFiles, coSign = false): Promise<string> {
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    await runSeal(folder, { key: key.file, coSign });
  } finally {
    process.stdout.write = write;
  }
  return folder;
}

export function copied(from: string, to: string): string {
  mkdirSync(to);
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
  return to;
}

export function checks(folder: string, publicKeys: readonly PublicKey[], options: Partial<VerifyOptions> = {}): Iterable<Check> {
  return verifyCase(folder, { publicKeys, withoutSignature: false, version: ownVersion(), authority: null, toBeSealed: false, ...options });
}

/** What is wrong with a case, as it is told. */
export function faults(folder: string, publicKeys: readonly PublicKey[], options: Partial<VerifyOptions> = {}): string[] {
  return [...checks(folder, publicKeys, options)].filter(({ kind }) => kind === "wrong").map(({ text }) => text);
}

/** Whether anything is wrong; looks no further than the first. */
export function isFaulty(folder: string, publicKeys: readonly PublicKey[]): boolean {
  for (const { kind } of checks(folder, publicKeys)) if (kind === "wrong") return true;
  return false;
}

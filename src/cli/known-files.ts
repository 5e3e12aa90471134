import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CryptographicAlgorithm, Finding } from "../model.ts";
import { canaryAnswers, canaryPng } from "../perceptual/canary.ts";
import type { Check } from "../selftest.ts";

// So many of each length that a reader hashes sixteen files side by side, then eight, four, three and two (`md5-schedule.ts`); the picture by itself is one. With
// two pictures of more blocks than any text. Source: RFC 1321, A.5; of its digits repeated, openssl, md5sum and rhash.
const oneBlock = {
  a: "0cc175b9c0f1b6a831c399e269772661",
  abc: "900150983cd24fb0d6963f7d28e17f72",
  "message digest": "f96b697d7cb7938d525a2f31aaf161d0",
  abcdefghijklmnopqrstuvwxyz: "c3fcd3d76192e4007dfb496cca67e13b",
} as const;
const digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
const twoBlocks = {
  ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789: "d174ab98d277d9f5a5611c2c9f419d9f",
  [digits]: "57edf4a22be3c955ac49da2e2107b67a",
} as const;
const moreBlocks = { [digits.repeat(2)]: "268c7919189d85e276d74b8c60b2f84f", [digits.repeat(3)]: "359c471e8620e27a41b964834c4d5eb2" } as const;
const texts = [oneBlock, oneBlock, twoBlocks, twoBlocks, moreBlocks].flatMap((known) => Object.entries(known));
const picture = canaryPng();
const files = [...texts, [picture, canaryAnswers.digests.md5] as const, [picture, canaryAnswers.digests.md5] as const].map(([content, md5], at) => ({ name: `known-${at}`, content, md5 }));

/**
 * A million letters, which are hashed piece by piece, as larger files are. To be read by itself: beside the others it would alter how
 * many are hashed side by side. Source: FIPS 180-4's examples, and MD5 by several implementations.
 */
export const million: { readonly name: string; readonly digests: Readonly<Partial<Record<CryptographicAlgorithm, string>>> } = {
  name: "known-million",
  digests: {
    md5: "7707d6ae4e027c70eea2a935c2296f21",
    sha1: "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    sha256: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  },
};

/** Writes known files into a folder. Errors: the operating system's. */
export function writeKnownFiles(place: string): void {
  for (const { name, content } of files) writeFileSync(join(place, name), content, { mode: 0o600, flag: "wx" });
  writeFileSync(join(place, million.name), "a".repeat(1_000_000), { mode: 0o600, flag: "wx" });
}

/** Whether they have the digests that are computed. Shape: `findings` by the name of the file. */
export function knownFilesChecks(findings: ReadonlyMap<string, Finding>, asked: readonly CryptographicAlgorithm[]): Check[] {
  const checks = Object.entries(million.digests)
    .filter(([name]) => asked.some((one) => one === name))
    .map(([name, expected]): Check => ({ name: `${name} of a million letters`, expected, found: digestOf(findings.get(million.name), name as CryptographicAlgorithm) }));
  return asked.includes("md5") ? [sideBySideCheck(findings), ...checks] : checks;
}

/** Whether each got its own MD5. */
function sideBySideCheck(findings: ReadonlyMap<string, Finding>): Check {
  const wrong = files.filter(({ name, md5 }) => digestOf(findings.get(name), "md5") !== md5);
  return { name: `md5 of ${files.length} known files side by side`, expected: "as published", found: wrong.length === 0 ? "as published" : `${wrong.length} other` };
}

function digestOf(finding: Finding | undefined, name: CryptographicAlgorithm): string {
  return finding?.outcome === "examined" ? Buffer.from(finding.digests[name] ?? []).toString("hex") : "none";
}

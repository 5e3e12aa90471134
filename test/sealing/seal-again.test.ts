import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { publicKeyOf, publicKeyText, rawPublicKey } from "../../src/minisign/public-key.ts";
import { newSecretKey, parseSecretKey, secretKeyText, signerOf } from "../../src/minisign/secret-key.ts";
import { signatureText } from "../../src/minisign/signature.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { appendSealedRow } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { type Manifest, manifestText, readManifest } from "../../src/sealing/manifest.ts";
import { coSignatureName } from "../../src/sealing/manifest-names.ts";
import { makeManifest } from "../../src/sealing/next-seal.ts";
import { sealedRows } from "../../src/sealing/check-chain.ts";
import { newPass, opening } from "../record/sample-case.ts";
import { temporaryFolder } from "../support/folder.ts";
import { checks, copied, faults, finishedCase, type KeyFiles, keyFiles, sealed, sealedWith, withReport } from "./sealed-case.ts";

// What a second signature vouches for: no examiner is to sign over what somebody else put there.

const root = temporaryFolder();
const key = keyFiles(root, "key");
const other = keyFiles(root, "other");
const finished = finishedCase(join(root, "finished"));
const once = join(root, "once");
let copies = 0;
const copyOf = (folder: string): string => copied(folder, join(root, `copy-${copies++}`));
const refusedSeal = (folder: string, options: Parameters<typeof sealedWith>[1] = { key: key.file }): Promise<string> => sealedWith(folder, options).then(() => "sealed", (thrown: unknown) => (thrown as Error).message);
const manifestOf = (folder: string, name = "manifest.json"): Manifest => readManifest(readFileSync(join(folder, name), "utf8"))!;

function altered(folder: string, forge: (manifest: Manifest) => Manifest): string {
  writeFileSync(join(folder, "manifest.json"), manifestText(forge(manifestOf(folder))));
  return folder;
}

function signedAnew(folder: string): string {
  const secret = parseSecretKey(readFileSync(key.file, "utf8"), (line, found) => new Error(`${line}: ${found}`)).open("");
  writeFileSync(join(folder, "manifest.json.minisig"), signatureText(key.publicKey.keyId, signerOf(secret), readFileSync(join(folder, "manifest.json")), "forged"));
  return folder;
}

/** Another key with the id of the first: anybody can make one. */
function twinOf(name: string): KeyFiles {
  const { publicKey, secret } = newSecretKey();
  const twin = publicKeyOf(key.publicKey.keyId, rawPublicKey(publicKey.key));
  const file = join(root, name);
  writeFileSync(file, secretKeyText({ publicKey: twin, secret }, null), { mode: 0o600 });
  writeFileSync(`${file}.pub`, publicKeyText(twin));
  return { file, publicFile: `${file}.pub`, publicKey: twin };
}

beforeAll(async () => void (await sealed(copied(finished, once), key)));

describe("a case is not sealed again", () => {
  it.each<[string, (folder: string) => string, RegExp]>([
    [
      "over a record of a scan that found nothing, under the old signature",
      () => {
        const forged = finishedCase(join(root, "forged"), false);
        const { sealed: by } = manifestOf(once);
        appendSealedRow(forged, { manifest: "manifest.json", keyId: by.keyId, by: by.by, host: by.host }, custody());
        writeFileSync(join(forged, "manifest.json"), manifestText(makeManifest(forged, by)));
        copyFileSync(join(once, "manifest.json.minisig"), join(forged, "manifest.json.minisig"));
        return forged;
      },
      /manifest\.json\.minisig:2: found a signature that does not fit the file/,
    ],
    [
      "over a signature with a broken byte",
      (folder) => {
        const text = readFileSync(join(folder, "manifest.json.minisig"), "utf8");
        writeFileSync(join(folder, "manifest.json.minisig"), text.replace(/sealed/, "Sealed"));
        return folder;
      },
      /manifest\.json\.minisig:4: found a signature that does not fit the trusted comment/,
    ],
    ["over a manifest without lists", (folder) => altered(folder, (manifest) => ({ ...manifest, lists: [] })), /does not fit the file/],
    ["over a manifest of another examiner", (folder) => altered(folder, (manifest) => ({ ...manifest, case: { ...manifest.case, examiner: "Z" } })), /does not fit the file/],
    ["over a manifest with another count", (folder) => altered(folder, (manifest) => ({ ...manifest, record: { ...manifest.record, entriesMatched: 0 } })), /does not fit the file/],
    ["where the key's holder signed another count", (folder) => signedAnew(altered(folder, (manifest) => ({ ...manifest, record: { ...manifest.record, entriesMatched: 0 } }))), /manifest\.json, record: found/],
    ["where the key's holder signed no lists", (folder) => signedAnew(altered(folder, (manifest) => ({ ...manifest, lists: [] }))), /manifest\.json, lists: found/],
    ["where the key's holder signed that somebody else sealed it", (folder) => signedAnew(altered(folder, (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, by: "somebody" } }))), /manifest\.json: found that somebody on .* sealed it, expected .*, as row \d+ of the record says/],
    ["without the first signature", (folder) => (rmSync(join(folder, "manifest.json.minisig")), writeFileSync(join(folder, "manifest.json.tsr"), ""), folder), /manifest\.json\.minisig: found no such file beside manifest\.json\.tsr/],
  ])("%s", async (_, forge, message) => {
    const folder = withReport(forge(copyOf(once)), "report-2.csv");
    expect(await refusedSeal(folder)).toMatch(message);
    expect(existsSync(join(folder, "manifest-2.json"))).toBe(false);
  });

  it("over another one's seal, unless the key of that one is given and fits, or somebody does without", async () => {
    const folder = withReport(copyOf(once), "report-2.csv");
    const twin = twinOf("twin");
    expect(await refusedSeal(folder, { key: other.file })).toContain(`found a signature by key ${key.publicKey.keyId}, whose public key was not given, expected --sealed-by FILE`);
    expect(await refusedSeal(folder, { key: other.file, sealedBy: [twin.publicFile] })).toContain("does not fit the file");
    expect(await refusedSeal(folder, { key: other.file, sealedBy: [other.publicFile] })).toContain("whose public key was not given");
    expect(existsSync(join(folder, "manifest-2.json"))).toBe(false);
    const without = copyOf(folder);
    await sealedWith(folder, { key: other.file, publicKey: [key.publicFile] });
    expect(faults(folder, [other.publicKey])).toEqual([]);
    await sealedWith(without, { key: other.file, withoutSignature: true });
    expect([...checks(without, [other.publicKey])].map(({ text }) => text).join("\n")).toContain(`manifest.json.minisig: signed by key ${key.publicKey.keyId}, not checked`);
  });

  it("with a second signature gone that was asked for; and what the first seal had is noted in the record", async () => {
    const folder = copyOf(once);
    await sealedWith(folder, { key: other.file, coSign: true, sealedBy: [key.publicFile] });
    const coSignature = coSignatureName("manifest.json", other.publicKey.keyId);
    withReport(folder, "report-2.csv");
    const less = copyOf(folder);
    rmSync(join(less, coSignature));
    expect(await refusedSeal(less, { key: key.file, sealedBy: [key.publicFile, other.publicFile] })).toContain(`found none by key ${other.publicKey.keyId} that holds`);
    expect(await sealedWith(folder, { key: key.file, sealedBy: [key.publicFile, other.publicFile] })).toContain(`it covers the seal before it: manifest.json, ${coSignature}, manifest.json.minisig`);
    const record = openRecord(folder);
    expect(sealedRows(record).map(({ body }) => body.previous?.map(({ name }) => name))).toEqual([undefined, ["manifest.json", coSignature, "manifest.json.minisig"]]);
    record.close();
    rmSync(join(folder, coSignature));
    expect(faults(folder, []).join("\n")).toMatch(new RegExp(`${coSignature}: found no such file, expected the one that row \\d+ of the record notes of the seal before it`));
  });

  it("after a pass unless the first manifest says what the record came to before that", async () => {
    const folder = copyOf(once);
    await addPass(folder, opening(), newPass());
    withReport(folder, "report-2.csv");
    for (const forge of [(manifest: Manifest) => ({ ...manifest, record: { ...manifest.record, matchRows: 3 } }), (manifest: Manifest) => ({ ...manifest, record: { ...manifest.record, entriesMatched: 0 } }), (manifest: Manifest) => ({ ...manifest, lists: manifest.lists.slice(1) })])
      expect(await refusedSeal(signedAnew(altered(copyOf(folder), forge)))).toMatch(/manifest\.json, (record|lists): found/);
    await sealed(folder, key);
    expect(faults(folder, [key.publicKey])).toEqual([]);
  });
});

describe("a seal that goes on", () => {
  const cutOff = (): string => {
    const folder = copyOf(once);
    rmSync(join(folder, "manifest.json.minisig"));
    return folder;
  };

  it.each<[string, (manifest: Manifest) => Manifest]>([
    ["time", (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, at: "1999-01-01T00:00:00.000+00:00" } })],
    ["user", (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, by: "somebody" } })],
    ["host", (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, host: "elsewhere" } })],
    ["key", (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, keyId: "0".repeat(16) } })],
    ["count", (manifest) => ({ ...manifest, record: { ...manifest.record, entriesMatched: 0 } })],
    ["digest of the record", (manifest) => ({ ...manifest, files: manifest.files.map((file) => ({ ...file, sha256: "0".repeat(64) })) })],
  ])("signs no other %s that somebody wrote into the manifest", async (_, forge) => {
    const folder = altered(cutOff(), forge);
    const [before, honest] = [manifestOf(folder), manifestOf(once)];
    await sealed(folder, key);
    expect(faults(folder, [key.publicKey])).toEqual([]);
    const { at, ...by } = manifestOf(folder).sealed;
    expect({ ...manifestOf(folder), sealed: by }).toEqual({ ...honest, sealed: { ...by, by: honest.sealed.by, host: honest.sealed.host, keyId: honest.sealed.keyId } });
    expect(at).not.toBe(before.sealed.at);
  });

  it("covers what was added since, by a row of its own", async () => {
    const folder = withReport(cutOff(), "report-2.csv");
    await sealed(folder, key);
    expect(faults(folder, [key.publicKey])).toEqual([]);
    expect(manifestOf(folder).files.map(({ name }) => name)).toContain("report-2.csv");
  });

  it("is refused with a manifest that nobody signed and no row tells of", async () => {
    const folder = copyOf(finished);
    copyFileSync(join(once, "manifest.json"), join(folder, "manifest.json"));
    expect(await refusedSeal(folder)).toContain("found a manifest that nobody signed and that the record does not tell of");
  });
});

describe("signatures", () => {
  it("are one for each key that is given, also of two keys of one id", async () => {
    const twin = twinOf("second-twin");
    expect(faults(once, [key.publicKey, twin.publicKey])).toEqual([`signatures of manifest.json: found none by key ${key.publicKey.keyId} that holds, expected one by each public key that was given`]);
    expect(faults(once, [twin.publicKey, key.publicKey])).toHaveLength(1);
    expect(faults(once, [key.publicKey, key.publicKey])).toEqual([]);
    const renamed = copyOf(once);
    writeFileSync(join(renamed, coSignatureName("manifest.json", key.publicKey.keyId)), readFileSync(join(renamed, "manifest.json.minisig")));
    expect(faults(renamed, [twin.publicKey, key.publicKey])).toHaveLength(1);
  });

  it("by a second examiner need the sealer's key, or that somebody does without", async () => {
    const forged = copyOf(once);
    altered(forged, (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, at: "1999-01-01T00:00:00.000+00:00" } }));
    expect(await refusedSeal(forged, { key: other.file, coSign: true, sealedBy: [key.publicFile] })).toContain("does not fit the file");
    for (const folder of [forged, copyOf(once)]) {
      expect(await refusedSeal(folder, { key: other.file, coSign: true })).toContain("whose public key was not given, expected --sealed-by FILE");
      expect(existsSync(join(folder, coSignatureName("manifest.json", other.publicKey.keyId)))).toBe(false);
    }
    const both = copyOf(once);
    renameSync(join(both, "report.csv"), join(both, "report-3.csv"));
    expect(await refusedSeal(both, { key: other.file, coSign: true, withoutSignature: true })).toContain("report.csv: found no such file");
  });
});

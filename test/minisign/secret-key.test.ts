import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blake2b } from "@noble/hashes/blake2.js";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Refuse } from "../../src/minisign/format.ts";
import { scryptParameters, usualCost } from "../../src/minisign/passphrase-cost.ts";
import { parsePublicKey, publicKeyText } from "../../src/minisign/public-key.ts";
import { newSecretKey, parseSecretKey, secretKeyText, signerOf } from "../../src/minisign/secret-key.ts";
import { parseSignature, signatureText, verifier } from "../../src/minisign/signature.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const refuse: Refuse = (line, found, expected) => new Error(`${line}: found ${found}, expected ${expected}`);
// Work that a test can wait for; the file states it, so that minisign takes the same.
const cheap = { opslimit: 32_768n, memlimit: 16_777_216n };
const content = Buffer.from("what is signed\n");

function write(name: string, text: string | Uint8Array): string {
  writeFileSync(path(name), text);
  return path(name);
}

function verified(signature: string, publicKey: string): string {
  const check = verifier(parseSignature(signature, refuse), refuse, parsePublicKey(publicKey, refuse));
  check.update(content);
  return check.finish().trustedComment;
}

describe("a secret key", () => {
  it.each([null, "four synthetic würds"])("comes back from its file with the passphrase %j", (passphrase) => {
    const made = newSecretKey();
    const stored = parseSecretKey(secretKeyText(made, passphrase, cheap), refuse);
    expect(stored.needsPassphrase).toBe(passphrase !== null);
    expect(publicKeyText(stored.open(passphrase ?? "").publicKey)).toBe(publicKeyText(made.publicKey));
    const signature = signatureText(made.publicKey.keyId, signerOf(stored.open(passphrase ?? "")), content, "a comment – of two scripts");
    expect(verified(signature, publicKeyText(made.publicKey))).toBe("a comment – of two scripts");
  });

  it("does not open with another passphrase, nor with any altered byte of what is kept", () => {
    const text = secretKeyText(newSecretKey(), "right", cheap);
    expect(() => parseSecretKey(text, refuse).open("wrong")).toThrow("2: found that the passphrase does not open it, expected the one that it was made with");
    const bytes = Buffer.from(text.split("\n")[1]!, "base64");
    // The cost (from 38 to 53) has bits that scrypt rounds away.
    for (const at of [0, 2, 4, 6, 37, 54, 61, 62, 93, 94, 125, 126, 157]) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1;
      expect(() => parseSecretKey(`untrusted comment: x\n${flipped.toString("base64")}\n`, refuse).open("right"), String(at)).toThrow(/^2: found/);
    }
  });

  it("without a passphrase is refused when its halves do not belong together", () => {
    const bytes = Buffer.from(secretKeyText(newSecretKey(), null).split("\n")[1]!, "base64");
    bytes[70]! ^= 1;
    expect(() => parseSecretKey(`untrusted comment: x\n${bytes.toString("base64")}\n`, refuse).open("")).toThrow("2: found a public half that is not the secret one's, expected a whole key");
  });

  it("that asks for more work than a machine has is refused before any is done", () => {
    const bytes = Buffer.from(secretKeyText(newSecretKey(), "right", cheap).split("\n")[1]!, "base64");
    bytes.writeBigUInt64LE(2n ** 60n, 38);
    bytes.writeBigUInt64LE(2n ** 50n, 46);
    expect(() => parseSecretKey(`untrusted comment: x\n${bytes.toString("base64")}\n`, refuse).open("right")).toThrow(/more than 4 GiB/);
  });

  it.each([
    ["", "1: found the end"],
    ["something else\nx\n", "1: found another beginning"],
    ["untrusted comment: x\nAAAA\n", "2: found 3 bytes"],
    ["untrusted comment: x\n*\n", "2: found text that is not base64"],
    [`untrusted comment: x\n${Buffer.alloc(158).toString("base64")}\n`, "2: found another algorithm"],
  ])("is refused by line when its file is %j", (text, message) => {
    expect(() => parseSecretKey(text, refuse)).toThrow(message);
  });
});

describe("the work of a passphrase", () => {
  it.each([
    ["the usual limits", usualCost, { N: 2 ** 20, r: 8, p: 1 }],
    ["small ones", cheap, { N: 2 ** 10, r: 8, p: 1 }],
    ["few operations", { opslimit: 1n, memlimit: 2n ** 30n }, { N: 2 ** 10, r: 8, p: 1 }],
    ["little memory", { opslimit: 2n ** 25n, memlimit: 2n ** 24n }, { N: 2 ** 14, r: 8, p: 64 }],
  ])("is what libsodium makes of %s", (_, cost, parameters) => {
    expect(scryptParameters(cost)).toMatchObject(parameters);
  });

  it("is checked with BLAKE2b of 32 bytes, which is no beginning of the one of 64", () => {
    // The first from the appendix of RFC 7693 ("abc"), the second from the reference implementation's test vectors.
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    expect(hex(blake2b(Buffer.from("abc")))).toBe(createHash("blake2b512").update("abc").digest("hex"));
    expect(hex(blake2b(new Uint8Array(0), { dkLen: 32 }))).toBe("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  });
});

describeWith("minisign", has("minisign"), "the minisign program", () => {
  const minisign = (input: string, ...args: string[]): Buffer => run("minisign", args, input);

  it.each([null, "four synthetic würds"])("signs with our keys, and verifies what they sign (passphrase %j)", (passphrase) => {
    const made = newSecretKey();
    write("ours.key", secretKeyText(made, passphrase, cheap));
    write("ours.pub", publicKeyText(made.publicKey));
    write("content", content);
    minisign(`${passphrase ?? ""}\n`, "-S", "-m", path("content"), "-s", path("ours.key"), "-x", path("theirs.minisig"), "-t", "by the program");
    expect(verified(readFileSync(path("theirs.minisig"), "utf8"), readFileSync(path("ours.pub"), "utf8"))).toBe("by the program");
    write("ours.minisig", signatureText(made.publicKey.keyId, signerOf(made), content, "by us"));
    expect(minisign("", "-V", "-H", "-m", path("content"), "-x", path("ours.minisig"), "-p", path("ours.pub")).toString()).toContain("Trusted comment: by us");
  });

  // With minisign's own limits a passphrase takes a gibibyte and many seconds, each time.
  it.each(process.env["VERIFY"] === "all" ? [null, "four synthetic würds"] : [null])("makes keys that open here, and sign what it verifies (passphrase %j)", (passphrase) => {
    if (passphrase === null) minisign("", "-G", "-f", "-W", "-s", path("theirs.key"), "-p", path("theirs.pub"));
    else minisign(`${passphrase}\n${passphrase}\n`, "-G", "-f", "-s", path("theirs.key"), "-p", path("theirs.pub"));
    const key = parseSecretKey(readFileSync(path("theirs.key"), "utf8"), refuse).open(passphrase ?? "");
    const [, base64] = readFileSync(path("theirs.pub"), "utf8").split("\n");
    expect(key.publicKey.base64).toBe(base64);
    write("content", content);
    write("ours.minisig", signatureText(key.publicKey.keyId, signerOf(key), content, "by us"));
    expect(spawnSync("minisign", ["-V", "-H", "-m", path("content"), "-x", path("ours.minisig"), "-p", path("theirs.pub")]).status).toBe(0);
  });
});

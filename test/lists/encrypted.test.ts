import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { decryptedFile, isEncrypted } from "../../src/lists/encrypted.ts";
import type { ListFile } from "../../src/lists/format.ts";
import { readIdentities } from "../../src/lists/identity-file.ts";
import { type ListOptions, openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import type { Scale } from "../../src/model.ts";
import { describeWith, has, run } from "../support/tools.ts";
import { drawSigningKey, signatureText } from "./signing.ts";
import { openFilesBelow } from "./open-files.ts";

let folder = "";
let scale: Scale;
let identity = "";
let identityFile = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "encrypted-"));
  scale = (await loadScale("vic-us")).scale;
  identity = await generateX25519Identity();
  identityFile = write("identity.txt", `# created by a test\n\n${identity}\r\n`, 0o600);
});
afterAll(() => {
  expect(openFilesBelow(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const sha256 = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
const drawn = (rows: number): string => Array.from({ length: rows }, (_, row) => `${createHash("md5").update(`drawn ${row}`).digest("hex")}\n`).join("");

async function encrypt(content: string | Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return encrypter.encrypt(content);
}

async function read(path: string, options: Partial<ListOptions> = {}) {
  const list = await openList(path, { scale, identityFile, ...options });
  let rows = 0;
  for await (const references of list.references()) rows += references.length;
  return { format: list.format, rows, ...list.finish() };
}

async function refusalOf(work: Promise<unknown>, code = "list-refused"): Promise<string> {
  const thrown: unknown = await work.then(() => "nothing was refused", (error: unknown) => error);
  expect(thrown).toBeInstanceOf(Failure);
  expect((thrown as Failure).code).toBe(code);
  expect((thrown as Failure).message).not.toMatch(/[0-9a-f]{32}|AGE-SECRET-KEY-1[^.]/);
  return (thrown as Failure).message;
}

describe("an encrypted list", () => {
  it.each(["binary", "armored", "armored with CR LF and blank lines around"])("is read when it is %s, and is named by what was delivered", async (form) => {
    const content = drawn(20_000);
    const binary = await encrypt(content);
    const armored = armor.encode(binary);
    const delivered = form === "binary" ? Buffer.from(binary) : Buffer.from(form === "armored" ? armored : `\n \n${armored.replaceAll("\n", "\r\n")}\n  \n`);
    expect(isEncrypted(delivered)).toBe(true);
    const result = await read(write("list.age", delivered));
    expect(result).toMatchObject({ format: "plain", rows: 20_000, sha256: sha256(delivered), sizeBytes: delivered.length, plaintextSha256: sha256(content), signature: null });
  });

  it("is read whatever lengths its pieces have", async () => {
    // 48 bytes make a line of armor, 64 KiB a piece of ciphertext.
    for (const length of [33, 33 * 48, 65_535, 65_536, 65_537, 131_072, 131_073]) {
      const content = `${"a1b2c3d4".repeat(4)}\n${"#".repeat(length - 33)}`;
      const binary = await encrypt(content);
      for (const delivered of [binary, Buffer.from(armor.encode(binary))]) expect((await read(write("lengths.age", delivered))).plaintextSha256).toBe(sha256(content));
    }
  });

  it("tells in its refusals the line of what was inside", async () => {
    const path = write("bad.age", await encrypt(`${drawn(3)}zz\n`));
    expect(await refusalOf(read(path))).toContain("bad.age:4: ");
  });

  it("is signed as it was delivered", async () => {
    const key = drawSigningKey("agency");
    const delivered = await encrypt(drawn(5));
    const publicKeys = [key.publicText];
    const path = write("signed.age", delivered);
    expect((await read(path, { signature: { signatureText: signatureText(key, delivered, "v1"), publicKeys } })).signature?.trustedComment).toBe("v1");
    expect(await refusalOf(read(path, { signature: { signatureText: signatureText(key, Buffer.from(drawn(5)), "v1"), publicKeys } }))).toContain("does not fit the file");
  });

  it("is drawn from its file no faster than its content is used", async () => {
    const binary = await encrypt(new Uint8Array(8 * 1024 * 1024));
    let givenBytes = 0;
    const file: ListFile = {
      name: "large",
      head: binary.subarray(0, 65_536),
      async *bytes() {
        for (let at = 0; at < binary.length; at += 65_536) {
          givenBytes = at;
          yield binary.subarray(at, at + 65_536);
        }
      },
    };
    const { bytes, plaintextSha256 } = await decryptedFile(file, [identity]);
    let usedBytes = 0;
    let aheadBytes = 0;
    for await (const chunk of bytes()) {
      await new Promise((resolve) => setImmediate(resolve));
      aheadBytes = Math.max(aheadBytes, givenBytes - usedBytes);
      usedBytes += chunk.length;
    }
    expect(usedBytes).toBe(8 * 1024 * 1024);
    expect(aheadBytes).toBeLessThanOrEqual(1024 * 1024);
    expect(plaintextSha256()).toBe(sha256(new Uint8Array(8 * 1024 * 1024)));
  });

  it.each(["before its first piece", "after it"])("lets go of its ciphertext when nobody reads on: %s", async (moment) => {
    const binary = await encrypt(new Uint8Array(1024 * 1024));
    let letGo = (): void => undefined;
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    async function* pieces(): AsyncGenerator<Uint8Array> {
      try {
        for (let at = 0; at < binary.length; at += 65_536) yield binary.subarray(at, at + 65_536);
        throw new Error("it was drawn to its end");
      } finally {
        letGo();
      }
    }
    const file = await decryptedFile({ name: "left", head: binary.subarray(0, 65_536), bytes: pieces }, [identity]);
    if (moment === "after it") for await (const chunk of file.bytes()) if (chunk.length > 0) break;
    if (moment !== "after it") await file.close();
    await gone;
    expect(file.plaintextSha256()).toBeNull();
  });

  it("has its file closed when nobody reads on", async () => {
    const path = write("left.age", await encrypt(drawn(60_000)));
    const list = await openList(path, { scale, identityFile });
    for await (const references of list.references()) {
      expect(references.length).toBeGreaterThan(0);
      break;
    }
    expect(() => list.finish()).toThrow(RangeError);
  });
});

describe("an encrypted list is refused", () => {
  it("with any byte of it altered, binary and armored", { timeout: 120_000 }, async () => {
    const binary = await encrypt(drawn(2));
    const armored = Buffer.from(armor.encode(binary));
    for (const delivered of [Buffer.from(binary), armored])
      for (let at = 0; at < delivered.length; at++) {
        const altered = Buffer.from(delivered);
        altered[at]! ^= 1 << at % 8;
        await refusalOf(read(write("altered.age", altered)));
      }
  });

  it("cut short anywhere, and with bytes added", { timeout: 120_000 }, async () => {
    const binary = await encrypt(drawn(1));
    for (let length = 0; length < binary.length; length++) await refusalOf(read(write("cut.age", binary.subarray(0, length))));
    const armored = armor.encode(binary);
    for (let length = 0; length < armored.length - 1; length++) await refusalOf(read(write("cut.age", armored.slice(0, length))));
    await refusalOf(read(write("added.age", Buffer.concat([binary, Buffer.alloc(1)]))));
    await refusalOf(read(write("added.age", `${armored}x`)));
    await refusalOf(read(write("added.age", `${armored}${armored}`)));
  });

  it("cut at the border of two pieces, after rows were given out", async () => {
    const binary = await encrypt(drawn(6000));
    const header = Buffer.from(binary).indexOf("\n", Buffer.from(binary).indexOf("\n--- ") + 1) + 1;
    const cut = binary.subarray(0, header + 16 + 2 * (65_536 + 16));
    expect(await refusalOf(read(write("border.age", cut)))).toMatch(/border\.age: found altered or truncated ciphertext after 65536 bytes of content/);
  });

  it("when it is encrypted to other keys, or with a passphrase", async () => {
    const other = write("other.txt", await generateX25519Identity(), 0o600);
    const path = write("list.age", await encrypt(drawn(2)));
    expect(await refusalOf(read(path, { identityFile: other }))).toContain("found a list encrypted to other keys");
    const encrypter = new Encrypter();
    encrypter.setPassphrase("drawn");
    encrypter.setScryptWorkFactor(2);
    const locked = await encrypter.encrypt(drawn(2));
    expect(await refusalOf(read(write("locked.age", locked)))).toContain("passphrases are not supported");
    expect(await refusalOf(read(write("locked.age", armor.encode(locked))))).toContain("passphrases are not supported");
  });

  it("when no identity file is stated", async () => {
    const path = write("list.age", await encrypt(drawn(2)));
    expect(await refusalOf(openList(path, { scale }))).toContain("found a list that age encrypted, expected an identity file");
  });

  it("with a header that does not end", async () => {
    const endless = Buffer.from(`age-encryption.org/v1\n${"-> X25519 x\n\n".repeat(120_000)}`);
    expect(await refusalOf(read(write("endless.age", endless)))).toContain("found a header of age of more than 1 MiB");
    expect(await refusalOf(read(write("version.age", Buffer.from(await encrypt("x")).toString("latin1").replace("/v1", "/v2"))))).toContain("found an altered or truncated header");
  });

  const armorDamages: readonly (readonly [string, (lines: string[]) => string[], RegExp])[] = [
    ["a line without its end", (lines) => [lines[0]!, lines[1]!.slice(0, 60), ...lines.slice(2)], /:3: found another line/],
    ["an empty line inside", (lines) => [lines[0]!, "", ...lines.slice(1)], /:2: found 0 characters/],
    ["a line too long", (lines) => [lines[0]!, `${lines[1]!}${lines[2]!}`, ...lines.slice(3)], /:2: found 128 characters/],
    ["no base64", (lines) => [lines[0]!, `${lines[1]!.slice(0, 63)}*`, ...lines.slice(2)], /:2: found 64 characters that are no line of base64/],
    ["text before it", (lines) => ["", ...lines.slice(0, -2), "x", ...lines.slice(-2)], /found 1 characters|found another line/],
    ["no end", (lines) => lines.slice(0, -2), /found the end of the file/],
  ];
  it.each(armorDamages)("with armor that has %s", async (_, damage, message) => {
    const lines = armor.encode(await encrypt(drawn(10))).split("\n");
    expect(await refusalOf(read(write("armor.age", damage(lines).join("\n"))))).toMatch(message);
  });
});

describe("an identity file", () => {
  it("may hold comments and several identities", async () => {
    const more = await generateX25519Identity();
    expect(await readIdentities(write("several.txt", `# one\n${more}\n# two\n\n${identity}\n`, 0o400))).toEqual([more, identity]);
  });

  it.each(["640", "604", "666", "620"])("of mode %s is refused with what to do", async (mode) => {
    const refused = { code: "usage", message: expect.stringMatching(new RegExp(`found mode 0${mode}, expected .*; run chmod 600 on it`)) };
    await expect(readIdentities(write("open.txt", identity, Number.parseInt(mode, 8)))).rejects.toMatchObject(refused);
  });

  it("is refused without any of its text when it holds something else", async () => {
    const contents: readonly (readonly [string, string])[] = [
      [`${identity.slice(0, -1)}\n`, "broken.txt:1: "],
      [`# x\n${identity}\n${identity.toLowerCase()}\n`, "broken.txt:3: "],
      [`${identity} x\n`, "broken.txt:1: "],
      [`AGE-PLUGIN-YUBIKEY-1QQQQQQ\n`, "broken.txt:1: "],
      [armor.encode(await encrypt(identity)), "passphrases are not supported, decrypt it"],
      ["# nothing\n", "found no identity"],
      ["", "found no identity"],
      ["#".repeat(70_000), "at most 65536"],
    ];
    for (const [content, message] of contents) expect(await refusalOf(readIdentities(write("broken.txt", content, 0o600)))).toContain(message);
  });

  it("that is not there is a wrong command", async () => {
    const path = write("list.age", await encrypt(drawn(2)));
    expect(await refusalOf(read(path, { identityFile: join(folder, "nowhere") }), "usage")).toContain("ENOENT");
    await refusalOf(read(path, { identityFile: folder }), "usage");
  });

  it("is not read for a list that is not encrypted", async () => {
    expect(await read(write("plain.txt", drawn(2)), { identityFile: join(folder, "nowhere") })).toMatchObject({ rows: 2, plaintextSha256: null });
  });
});

describeWith("age and age-keygen", has("age") && has("age-keygen"), "the age program", () => {
  it.each([["binary", []], ["armored", ["-a"]]] as const)("encrypts lists of 3 MB that are read: %s", async (_, form) => {
    const keys = join(folder, `age-${form.length}.txt`);
    run("age-keygen", ["-o", keys]);
    const recipient = run("age-keygen", ["-y", keys]).toString().trim();
    const content = drawn(95_000);
    const path = join(folder, `age-${form.length}.age`);
    run("age", [...form, "-r", await identityToRecipient(await generateX25519Identity()), "-r", recipient, "-o", path], content);
    const result = await read(path, { identityFile: keys });
    expect(content.length).toBeGreaterThan(3_000_000);
    expect(result).toMatchObject({ rows: 95_000, sha256: sha256(readFileSync(path)), plaintextSha256: sha256(content) });
    expect(await refusalOf(read(path))).toContain("encrypted to other keys");
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { parsePublicKey, parseSignature, verifier } from "../../src/lists/minisign.ts";
import { openList } from "../../src/lists/read-list.ts";
import { loadScale } from "../../src/lists/scales.ts";
import type { ListSignature, Scale } from "../../src/model.ts";
import { describeWith, has, run } from "../support/tools.ts";
import { drawSigningKey, signatureText } from "./signing.ts";
import { openFilesBelow } from "./open-files.ts";

let folder = "";
let scale: Scale;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "minisign-"));
  scale = (await loadScale("vic-us")).scale;
});
afterAll(() => {
  expect(openFilesBelow(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

const drawn = (rows: number): string => Array.from({ length: rows }, (_, row) => `${createHash("md5").update(`drawn ${row}`).digest("hex")}\n`).join("");
const key = drawSigningKey("agency");
const list = Buffer.from(drawn(20));
const signed = signatureText(key, list, "list version 7\tof 20 rows");

function verify(content: Uint8Array, signature: string, publicKey: string): ListSignature {
  const check = verifier(parseSignature(signature), parsePublicKey(publicKey));
  check.update(content);
  return check.finish();
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).code).toBe("list-refused");
    return (thrown as Failure).message;
  }
  throw new Error("nothing was refused");
}

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

/** The text with one of its lines (from 1) in another form. */
function withLine(text: string, number: number, change: (line: string) => string): string {
  return text.split("\n").map((line, index) => (index + 1 === number ? change(line) : line)).join("\n");
}

const reencoded = (change: (bytes: Buffer) => Buffer) => (line: string) => change(Buffer.from(line, "base64")).toString("base64");

describe("a signature made from the description of the format", () => {
  it("verifies, with the key id as minisign prints it and the trusted comment", () => {
    const keyId = Buffer.from(key.id).reverse().toString("hex").toUpperCase();
    expect(verify(list, signed, key.publicText)).toEqual({ keyId, trustedComment: "list version 7\tof 20 rows" });
  });

  it("verifies whatever pieces the list comes in", () => {
    const check = verifier(parseSignature(signed), parsePublicKey(key.publicText));
    for (const byte of list) check.update(Uint8Array.of(byte));
    expect(check.finish().trustedComment).toBe("list version 7\tof 20 rows");
  });

  it("verifies with the bare line of the key, with CR LF, and without a last line end", () => {
    expect(verify(list, signed, key.publicText.split("\n")[1]!).keyId).toHaveLength(16);
    expect(verify(list, signed.replaceAll("\n", "\r\n"), key.publicText.replaceAll("\n", "\r\n")).keyId).toHaveLength(16);
    expect(verify(list, signed.trimEnd(), key.publicText.trimEnd()).keyId).toHaveLength(16);
  });

  it("verifies over an empty file, with an empty comment, and with one in another script", () => {
    expect(verify(Buffer.alloc(0), signatureText(key, Buffer.alloc(0), ""), key.publicText).trustedComment).toBe("");
    expect(verify(list, signatureText(key, list, "Liste für März – 第七版"), key.publicText).trustedComment).toBe("Liste für März – 第七版");
  });

  it("verifies by any of several keys that share an id", () => {
    const twin = drawSigningKey("twin", key.id);
    for (const text of [signed, signatureText(twin, list, "by the twin")]) {
      const check = verifier(parseSignature(text), parsePublicKey(twin.publicText), parsePublicKey(key.publicText));
      check.update(list);
      expect(check.finish().keyId).toHaveLength(16);
    }
  });
});

describe("a signature is refused", () => {
  it("with any single bit of list, signature or trusted comment flipped, 1000 of 1000 (REQ-35)", () => {
    const untrustedBytes = signed.indexOf("\n") + 1;
    const bytes = Buffer.from(signed);
    const refused: string[] = [];
    for (let no = 0; no < 1000; no++) {
      const draw = createHash("sha256").update(`flip ${no}`).digest();
      const inList = no % 2 === 0;
      const flipped = Buffer.from(inList ? list : bytes);
      const from = inList ? 0 : untrustedBytes;
      const at = from + (draw.readUInt32LE(0) % (flipped.length - from));
      flipped[at]! ^= 1 << (draw[4]! & 7);
      refused.push(refusalOf(() => (inList ? verify(flipped, signed, key.publicText) : verify(list, flipped.toString("utf8"), key.publicText))));
    }
    expect(refused).toHaveLength(1000);
    expect(refused.filter((message) => message.includes("does not fit the file")).length).toBeGreaterThanOrEqual(500);
    expect(refused.some((message) => message.includes("does not fit the trusted comment"))).toBe(true);
  });

  it("with any bit of the decoded signatures flipped", () => {
    for (const [line, from, to] of [[2, 10, 74], [4, 0, 64]] as const)
      for (let bit = from * 8; bit < to * 8; bit++) {
        const text = withLine(signed, line, reencoded((bytes) => (bytes[bit >> 3]! ^= 1 << (bit & 7), bytes)));
        refusalOf(() => verify(list, text, key.publicText));
      }
  });

  it("with a byte more or less of the list", () => {
    expect(refusalOf(() => verify(list.subarray(1), signed, key.publicText))).toContain("signature:2: found a signature that does not fit the file");
    refusalOf(() => verify(Buffer.concat([list, Buffer.from("\n")]), signed, key.publicText));
  });

  it("when its comment is that of another signature of the same key", () => {
    const other = signatureText(key, list, "list version 9");
    expect(refusalOf(() => verify(list, withLine(signed, 3, () => other.split("\n")[2]!), key.publicText))).toContain("signature:4: found a signature that does not fit the trusted comment");
    const otherList = signatureText(key, Buffer.from("other"), "list version 7\tof 20 rows").split("\n");
    refusalOf(() => verify(list, withLine(withLine(signed, 3, () => otherList[2]!), 4, () => otherList[3]!), key.publicText));
  });

  it("by another key, and by another key under the same id", () => {
    expect(refusalOf(() => verify(list, signatureText(drawSigningKey("other"), list, ""), key.publicText))).toMatch(/signature:2: found a signature by key [0-9A-F]{16}, expected one by key [0-9A-F]{16}/);
    refusalOf(() => verify(list, signatureText(drawSigningKey("other", key.id), list, ""), key.publicText));
  });

  const malformed: readonly (readonly [string, string, string])[] = [
    ["nothing at all", "", "signature:1: found the end"],
    ["three lines", signed.split("\n").slice(0, 3).join("\n"), "signature:4: found the end"],
    ["a fifth line", `${signed}x`, "signature:5: found more text"],
    ["an empty fifth line", `${signed}\n`, "signature:5: found more text"],
    ["another first line", withLine(signed, 1, () => "comment: x"), "signature:1: found another beginning"],
    ["a byte order mark", `\ufeff${signed}`, "signature:1: found another beginning"],
    ["another third line", withLine(signed, 3, (line) => line.toUpperCase()), "signature:3: found another beginning"],
    ["a blank after the base64", withLine(signed, 2, (line) => `${line} `), "signature:2: found text that is not base64"],
    ["base64 without its padding", withLine(signed, 4, (line) => line.replace(/=+$/, "")), "signature:4: found text that is not base64"],
    ["base64 with spare bits set", withLine(signed, 4, (line) => line.replace(/(.)==$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`)), "signature:4: found text that is not base64"],
    ["a byte less", withLine(signed, 2, reencoded((bytes) => bytes.subarray(0, -1))), "signature:2: found 73 bytes, expected the 74"],
    ["a byte more", withLine(signed, 4, reencoded((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))), "signature:4: found 65 bytes, expected the 64"],
    ["another algorithm", withLine(signed, 2, reencoded((bytes) => Buffer.concat([Buffer.from("EX"), bytes.subarray(2)]))), "signature:2: found another algorithm"],
    ["a terminal sequence in the comment", signatureText(key, list, "\u001b[2J"), "signature:3: found control characters"],
    ["an endless comment", signatureText(key, list, "x".repeat(8193)), "signature:3: found a comment of 8193 characters"],
  ];
  it.each(malformed)("with %s", (_, text, message) => {
    expect(refusalOf(() => verify(list, text, key.publicText))).toContain(message);
  });

  const malformedKeys: readonly (readonly [string, string, string])[] = [
    ["no text", "", "public key:1: found the end"],
    ["a comment alone", "untrusted comment: x\n", "public key:2: found the end"],
    ["more lines", `${key.publicText}x\n`, "public key:3: found more text"],
    ["a second bare line", `${key.publicText.split("\n")[1]!}\nx`, "public key:2: found more text"],
    ["a byte less", withLine(key.publicText, 2, reencoded((bytes) => bytes.subarray(0, -1))), "public key:2: found 41 bytes, expected the 42"],
    ["no base64", "RW!", "public key:1: found text that is not base64"],
    ["another algorithm", withLine(key.publicText, 2, reencoded((bytes) => Buffer.concat([Buffer.from("XX"), bytes.subarray(2)]))), "public key:2: found another algorithm"],
  ];
  it.each(malformedKeys)("by a key of %s", (_, text, message) => {
    expect(refusalOf(() => parsePublicKey(text))).toContain(message);
  });
});

describe("a list with a signature", () => {
  const other = drawSigningKey("other");
  async function read(content: Uint8Array, signature: string, publicKeys: readonly string[], draw = true) {
    const reading = await openList(write("list.txt", content), { scale, signature: { signatureText: signature, publicKeys } });
    let rows = 0;
    if (draw) for await (const references of reading.references()) rows += references.length;
    return { reading, rows };
  }

  it("is read and verified in one reading", async () => {
    const large = Buffer.from(drawn(30_000));
    const { reading, rows } = await read(large, signatureText(key, large, "large"), [other.publicText, key.publicText]);
    expect(rows).toBe(30_000);
    const { sha256, signature, plaintextSha256 } = reading.finish();
    expect(signature).toEqual({ keyId: Buffer.from(key.id).reverse().toString("hex").toUpperCase(), trustedComment: "large" });
    expect([sha256, plaintextSha256]).toEqual([createHash("sha256").update(large).digest("hex"), null]);
    expect(reading.finish().signature).toEqual(signature);
  });

  it("that is well-formed and not what was signed is refused at the end, each time that it is asked", async () => {
    const { reading } = await read(Buffer.from(drawn(21)), signed, [key.publicText]);
    for (let time = 0; time < 2; time++) expect(refusalOf(() => reading.finish())).toContain("list.txt:2: found a signature that does not fit the file");
  });

  it("by a key that is not trusted is refused before a row is read", async () => {
    await expect(read(list, signed, [other.publicText], false)).rejects.toThrow(/found a signature by key [0-9A-F]{16}, expected one by a trusted key: [0-9A-F]{16}$/);
    await expect(read(list, signed, [], false)).rejects.toThrow("expected one by a trusted key, of which there is none");
    await expect(read(list, "x", [key.publicText], false)).rejects.toMatchObject({ code: "list-refused" });
    await expect(read(list, signed, [key.publicText, "x"], false)).rejects.toThrow("public key 2 for ");
  });

  it("without one says that there was none", async () => {
    const reading = await openList(write("unsigned.txt", list), { scale });
    for await (const run of reading.references()) expect(run).toHaveLength(20);
    expect(reading.finish()).toMatchObject({ signature: null, plaintextSha256: null });
  });
});

describeWith("minisign", has("minisign"), "the minisign program", () => {
  const path = (name: string): string => join(folder, name);
  const minisign = (...args: readonly string[]): string => run("minisign", args).toString();
  beforeAll(() => {
    write("signed.txt", list);
    for (const name of ["one", "two"]) minisign("-G", "-W", "-p", path(`${name}.pub`), "-s", path(`${name}.key`));
    minisign("-S", "-m", path("signed.txt"), "-s", path("one.key"), "-x", path("one.minisig"), "-t", "version 7, 20 rows");
    minisign("-S", "-m", path("signed.txt"), "-s", path("two.key"), "-x", path("two.minisig"));
    minisign("-S", "-l", "-m", path("signed.txt"), "-s", path("one.key"), "-x", path("legacy.minisig"));
  });
  const text = (name: string): string => readFileSync(path(name), "utf8");

  it("makes signatures that verify, under the key id that it prints", () => {
    const { keyId, trustedComment } = verify(list, text("one.minisig"), text("one.pub"));
    expect(trustedComment).toBe("version 7, 20 rows");
    // The program prints the id as a number: without leading zeros.
    expect(text("one.pub").split("\n")[0]).toContain(` ${keyId.replace(/^0+/, "")}`);
    expect(verify(list, text("two.minisig"), text("two.pub")).trustedComment).toContain("timestamp:");
  });

  it("accepts the signatures of these tests", () => {
    const signature = write("drawn.minisig", signed);
    minisign("-V", "-H", "-m", path("signed.txt"), "-x", signature, "-p", write("drawn.pub", key.publicText));
  });

  it("makes signatures that are refused with a flipped bit in each byte that was signed", () => {
    const signature = Buffer.from(text("one.minisig"));
    for (let at = signature.indexOf("\n") + 1; at < signature.length; at++) {
      const flipped = Buffer.from(signature);
      flipped[at]! ^= 1 << at % 8;
      refusalOf(() => verify(list, flipped.toString("utf8"), text("one.pub")));
    }
  });

  it("makes legacy signatures, which are refused with a word of what to do", () => {
    expect(refusalOf(() => parseSignature(text("legacy.minisig")))).toBe("signature:2: found a legacy signature (Ed), expected one over the hashed file (ED), as minisign makes them without -l");
  });

  it("makes signatures that another key does not fit, and comments that cannot be swapped", () => {
    refusalOf(() => verify(list, text("two.minisig"), text("one.pub")));
    refusalOf(() => verify(list, withLine(text("one.minisig"), 3, () => "trusted comment: version 8, 20 rows"), text("one.pub")));
  });

  it("writes secret keys, which are refused as public ones without being quoted", () => {
    const secret = text("one.key");
    expect(refusalOf(() => parsePublicKey(secret))).toBe("public key:2: found 158 bytes, expected the 42 bytes of a minisign public key in base64");
  });
});

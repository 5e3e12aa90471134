import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleOf, encrypterFor } from "../../src/sealing/bundle.ts";
import { ustarEnd, ustarHeader, ustarPadding } from "../../src/sealing/ustar.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";
import { finishedCase, keyFiles, sealed } from "./sealed-case.ts";

const root = temporaryFolder();
const folder = join(root, "case");
let identity = "";
let bundle: Buffer = Buffer.alloc(0);

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function opened(bytes: Uint8Array): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(bytes));
}

beforeAll(async () => {
  await sealed(finishedCase(folder), keyFiles(root, "key"));
  identity = await generateX25519Identity();
  bundle = await bytesOf(bundleOf(folder, encrypterFor([await identityToRecipient(identity)])));
});

describe("a bundle", () => {
  it("opens for its recipient, and holds the record as it was sealed", async () => {
    const plain = await opened(bundle);
    expect(plain.indexOf(readFileSync(join(folder, "record.sqlite")))).toBeGreaterThan(0);
    expect(plain.length % 512).toBe(0);
  });

  it("does not open with any byte of its header altered, nor of its content, nor when it is cut off", async () => {
    const header = bundle.indexOf("\n", bundle.indexOf("\n--- ") + 1);
    const positions = [...Array.from({ length: header + 1 }, (_, at) => at), ...Array.from({ length: 60 }, (_, nth) => header + 1 + Math.floor((nth * (bundle.length - header - 2)) / 59))];
    const passed: number[] = [];
    for (const at of positions) {
      const altered = Buffer.from(bundle);
      altered[at]! ^= 1 << at % 8;
      await opened(altered).then(() => passed.push(at), () => undefined);
    }
    for (const length of [0, 1, header, header + 20, bundle.length - 65_536, bundle.length - 1]) await opened(bundle.subarray(0, length)).then(() => passed.push(-length), () => undefined);
    expect(passed).toEqual([]);
    expect(positions.length).toBeGreaterThan(200);
  });

  it("is not made of a file that changed since it was sealed", async () => {
    const altered = join(root, "altered");
    await sealed(finishedCase(altered), keyFiles(root, "other"));
    const report = join(altered, "report.csv");
    writeFileSync(report, readFileSync(report).fill(0x41, 10, 20));
    const encrypter = encrypterFor([await identityToRecipient(identity)]);
    await expect(bytesOf(bundleOf(altered, encrypter))).rejects.toThrow("report.csv: found that it changed while it was bundled");
  });
});

describeWith("tar", has("tar"), "an archive", () => {
  it("is read by the stock program, with names of 100 bytes that are no text and sizes above 8 GiB", () => {
    const name = Buffer.concat([Buffer.alloc(90, 0x6e), Buffer.from([0xff, 0xfe, 0x20, 0x27, 0x5c, 0x6e, 0x6e, 0x6e, 0x6e, 0x6e])]);
    const small = Buffer.concat([ustarHeader({ name, sizeBytes: 3, modifiedSeconds: 1_700_000_000 }), Buffer.from("abc"), ustarPadding(3), ustarEnd]);
    const target = join(root, "small");
    mkdirSync(target);
    run("tar", ["-x", "-C", target], small);
    expect(readFileSync(Buffer.concat([Buffer.from(`${target}/`), name])).toString()).toBe("abc");
    // Sparse: the size is stated, the zeros take no room.
    const large = join(root, "large.tar");
    const sizeBytes = 8 * 1024 ** 3 + 1;
    writeFileSync(large, ustarHeader({ name: Buffer.from("large"), sizeBytes, modifiedSeconds: 0 }));
    truncateSync(large, 512 + sizeBytes + ustarPadding(sizeBytes).length + 1024);
    expect(run("tar", ["-tvf", large]).toString()).toMatch(new RegExp(`-rw------- 0/0 +${sizeBytes} 1970-01-01 .*large`));
    expect(() => ustarHeader({ name: Buffer.alloc(101, 0x6e), sizeBytes: 0, modifiedSeconds: 0 })).toThrow("found a name of 101 bytes");
  });
});

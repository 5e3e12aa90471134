import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ListFormat, ReadOptions } from "../../src/lists/format.ts";
import { formats, recognise } from "../../src/lists/formats.ts";
import type { Reference } from "../../src/model.ts";
import { sampleContent, sampleNames, sampleOptions, sampleRoot } from "../lists/samples.ts";

const chunkSizes = [1, 7, 4096, 1 << 20];

async function read(format: ListFormat, name: string, content: Buffer, options: ReadOptions, chunkBytes: number): Promise<readonly unknown[]> {
  const file = {
    name,
    head: content.subarray(0, 65536),
    async *bytes() {
      for (let at = 0; at < content.length; at += chunkBytes) yield content.subarray(at, at + chunkBytes);
    },
  };
  const rows: unknown[] = [];
  for await (const run of format.read(file, options)) rows.push(...run.map(shown));
  return rows;
}

function shown(reference: Reference): unknown {
  const digests = Object.entries(reference.digests).map(([algorithm, digest]) => [algorithm, Buffer.from(digest).toString("hex")]);
  return { ...reference, digests: Object.fromEntries(digests) };
}

/** The same text in UTF-16 with its byte order mark. */
function utf16(content: Buffer, order: "little" | "big"): Buffer {
  const little = Buffer.from(`\ufeff${content.toString("utf8").replace(/^\ufeff/, "")}`, "utf16le");
  return order === "little" ? little : little.swap16();
}

it("every fixture folder belongs to a format and every format has one", () => {
  expect(readdirSync(sampleRoot).sort()).toEqual(formats.map(({ name }) => name).sort());
});

describe.each(formats)("list format $name", (format) => {
  it("has valid and malformed fixtures", () => {
    expect(sampleNames(format.name, "valid").length).toBeGreaterThan(0);
    expect(sampleNames(format.name, "malformed").length).toBeGreaterThan(0);
  });

  describe.each(sampleNames(format.name, "valid"))("%s", (name) => {
    const content = sampleContent(format.name, name);
    const expected = JSON.parse(sampleContent(format.name, `${name}.expected.json`).toString()) as unknown;
    const options = sampleOptions(format.name, name);

    it.each(chunkSizes)("reads what is expected when the bytes arrive %i at a time (REQ-30)", async (chunkBytes) => {
      expect(await read(format, name, content, options, chunkBytes)).toEqual(expected);
    });

    // A database and a binary file have no other encoding.
    if (!/\.(?:db\.sql|bytes\.json)$/.test(name)) it.each(["little", "big"] as const)("reads the same from UTF-16, %s end first, in odd chunks", async (order) => {
      const recoded = utf16(content, order);
      expect(await read(format, name, recoded, options, 7)).toEqual(expected);
      expect(recognise(recoded)).toBe(format);
    });

    it("is recognised by this format and by no other (REQ-30)", () => {
      expect(recognise(content.subarray(0, 65536))).toBe(format);
    });
  });

  describe.each(sampleNames(format.name, "malformed"))("%s", (name) => {
    const content = sampleContent(format.name, name);
    const essential = sampleContent(format.name, `${name}.expected.txt`).toString().trim();
    const options = sampleOptions(format.name, name);

    it.each(chunkSizes)("is refused at its line without a digest in the message, %i bytes at a time (REQ-31)", async (chunkBytes) => {
      const thrown = await read(format, name, content, options, chunkBytes).catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(Failure);
      const failure = thrown as Failure;
      expect(failure.code).toBe("list-refused");
      expect(failure.message).toContain(essential);
      expect(essential).toMatch(/^:\d+: /);
      expect(failure.message.startsWith(name)).toBe(true);
      expect(failure.message).not.toMatch(/[0-9a-f]{8}/i);
      expect(failure.cause).toBeUndefined();
    });

    it("is claimed by no other format", () => {
      expect(formats.filter((other) => other !== format && other.recognises(content)).map((other) => other.name)).toEqual([]);
    });
  });
});

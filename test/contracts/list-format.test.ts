import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ListFormat, ReadOptions } from "../../src/lists/format.ts";
import { formats, recognise } from "../../src/lists/formats.ts";
import type { Reference } from "../../src/model.ts";
import { bytesOf } from "../support/bytes.ts";
import { databaseOf } from "../support/database.ts";

const root = new URL("../../fixtures/lists/", import.meta.url).pathname;
const chunkSizes = [1, 7, 4096, 1 << 20];

function fixtures(format: string, kind: "valid" | "malformed"): readonly string[] {
  return readdirSync(join(root, format))
    .filter((name) => name.startsWith(`${kind}-`) && !/\.(?:expected\.json|expected\.txt|options\.json)$/.test(name))
    .sort();
}

const contentOf = (format: string, name: string): Buffer => {
  const content = readFileSync(join(root, format, name));
  if (name.endsWith(".bytes.json")) return bytesOf(content.toString());
  return name.endsWith(".db.sql") ? databaseOf(content.toString()) : content;
};

function optionsOf(format: string, name: string): ReadOptions {
  const present = readdirSync(join(root, format)).includes(`${name}.options.json`);
  return present ? (JSON.parse(contentOf(format, `${name}.options.json`).toString()) as ReadOptions) : {};
}

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
  expect(readdirSync(root).sort()).toEqual(formats.map(({ name }) => name).sort());
});

describe.each(formats)("list format $name", (format) => {
  it("has valid and malformed fixtures", () => {
    expect(fixtures(format.name, "valid").length).toBeGreaterThan(0);
    expect(fixtures(format.name, "malformed").length).toBeGreaterThan(0);
  });

  describe.each(fixtures(format.name, "valid"))("%s", (name) => {
    const content = contentOf(format.name, name);
    const expected = JSON.parse(contentOf(format.name, `${name}.expected.json`).toString()) as unknown;
    const options = optionsOf(format.name, name);

    it.each(chunkSizes)("reads what is expected when the bytes arrive %i at a time", async (chunkBytes) => {
      expect(await read(format, name, content, options, chunkBytes)).toEqual(expected);
    });

    // A database and a binary file have no other encoding.
    if (!/\.(?:db\.sql|bytes\.json)$/.test(name)) it.each(["little", "big"] as const)("reads the same from UTF-16, %s end first, in odd chunks", async (order) => {
      const recoded = utf16(content, order);
      expect(await read(format, name, recoded, options, 7)).toEqual(expected);
      expect(recognise(recoded)).toBe(format);
    });

    it("is recognised by this format and by no other", () => {
      expect(recognise(content.subarray(0, 65536))).toBe(format);
    });
  });

  describe.each(fixtures(format.name, "malformed"))("%s", (name) => {
    const content = contentOf(format.name, name);
    const essential = contentOf(format.name, `${name}.expected.txt`).toString().trim();
    const options = optionsOf(format.name, name);

    it.each(chunkSizes)("is refused at its line without a digest in the message, %i bytes at a time", async (chunkBytes) => {
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

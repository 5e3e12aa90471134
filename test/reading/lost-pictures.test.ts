import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Batch, Finding } from "../../src/model.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { answeringProgram, compiledFile } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const program = resolve(import.meta.dirname, "../../dist/cli/reader-process.js");
let pool: ReaderPool | null = null;
afterEach(() => pool?.close());

async function read(decoderProgram: string, batch: Batch): Promise<{ readonly findings: readonly Finding[]; readonly doubted: readonly Batch[] }> {
  const doubted: Batch[] = [];
  pool = startReaders({ confinement: "plain", roots: [], isolation: "process", program, decoderProgram, count: 1, digests: ["sha256"], perceptual: true, stallMs: 60_000, doubted: (one) => doubted.push(one) });
  const findings = await pool.read(Buffer.from(root), batch);
  await pool.close();
  return { findings, doubted };
}

describe("a picture over which its decoder ends", () => {
  it("is tried twice, by processes of which the second is its own, and no third time because others are in doubt", async () => {
    const fatal = Buffer.from("the picture that ends its decoder");
    const numbers = Array.from({ length: 12 }, (_, no) => no);
    for (const no of numbers) {
      const picture = await encode(drawPhoto(no + 1, 64, 64), "png");
      writeFileSync(join(root, `picture ${no}`), no === 4 ? Buffer.concat([picture, fatal]) : picture);
    }
    const entries = numbers.map((no) => entryFor(root, `picture ${no}`, no));
    const right = await read(compiledFile("decoder-process.js"), entries);
    const log = join(root, "asked");
    const ending = answeringProgram(`if (Buffer.from(picture).includes(${JSON.stringify(fatal.toString())})) { appendFileSync(${JSON.stringify(log)}, "."); process.exit(); } return perceivedOf(picture, "image/png");`);
    const { findings, doubted } = await read(ending, entries);
    expect(readFileSync(log, "utf8")).toBe("..");
    expect(doubted, "those before it were decoded again").toEqual([entries]);
    expect(findings[4]).toMatchObject({ picture: { status: "crash" } });
    expect(findings.filter((_, no) => no !== 4)).toEqual(right.findings.filter((_, no) => no !== 4));
  });
});

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Batch, Finding, PlannedEntry } from "../../src/model.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { answeringProgram, compiledFile } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const reader = resolve(import.meta.dirname, "../../dist/cli/reader-process.js");
const honest = compiledFile("decoder-process.js");
const evil = Buffer.from("the picture that takes its decoder over");
let pool: ReaderPool | null = null;
afterEach(() => pool?.close());

/** What a decoder that was taken over says: sound in form, and wrong. */
const lie = `const lied = await perceivedOf(picture, "image/png"); for (const coded of lied.picture.codes) coded.code = coded.code.map((byte) => byte ^ 0x5a);`;
/** True from the request on whose picture holds the evil text; `taken` stays as long as the process lives. */
const takeOver = `taken ||= Buffer.from(picture).includes(${JSON.stringify(evil.toString())});`;

/** Nobody can tell it from an honest decoder by drawn canaries: it knows these when it sees them. */
const tellingCanaries = (): string => answeringProgram(`${takeOver} ${lie} return taken && !isCanary(picture) ? lied : perceivedOf(picture, "image/png");`, "let taken = false;");

/** Where the tests have the evil picture. */
const evilPlaces = [25, 20, 29, 8, 4, 2] as const;
const most = 270;
/** What an honest decoder says: of each picture, and of those that have the evil text. */
let honestly: readonly Finding[];
let evilly: readonly Finding[];

/** Entries in batches of a size. */
function batchesOf(entries: readonly PlannedEntry[], ofBatch: number): readonly PlannedEntry[][] {
  return Array.from({ length: Math.ceil(entries.length / ofBatch) }, (_, at) => entries.slice(at * ofBatch, (at + 1) * ofBatch));
}

/** Pictures of different content in batches of a size, and what an honest decoder says of them; the evil one stands at a place. */
function pictures(count: number, ofBatch: number, evilAt: (typeof evilPlaces)[number] | null): { readonly batches: readonly PlannedEntry[][]; readonly right: readonly Finding[] } {
  const isEvil = (no: number): boolean => no === evilAt;
  const entries = Array.from({ length: count }, (_, no) => entryFor(root, isEvil(no) ? `evil ${no}` : `picture ${no}`, no));
  return { batches: batchesOf(entries, ofBatch), right: entries.map(({ no }) => (isEvil(no) ? { ...evilly[evilPlaces.findIndex(isEvil)]!, no } : honestly[no]!)) };
}

async function findingsOf(decoderProgram: string, batches: readonly PlannedEntry[][], readers = 1): Promise<{ readonly findings: readonly Finding[]; readonly doubted: readonly Batch[] }> {
  const doubted: Batch[] = [];
  // In turns, the largest of a batch would be decoded first: here pictures are to come as they stand.
  const sideBySide = 1;
  pool = startReaders({ confinement: "plain", roots: [], isolation: "process", program: reader, decoderProgram, count: readers, digests: ["sha256"], perceptual: true, stallMs: 60_000, sideBySide, doubted: (batch) => doubted.push(batch) });
  const findings = (await Promise.all(batches.map((batch) => pool!.read(Buffer.from(root), batch)))).flat();
  pool.close();
  return { findings, doubted };
}

beforeAll(async () => {
  for (let no = 0; no < most; no++) {
    const picture = await encode(drawPhoto(no + 1, 64, 64), "png");
    writeFileSync(join(root, `picture ${no}`), picture);
    if (evilPlaces.some((place) => place === no)) writeFileSync(join(root, `evil ${no}`), Buffer.concat([picture, evil]));
  }
  const names = [...Array.from({ length: most }, (_, no) => `picture ${no}`), ...evilPlaces.map((no) => `evil ${no}`)];
  const { findings, doubted } = await findingsOf(honest, batchesOf(names.map((name, no) => entryFor(root, name, no)), 20));
  expect(doubted).toEqual([]);
  [honestly, evilly] = [findings.slice(0, most), findings.slice(most)];
});

describe("a decoder that a picture took over", () => {
  it("and that lies about all that follow is found out by a canary: only the picture itself can be lied about", async () => {
    const { batches, right } = pictures(60, 20, 25);
    const program = answeringProgram(`${takeOver} ${lie} return taken ? lied : perceivedOf(picture, "image/png");`, "let taken = false;");
    const { findings, doubted } = await findingsOf(program, batches);
    expect(doubted).toEqual([batches[1]]);
    expect(findings.filter((_, no) => no !== 25)).toEqual(right.filter((_, no) => no !== 25));
  });

  it("is found out within 48 pictures where a batch holds more of them, and no more than those in doubt are decoded again", async () => {
    const { batches, right } = pictures(most, most, 20);
    const log = join(root, "asked");
    const program = answeringProgram(
      `${takeOver} ${lie} if (!isCanary(picture)) appendFileSync(${JSON.stringify(log)}, process.pid + " " + Buffer.from(picture).toString("base64") + "\\n"); return taken ? lied : perceivedOf(picture, "image/png");`,
      "let taken = false;",
    );
    const { findings, doubted } = await findingsOf(program, batches);
    expect(doubted).toEqual([batches[0]]);
    expect(findings.filter((_, no) => no !== 20)).toEqual(right.filter((_, no) => no !== 20));
    const asked = readFileSync(log, "utf8").trim().split("\n").map((line) => line.split(" ") as [string, string]);
    const seen = new Set<string>();
    const [anew, again] = [new Map<string, number>(), new Map<string, number>()];
    for (const [number, content] of asked) {
      const counts = seen.has(content) ? again : anew;
      counts.set(number, (counts.get(number) ?? 0) + 1);
      seen.add(content);
    }
    expect([...anew.values()], "16 by the first process, found out at the 48th, and none beyond what a process decodes").toEqual([16, 32, 200, 22]);
    expect([...again].filter(([number]) => !anew.has(number)), "each picture in doubt once more, in a process of its own").toHaveLength(48);
    expect([...again].filter(([number]) => !anew.has(number)).every(([, count]) => count === 1)).toBe(true);
    const [, second, third, fourth] = [...anew.keys()].map((number) => again.get(number) ?? 0);
    expect(second, "one of the first process, or none where the drawn canary was wrong before").toBeLessThanOrEqual(1);
    expect([third, fourth], "one for each proof").toEqual([5, 1]);
  }, 120_000);

  it("and that answers every drawn canary honestly is found out by a picture that an earlier process answered", async () => {
    const { batches, right } = pictures(100, 50, 29);
    const { findings, doubted } = await findingsOf(tellingCanaries(), batches);
    expect(doubted).toEqual([batches[0]]);
    expect(findings[29]).not.toEqual(right[29]);
    expect(findings.filter((_, no) => no !== 29)).toEqual(right.filter((_, no) => no !== 29));
  });

  it("and that answers every drawn canary honestly lies about no more than the rest of the first 16, if one of these took it over", async () => {
    const { batches, right } = pictures(112, 16, 8);
    const { findings, doubted } = await findingsOf(tellingCanaries(), batches);
    const wrong = findings.flatMap((finding, no) => (isDeepStrictEqual(finding, right[no]) ? [] : [no]));
    expect(wrong).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
    // Honest processes are held against what the first one said, until that is used up.
    expect(doubted.length).toBeGreaterThan(0);
    expect(doubted).not.toContain(batches[0]);
  }, 120_000);

  it("and that lies about earlier ones and then ends is not believed either", async () => {
    const { batches, right } = pictures(12, 12, 4);
    const once = join(root, "once");
    const program = answeringProgram(
      `${takeOver} ${lie} if (taken && isCanary(picture)) { appendFileSync(${JSON.stringify(once)}, "."); process.exit(); } return taken ? lied : perceivedOf(picture, "image/png");`,
      "let taken = false;",
    );
    const { findings, doubted } = await findingsOf(program, batches);
    expect(existsSync(once)).toBe(true);
    expect(doubted).toHaveLength(1);
    expect(findings.filter((_, no) => no !== 4)).toEqual(right.filter((_, no) => no !== 4));
  });

  it("does not reach other readers by copies of what it lied about", async () => {
    const { batches, right: once } = pictures(30, 10, 2);
    // The same contents once more, in another order and other batches: two readers wait for each other's pictures, and for their own.
    const again = batches.flat().reverse().map((entry, at) => ({ ...entry, no: 30 + at }));
    const right = [...once, ...once.toReversed().map((finding, at) => ({ ...finding, no: 30 + at }))];
    const all = [...batches, ...batchesOf(again, 10)];
    const program = answeringProgram(`${takeOver} ${lie} return taken ? lied : perceivedOf(picture, "image/png");`, "let taken = false;");
    const { findings } = await findingsOf(program, all, 3);
    const others = (finding: Finding): boolean => finding.no !== 2 && finding.no !== 57;
    expect(findings.filter(others)).toEqual(right.filter(others));
  });

  it("from its first picture on, in every process, leaves no code at all", async () => {
    const { batches } = pictures(3, 3, null);
    const program = answeringProgram(`${lie} return lied;`);
    const { findings } = await findingsOf(program, batches);
    expect(findings.map((finding) => (finding.outcome === "examined" ? finding.picture : null))).toEqual(Array.from({ length: 3 }, () => ({ status: "violation", widthPixels: 0, heightPixels: 0, codes: [] })));
  });
});

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { type Bound, ratesBetween, type StageCounts, stageSentence } from "../../src/cli/stage-rates.ts";
import { stageClock } from "../../src/cli/stages.ts";
import { noWork } from "../../src/reading/readers-work.ts";
import { blindmatch, jsonLines, type ReportLine } from "../support/blindmatch.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";

const nothing: StageCounts = { elapsedMs: 0, own: { walk: 0, match: 0, append: 0 }, readers: noWork, entries: 0, rows: 0 };

describe("the rates of the stages", () => {
  // Two readers over ten seconds: twenty seconds of theirs.
  const after = (work: Partial<typeof noWork>, own: Partial<StageCounts["own"]> = {}): StageCounts => ({ elapsedMs: 10_000, own: { ...nothing.own, ...own }, readers: { ...noWork, ...work }, entries: 500, rows: 600 });

  it("are counts by the clock, and shares of whose time it was", () => {
    const { stages } = ratesBetween(nothing, after({ busyMs: 15_000, decodingMs: 5000, cpuMs: 2500, pictures: 40, bytesRead: 3_000_000 }, { match: 100, append: 900 }), 2);
    expect(stages).toEqual({
      read: { bytesPerSecond: 300_000, busy: 0.5, processor: 0.25 },
      decode: { picturesPerSecond: 4, busy: 0.25 },
      match: { entriesPerSecond: 50, busy: 0.01 },
      append: { rowsPerSecond: 60, busy: 0.09 },
      waiting: { readers: 0.25, main: 0.9 },
    });
  });

  it("are those between the two looks, whatever came before", () => {
    const then = after({ busyMs: 15_000, bytesRead: 3_000_000 });
    const { stages } = ratesBetween(then, { ...then, elapsedMs: 12_000, entries: 700, readers: { ...then.readers, busyMs: 16_000, bytesRead: 3_500_000 } }, 2);
    expect(stages.read).toMatchObject({ bytesPerSecond: 250_000, busy: 0.25 });
    expect(stages.match.entriesPerSecond).toBe(100);
  });

  it.each<[Bound, StageCounts]>([
    ["reading", after({ busyMs: 19_000, decodingMs: 1000 }, { append: 2000 })],
    ["decoding", after({ busyMs: 19_000, decodingMs: 18_000 }, { append: 2000 })],
    ["recording", after({ busyMs: 4000 }, { match: 1000, append: 8500 })],
    ["matching", after({ busyMs: 4000 }, { match: 8000, append: 500 })],
    ["other", after({ busyMs: 9000 }, { match: 100, append: 4000 })],
  ])("say that the scan is bound by %s", (bound, now) => {
    const rates = ratesBetween(nothing, now, 2);
    expect(rates.boundBy).toBe(bound);
    expect(stageSentence(rates, 1234, 2)).toMatch(new RegExp(`^time: listing 1.2 s, then bound by ${bound}(?: work, or waiting)?; 2 readers: reading \\d+ %, decoding \\d+ %, waiting \\d+ %; main: `));
  });

  it("leave out what readers did before the plan was there, and add up pieces of a stage", async () => {
    let [now, busyMs] = [0, 700];
    const clock = stageClock({ count: 2, work: () => ({ ...noWork, busyMs, decodingMs: busyMs / 10 }) }, () => now);
    clock.begin();
    busyMs = 1700;
    for (const tookMs of [30, 12]) await clock.during("append", () => void (now += tookMs));
    await expect(clock.during("match", () => Promise.reject(new Error("of the work")))).rejects.toThrow("of the work");
    expect(clock.spent()).toEqual({ readers: 2, stagesMs: { walk: 0, read: 900, decode: 100, match: 0, append: 42 } });
  });
});

describe("a scan of photographs", () => {
  const folder = temporaryFolder();

  it("tells in events how busy each stage is, what bounds it, and keeps the sums in the record", async () => {
    const [evidence, caseFolder, home] = [join(folder, "evidence"), join(folder, "case"), join(folder, "home")];
    mkdirSync(evidence);
    for (let nth = 0; nth < 4; nth++) writeFileSync(join(evidence, `${nth}.jpg`), await encode(drawPhoto(nth, 2000, 1500), "jpeg", { quality: 90 }));
    writeFileSync(join(folder, "codes.csv"), `record_id,pdq,category\n1,${createHash("sha256").update("a code").digest("hex")},1\n`);
    const imported = blindmatch("list", "import", join(folder, "codes.csv"), "--agency", "A", "--list-name", "codes", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
    expect(imported, imported.err).toMatchObject({ status: 0 });
    const ended = blindmatch("scan", evidence, "--case", caseFolder, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", "--json", "--readers", "1");
    expect(ended, ended.err).toMatchObject({ status: 0 });

    const events = jsonLines(ended.out) as unknown as readonly (ReportLine & { readonly event: string })[];
    const of = (name: string) => events.filter(({ event }) => event === name);
    expect(of("planned")).toEqual([expect.objectContaining({ entries: 4, walk: { ms: expect.any(Number), entriesPerSecond: expect.any(Number) } })]);
    const [whole] = of("stages");
    expect(whole).toMatchObject({ readers: 1, boundBy: "decoding", stages: { decode: { busy: expect.any(Number) }, append: { busy: expect.any(Number) } } });
    const { read, decode, waiting } = whole!["stages"] as ReturnType<typeof ratesBetween>["stages"];
    expect(decode.busy).toBeGreaterThan(0.4);
    expect(decode.picturesPerSecond).toBeGreaterThan(0);
    expect(read.bytesPerSecond).toBeGreaterThan(100_000);
    expect(read.busy + decode.busy + waiting.readers).toBeCloseTo(1, 1);

    const record = new Sqlite(join(caseFolder, "record.sqlite"), { readonly: true });
    const { body } = record.prepare<[], { body: string }>("SELECT body FROM log WHERE kind = 'closed'").get()!;
    record.close();
    const { readers, stagesMs } = JSON.parse(body) as { readers: number; stagesMs: Readonly<Record<string, number>> };
    expect(readers).toBe(1);
    expect(Object.keys(stagesMs)).toEqual(["append", "decode", "match", "read", "walk"]);
    expect(stagesMs["decode"]).toBeGreaterThan(stagesMs["append"]!);
  });
});

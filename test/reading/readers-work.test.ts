import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { isFromReader } from "../../src/reading/believable.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
let pool: ReaderPool | undefined;
afterEach(() => pool?.close());

/** What readers that do this with a batch come to, and what they did by then. */
async function workOf(name: string, does: string, stallMs: number) {
  const program = join(root, `${name}.mjs`);
  writeFileSync(program, `process.on("message", (message) => { if (message.kind === "start") return process.send({ kind: "ready" }); ${does} });`);
  for (const file of ["file", "other"]) writeFileSync(join(root, file), "content");
  pool = startReaders({ confinement: "plain", roots: [], program, decoderProgram: program, count: 1, digests: ["sha256"], isolation: "process", perceptual: false, stallMs });
  const findings = await pool.read(Buffer.from(root), [entryFor(root, "file"), entryFor(root, "other", 1)]);
  return { findings, work: pool.work() };
}
const telling = (work: string): string => `process.send({ kind: "alive", bytesRead: 7, work: { busyMs: 10, decodingMs: 0, cpuMs: 1, pictures: 0, ...${work} } });`;

describe("the work of readers", () => {
  it("has the time in which one said nothing until it was given up, and stands still from then on", async () => {
    const { findings, work } = await workOf("stalls", `
      if (message.kind === "try") return process.send({ kind: "tried", given: "directly" });
      ${telling("{}")}
      while (message.batch.no.includes(0));
      process.send({ kind: "findings", wasDoubted: false, findings: { apart: [{ outcome: "without-content", no: 1 }], digests: new Uint8Array(0), mediaTypes: [], extensionFits: [] } });`, 700);
    expect(findings).toMatchObject([{ reason: "timeout" }, { outcome: "without-content" }]);
    // Together, and at least once more by itself; then the other file.
    const silent = work.bytesRead / 7 - 1;
    expect(silent).toBeGreaterThanOrEqual(2);
    expect(work.busyMs).toBeGreaterThanOrEqual(silent * 700);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pool!.work()).toEqual(work);
  });

  it.each(["{ busyMs: 1e308 }", "{ decodingMs: 1e308 }", "{ cpuMs: 1e308 }", "{ pictures: 1e308 }"])("is not believed to be %s", async (told) => {
    const { findings, work } = await workOf("boasts", `${telling(told)} setInterval(() => undefined, 1000);`, 20_000);
    expect(findings).toMatchObject([{ reason: "reader-lost" }, { reason: "reader-lost" }]);
    for (const amount of Object.values(work)) expect(amount).toBeLessThan(60_000);
  });

  it("may be what there was time for, and little more", () => {
    const [ageMs, threads] = [3_600_000, availableParallelism()];
    const isBelieved = (work: object): boolean => isFromReader({ kind: "alive", bytesRead: 0, work: { busyMs: ageMs, decodingMs: ageMs, cpuMs: threads * ageMs, pictures: 9, ...work } }, ageMs);
    expect(isBelieved({})).toBe(true);
    for (const work of [{ busyMs: 1.1 * ageMs }, { decodingMs: 1.1 * ageMs }, { cpuMs: 1.1 * threads * ageMs }, { busyMs: -1 }, { cpuMs: NaN }, { pictures: 0.5 }]) expect(isBelieved(work), JSON.stringify(work)).toBe(false);
  });
});

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
  writeFileSync(join(root, "file"), "content");
  pool = startReaders({ confinement: "plain", roots: [], program, decoderProgram: program, count: 1, digests: ["sha256"], isolation: "process", perceptual: false, stallMs });
  const findings = await pool.read(Buffer.from(root), [entryFor(root, "file")]);
  return { findings, work: pool.work() };
}
const telling = (work: string): string => `process.send({ kind: "alive", bytesRead: 7, work: { busyMs: 10, decodingMs: 0, cpuMs: 1, pictures: 0, ...${work} } });`;

describe("the work of readers", () => {
  it("has the time in which one said nothing until it was given up, and stands still from then on", async () => {
    const { findings, work } = await workOf("stalls", `${telling("{}")} for (;;);`, 700);
    expect(findings).toMatchObject([{ reason: "timeout" }]);
    // Twice: one more try is made.
    expect(work.busyMs).toBeGreaterThanOrEqual(2 * 700);
    expect(work.bytesRead).toBe(2 * 7);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pool!.work()).toEqual(work);
  });

  it.each(["{ busyMs: 1e308 }", "{ decodingMs: 1e308 }", "{ cpuMs: 1e308 }", "{ pictures: 1e308 }"])("is not believed to be %s", async (told) => {
    const { findings, work } = await workOf("boasts", `${telling(told)} setInterval(() => undefined, 1000);`, 20_000);
    expect(findings).toMatchObject([{ reason: "reader-lost" }]);
    for (const amount of Object.values(work)) expect(amount).toBeLessThan(60_000);
  });

  it("may be what there was time for, and little more", () => {
    const [ageMs, threads] = [3_600_000, availableParallelism()];
    const isBelieved = (work: object): boolean => isFromReader({ kind: "alive", bytesRead: 0, work: { busyMs: ageMs, decodingMs: ageMs, cpuMs: threads * ageMs, pictures: 9, ...work } }, ageMs);
    expect(isBelieved({})).toBe(true);
    for (const work of [{ busyMs: 1.1 * ageMs }, { decodingMs: 1.1 * ageMs }, { cpuMs: 1.1 * threads * ageMs }, { busyMs: -1 }, { cpuMs: NaN }, { pictures: 0.5 }]) expect(isBelieved(work), JSON.stringify(work)).toBe(false);
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Directory from "../../src/evidence/directory.ts";
import type * as Triage from "../../src/evidence/triage.ts";
import type * as Lanes from "../../src/kernels/md5-lanes.ts";
import type { Batch } from "../../src/model.ts";
import type * as Reader from "../../src/reading/reader.ts";
import type * as OpenRecord from "../../src/record/open-record.ts";
import { median, timed } from "./bench.ts";
import { benchOpening } from "./record-rows.ts";

// A process of its own: PHASE FOLDER ROUNDS as its arguments, figures as JSON on standard output.

/** What is measured is what is shipped: the compiled modules. */
async function built(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}

const { md5LaneCount, md5Start, startMd5Lanes } = (await built("kernels/md5-lanes")) as typeof Lanes;
const { directorySource } = (await built("evidence/directory")) as typeof Directory;
const { triageClass } = (await built("evidence/triage")) as typeof Triage;
const { createOrResumeRecord } = (await built("record/open-record")) as typeof OpenRecord;
const { startReading } = (await built("reading/reader")) as typeof Reader;

/** What a scan would hand its readers: the batches of a record into which this folder was planned. */
function batchesIn(folder: string): readonly Batch[] {
  const scratch = mkdtempSync(join(tmpdir(), "bench-hashing-plan-"));
  try {
    const { writer } = createOrResumeRecord(scratch, benchOpening());
    const source = directorySource(folder);
    writer.writePlan(source.entries(), source.foldersListed, { within: "path", classOf: ({ path, sizeBytes, kind }) => triageClass(path, sizeBytes, kind) });
    const batches = [...writer.batches()];
    writer.release();
    return batches;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** CPU seconds of reading all files below a folder for the three digests, by the code of a reader, without its process and its pipe. */
async function readAll(folder: string): Promise<{ readonly cpuSeconds: number; readonly bytes: number; readonly files: number }> {
  const batches = batchesIn(folder);
  const read = startReading(["md5", "sha1", "sha256"], () => Promise.resolve(null), () => undefined, undefined, true);
  const root = Buffer.from(folder);
  // What comes first compiles.
  await read(root, batches.flat().slice(0, 64));
  const { cpuSeconds } = await timed(async () => {
    for (const batch of batches) {
      const findings = await read(root, batch);
      if (findings.some(({ outcome }) => outcome !== "examined")) throw new Error("bench: found a file that was not examined, expected all");
    }
  });
  const all = batches.flat();
  return { cpuSeconds, bytes: all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), files: all.length };
}

const partBytes = 64 * 2 ** 20;

/** Gigabytes a CPU second of each digest alone, over memory. */
async function parts(): Promise<Record<"md5" | "sha1" | "sha256", number>> {
  const lanes = startMd5Lanes(partBytes);
  const pieceBytes = partBytes / md5LaneCount / 2;
  lanes.arena.fill("some noise");
  // As reading does it: pieces that a processor's cache still holds.
  const pieces = Array.from({ length: md5LaneCount }, (_, lane) => ({ state: md5Start, offsetBytes: lane * 2 * pieceBytes, sizeBytes: pieceBytes }));
  const md5 = await timed(() => void [1, 2].map(() => lanes.take(pieces)));
  const streamed = (name: string): Promise<{ cpuSeconds: number }> =>
    timed(() => {
      const hash = createHash(name);
      for (let at = 0; at < partBytes; at += 2 ** 20) hash.update(lanes.arena.subarray(at, at + 2 ** 20));
      hash.digest();
    });
  const [sha1, sha256] = [await streamed("sha1"), await streamed("sha256")];
  const rate = ({ cpuSeconds }: { cpuSeconds: number }): number => partBytes / 1e9 / cpuSeconds;
  return { md5: rate(md5), sha1: rate(sha1), sha256: rate(sha256) };
}

const [, , phase = "", folder = "", rounds = "1"] = process.argv;
const measured: Readonly<Record<string, number>>[] = [];
for (let round = 0; round < Number(rounds); round++) measured.push({ ...(phase === "limit" ? await parts() : {}), ...(await readAll(folder)) });
const figures = Object.fromEntries(Object.keys(measured[0]!).map((name) => [name, median(measured.map((one) => one[name]!))]));
process.stdout.write(JSON.stringify(figures));

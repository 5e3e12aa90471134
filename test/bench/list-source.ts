import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { writeSync } from "node:fs";
import type { ListReading } from "../../src/lists/read-list.ts";
import { beside, builtCounts, builtVics } from "./built.ts";
import { vicsDocument } from "./vics-records.ts";

/** The document as another process makes it: making it costs this one nothing, and no file of digests ever lies anywhere. */
export async function* streamedDocument(records: number, seed: number): AsyncGenerator<Buffer> {
  const child = spawn(process.execPath, [...process.execArgv, beside("list-source.ts"), String(records), String(seed)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const chunk of child.stdout) yield chunk as Buffer;
  const status = await ended;
  if (status !== 0) throw new Error(`list source: ended with ${status}, expected 0`);
}

/** The document as `lists/` reads a file: hashed, parsed, sifted and counted. */
export async function streamedReading(records: number, seed: number): Promise<ListReading> {
  const { vics } = await builtVics();
  const sifting = (await builtCounts()).countedSifting();
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const chunk of streamedDocument(records, seed)) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  return {
    format: "vics",
    async *references() {
      const head = vicsDocument(1, seed).next().value as Buffer;
      for await (const run of vics.read({ name: "bench", head, bytes }, { scale: "bench" })) {
        const admitted = run.map((row) => sifting.admit(row)).filter((row) => row !== null);
        if (admitted.length > 0) yield admitted;
      }
    },
    finish: () => ({ sha256: hash.digest("hex"), sizeBytes, counts: sifting.counts(), signature: null, plaintextSha256: null }),
  };
}

if (process.argv[1] === beside("list-source.ts"))
  for (const chunk of vicsDocument(Number(process.argv[2]), Number(process.argv[3]))) {
    for (let at = 0; at < chunk.length; )
      try {
        at += writeSync(1, chunk, at);
      } catch (thrown) {
        if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EAGAIN")) throw thrown;
      }
  }

import { directorySource } from "../evidence/directory.ts";
import type { Source } from "../evidence/source.ts";
import type { CryptographicAlgorithm, Finding } from "../model.ts";
import { arenaBytes, startArena } from "./arena.ts";
import { areCoreDumpsOff } from "./core-dumps.ts";
import type { EntryToRead } from "./packed-batch.ts";
import { readBatch } from "./read-batch.ts";
import { readFiles } from "./read-files.ts";
import type { Perceive } from "./reading-parts.ts";

export type { Perceive } from "./reading-parts.ts";

const aliveEveryMs = 500;

/** So many large files are read in turns at most: what a batch holds of them. */
const mostSideBySide = 16;

/**
 * A reader's work: batches in, findings out. Runs in a process of its own.
 *
 * Shape: the returned function reads one batch below an absolute root; `alive` is called about twice a second while work goes on, and at
 *        its end, with the bytes read of the batch so far. `sideBySide`: how many large files are read in turns; 1 for a medium that is slow at going from place to place. `ownsProcess`:
 *        nothing else in this process opens anything by a relative path, so that its working folder may change; it does where no crash would leave a core file in it.
 */
export function startReading(digests: readonly CryptographicAlgorithm[], perceive: Perceive, alive: (bytesRead: number) => void, sideBySide: number = mostSideBySide, ownsProcess: boolean = false): (root: Uint8Array, batch: readonly EntryToRead[]) => Promise<Finding[]> {
  const arena = startArena(arenaBytes, digests);
  const sources = new Map<string, Source>();
  const entersRoots = ownsProcess && areCoreDumpsOff();
  let entered: Source | null = null;
  let told = performance.now();
  let bytesRead = 0;

  const tell = (): void => {
    const now = performance.now();
    if (now - told < aliveEveryMs) return;
    told = now;
    alive(bytesRead);
  };
  const sourceAt = (root: Uint8Array): Source => {
    const key = Buffer.from(root).toString("latin1");
    const source = sources.get(key) ?? directorySource(root);
    sources.set(key, source);
    return source;
  };

  return async (root, batch) => {
    const source = sourceAt(root);
    if (entersRoots && entered !== source) {
      source.enter();
      entered = source;
    }
    bytesRead = 0;
    // While the decoder works, this process waits and the timer speaks; while a read hangs, nothing does, and that is how it is noticed.
    const timer = setInterval(tell, aliveEveryMs);
    try {
      const came = (bytes: number): void => {
        bytesRead += bytes;
        tell();
      };
      const findings = await readBatch(batch, (entries) => readFiles(entries, { source, digests, arena, sideBySide, perceive, alive: came }));
      alive(bytesRead);
      return findings;
    } finally {
      clearInterval(timer);
    }
  };
}

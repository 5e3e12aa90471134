import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach } from "vitest";
import { type CryptographicAlgorithm, cryptographicAlgorithms, type PlannedEntry } from "../../src/model.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { entryFor } from "./entry.ts";
import { temporaryFolder } from "./folder.ts";

/** Where files of batches lie, and programs that stand in for readers. */
export const root = temporaryFolder();
const dist = resolve(import.meta.dirname, "../../dist");
/** The real reader. */
export const reader = join(dist, "cli/reader-process.js");
const decoderProgram = join(dist, "perceptual/decoder-process.js");

let pool: ReaderPool | undefined;
afterEach(() => pool?.close());

/** A pool that ends with the test; one at a time. */
export function start(program: string, count = 1, stallMs = 60_000, digests: readonly CryptographicAlgorithm[] = cryptographicAlgorithms): ReaderPool {
  pool = startReaders({ confinement: "plain", roots: [], program, decoderProgram, count, digests, isolation: "process", perceptual: false, stallMs });
  return pool;
}

/** Small files with content, as entries. */
export function batch(count: number): PlannedEntry[] {
  return Array.from({ length: count }, (_, no) => {
    writeFileSync(join(root, `file ${no}`), `content ${no}`);
    return entryFor(root, `file ${no}`, no);
  });
}

/** For programs that stand in for a reader: the entries of a batch, and findings that each stand apart. */
export const asReader = `const { entriesOf } = await import(${JSON.stringify(join(dist, "reading/packed-batch.js"))});
  const apart = (findings) => ({ apart: findings, digests: new Uint8Array(0), mediaTypes: [], extensionFits: [] });`;

/** Ends the pool that was started last, for another one in the same test. */
export const ended = async (): Promise<void> => pool?.close();

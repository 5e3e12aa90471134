import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the fixtures of list formats lie, a folder for each format. */
export const fixturesRoot: string = new URL("../../fixtures/lists/", import.meta.url).pathname;

const lengths = { md5: 16, sha1: 20, sha256: 32, blake3: 32, pdq: 32, sha512: 64 } as const;
export type DrawnAlgorithm = keyof typeof lengths;

/** Values that nothing but their names decide, each set of fixtures with its own; `labelled` is what goes before the label. */
export function drawnValues(labelled: string) {
  const bytes = (label: string, length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) => createHash("sha256").update(`${labelled} ${label} ${block}`).digest());
    return Buffer.concat(blocks).subarray(0, length);
  };
  const hex = (algorithm: DrawnAlgorithm, label: string): string => bytes(`${algorithm} ${label}`, lengths[algorithm]).toString("hex");
  const upper = (algorithm: DrawnAlgorithm, label: string): string => hex(algorithm, label).toUpperCase();
  const pick = (label: string, ...algorithms: DrawnAlgorithm[]): Record<string, string> => Object.fromEntries(algorithms.map((algorithm) => [algorithm, hex(algorithm, label)]));
  return { bytes, hex, upper, pick };
}

/** What a reader is expected to give of a row. */
export function expected(where: string, digests: Record<string, string>, rest: object = {}): object {
  return { where, recordId: null, category: null, digests, pdqQuality: null, sizeBytes: null, unmatchable: [], ...rest };
}

/** Writes one fixture, with the options that it is read with. */
export function put(format: string, name: string, content: string | Buffer, options?: object): void {
  mkdirSync(join(fixturesRoot, format), { recursive: true });
  writeFileSync(join(fixturesRoot, format, name), content);
  if (options !== undefined) writeFileSync(join(fixturesRoot, format, `${name}.options.json`), `${JSON.stringify(options)}\n`);
}

export function valid(format: string, name: string, content: string | Buffer, references: object[], options?: object): void {
  put(format, `valid-${name}`, content, options);
  writeFileSync(join(fixturesRoot, format, `valid-${name}.expected.json`), `${JSON.stringify(references, null, 2)}\n`);
}

export function malformed(format: string, name: string, content: string | Buffer, message: string, options?: object): void {
  put(format, `malformed-${name}`, content, options);
  writeFileSync(join(fixturesRoot, format, `malformed-${name}.expected.txt`), `${message}\n`);
}

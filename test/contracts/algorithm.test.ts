import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cryptographicAlgorithms, digestBytes } from "../../src/model.ts";
import { type Algorithm, algorithms, wasmBlake3 } from "../../src/reading/algorithm.ts";

interface Vector {
  readonly algorithm: string;
  readonly text?: string;
  readonly repeat?: readonly [string, number];
  readonly counting?: number;
  readonly digest: string;
}

const { vectors } = JSON.parse(readFileSync("fixtures/digests/vectors.json", "utf8")) as { vectors: Vector[] };

function bytesOf({ text, repeat, counting }: Vector): Buffer {
  if (counting !== undefined) return Buffer.from(Array.from({ length: counting }, (_, index) => index % 251));
  return repeat === undefined ? Buffer.from(text ?? "") : Buffer.alloc(repeat[1], repeat[0]);
}

function digestOf(algorithm: Algorithm, ...parts: Uint8Array[]): string {
  const running = algorithm.start();
  for (const part of parts) running.update(part);
  return Buffer.from(running.finish()).toString("hex");
}

it("has every algorithm of the model, in its order", () => {
  expect(algorithms.map(({ name }) => name)).toEqual(cryptographicAlgorithms);
});

describe.each(algorithms.map((algorithm) => [algorithm.name, algorithm] as const))("algorithm %s", (name, algorithm) => {
  it("gives the published answers (REQ-23)", () => {
    const own = vectors.filter((vector) => vector.algorithm === name);
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const vector of own) expect(digestOf(algorithm, bytesOf(vector)), JSON.stringify({ ...vector, digest: undefined })).toBe(vector.digest);
  });

  it("gives digests of the stated length", () => {
    expect(algorithm.lengthBytes).toBe(digestBytes[algorithm.name]);
    expect(digestOf(algorithm, Buffer.from("x"))).toHaveLength(2 * algorithm.lengthBytes);
  });

  it("gives the same digest however the bytes arrive", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }), (parts) => {
        expect(digestOf(algorithm, ...parts)).toBe(digestOf(algorithm, Buffer.concat(parts)));
      }),
      { numRuns: 200 },
    );
  });
});

it("has two BLAKE3 implementations that agree", () => {
  const create = wasmBlake3();
  const native = algorithms.find(({ name }) => name === "blake3")!;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
      const second = create();
      second.update(bytes);
      expect(Buffer.from(second.digest!()).toString("hex")).toBe(digestOf(native, bytes));
    }),
    { numRuns: 200 },
  );
});

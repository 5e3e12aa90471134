import { createHash, hash } from "node:crypto";
import { createRequire } from "node:module";
import type { CryptographicAlgorithm, Digests } from "../model.ts";

/** A digest algorithm over the bytes of a file. To add one: a value here, a line in `algorithms`, its vectors in fixtures/digests. */
export interface Algorithm {
  readonly name: CryptographicAlgorithm;
  readonly lengthBytes: number;
  readonly compare: "exact";
  /** Of bytes that are all at hand: the same as fed, in less time. */
  of(bytes: Uint8Array): Uint8Array;
  start(): RunningDigest;
}

/** Takes the bytes in any partition; `finish` is called once, last. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  finish(): Uint8Array;
}

const require = createRequire(import.meta.url);

/** All of them, in the order in which digests are named everywhere. */
export const algorithms: readonly Algorithm[] = [openssl("md5", 16), openssl("sha1", 20), openssl("sha256", 32), blake3()];

/** Several digests of the same bytes, fed at once. */
export interface RunningDigests {
  update(bytes: Uint8Array): void;
  finish(): Digests;
}

/** Digests of bytes that are all at hand. Errors: those of `startDigests`. */
export function digestsOf(names: readonly CryptographicAlgorithm[], bytes: Uint8Array): Digests {
  const digests: Partial<Record<CryptographicAlgorithm, Uint8Array>> = {};
  for (const algorithm of asked(names)) digests[algorithm.name] = algorithm.of(bytes);
  return digests as Digests;
}

/** Errors: RangeError where SHA-256 is not among them. */
export function startDigests(names: readonly CryptographicAlgorithm[]): RunningDigests {
  const running = asked(names).map((algorithm) => ({ name: algorithm.name, digest: algorithm.start() }));
  return {
    update(bytes) {
      for (const { digest } of running) digest.update(bytes);
    },
    finish: () => Object.fromEntries(running.map(({ name, digest }) => [name, digest.finish()])) as Record<"sha256", Uint8Array>,
  };
}

function asked(names: readonly CryptographicAlgorithm[]): readonly Algorithm[] {
  if (!names.includes("sha256")) throw new RangeError(`digests: found ${names.join()}, expected sha256 among them`);
  return algorithms.filter(({ name }) => names.includes(name));
}

function openssl(name: "md5" | "sha1" | "sha256", lengthBytes: number): Algorithm {
  return {
    name,
    lengthBytes,
    compare: "exact",
    // As a text of one byte a character: a buffer of its own for each digest costs more than this way to a piece of a common one.
    of: (bytes) => Buffer.from(hash(name, bytes, "binary"), "latin1"),
    start() {
      const running = createHash(name);
      return { update: (bytes) => void running.update(bytes), finish: () => running.digest() };
    },
  };
}

interface Blake3Hasher {
  update(bytes: Uint8Array): unknown;
  digestBuffer?(): Uint8Array;
  digest?(): Uint8Array;
}

/** The native build (3 GB/s) where the package carries one for this machine, else the WebAssembly build: same digests, a tenth of the speed. */
function blake3(): Algorithm {
  const create = nativeBlake3() ?? wasmBlake3();
  const start = (): RunningDigest => {
    const hasher = create();
    return {
      update: (bytes) => void hasher.update(bytes),
      finish: () => new Uint8Array(hasher.digestBuffer?.() ?? hasher.digest?.() ?? []),
    };
  };
  return {
    name: "blake3",
    lengthBytes: 32,
    compare: "exact",
    of(bytes) {
      const running = start();
      running.update(bytes);
      return running.finish();
    },
    start,
  };
}

function nativeBlake3(): (() => Blake3Hasher) | null {
  try {
    const { Blake3Hasher } = require("@napi-rs/blake-hash") as { Blake3Hasher: new () => Blake3Hasher };
    return () => new Blake3Hasher();
  } catch {
    return null;
  }
}

/** The second implementation, which tests also compare the first against. */
export function wasmBlake3(): () => Blake3Hasher {
  const { createHash: createBlake3 } = require("blake3") as { createHash: () => Blake3Hasher };
  return createBlake3;
}

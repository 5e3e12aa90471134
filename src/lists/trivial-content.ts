import { type CryptographicAlgorithm, cryptographicAlgorithms, digestBytes } from "../model.ts";
import { trivialDigests } from "./trivial-digests.ts";

/** A content that countless unrelated files share: a match with one says nothing. Shape: `bytes`, that many times. */
export interface TrivialContent {
  readonly bytes: readonly number[];
  readonly times: number;
}

const [smallestBlock, largestBlock] = [512, 16 * 1024 * 1024];
const blocks: readonly number[] = Array.from({ length: Math.log2(largestBlock / smallestBlock) + 1 }, (_, power) => smallestBlock * 2 ** power);

/** Nothing; every single byte; the end of a line; blocks of zeros and of FF from 512 bytes to 16 MiB. `trivialDigests` is in this order. */
export const trivialContents: readonly TrivialContent[] = [
  { bytes: [], times: 0 },
  ...Array.from({ length: 256 }, (_, byte) => ({ bytes: [byte], times: 1 })),
  { bytes: [0x0d, 0x0a], times: 1 },
  ...[0x00, 0xff].flatMap((byte) => blocks.map((times) => ({ bytes: [byte], times }))),
];

const contentsByDigest = new Map<string, TrivialContent>();
// The first bytes settle it for all but two digests in ten million, without building a text.
const beginnings = new Set<number>();
for (const [index, content] of trivialContents.entries()) {
  const digests = Buffer.from(trivialDigests[index]!, "base64");
  let at = 0;
  for (const algorithm of cryptographicAlgorithms) {
    const digest = digests.subarray(at, (at += digestBytes[algorithm]));
    beginnings.add(digest.readUInt32BE());
    contentsByDigest.set(`${algorithm} ${digest.toString("hex")}`, content);
  }
}

/** The trivial content that has this digest, null when none has. */
export function trivialContentOf(algorithm: CryptographicAlgorithm, digest: Uint8Array): TrivialContent | null {
  const beginning = ((digest[0]! << 24) | (digest[1]! << 16) | (digest[2]! << 8) | digest[3]!) >>> 0;
  if (!beginnings.has(beginning)) return null;
  return contentsByDigest.get(`${algorithm} ${Buffer.from(digest).toString("hex")}`) ?? null;
}

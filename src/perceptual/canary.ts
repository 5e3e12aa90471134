import type { CryptographicAlgorithm } from "../model.ts";
import { drawPicture } from "./drawing.ts";
import type { Transform } from "./pdq.ts";
import { storedPng } from "./stored-png.ts";

/** Wider than 512, so that the two codes differ and both ways of preparing pixels are proved. */
const drawing = { width: 530, height: 72, channels: 3, seed: 2027, cells: [32, 8] } as const;

/** A picture drawn by a formula, as a PNG file: the same bytes on every machine. A scan reads it first, to prove reader and decoder. */
export function canaryPng(): Uint8Array {
  return storedPng({ data: drawPicture(drawing), widthPixels: drawing.width, heightPixels: drawing.height, channels: drawing.channels });
}

/** What reading the canary must come to. Shape: digests lower-case hexadecimal; codes likewise, in PDQ's text form, by transform. */
export const canaryAnswers: {
  readonly digests: Readonly<Record<CryptographicAlgorithm, string>>;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly codes: Readonly<Record<Transform, string>>;
  readonly qualities: Readonly<Record<Transform, number>>;
} = {
  digests: {
    md5: "9d0f274fcc5d2ec5f7f8b901b2878a71",
    sha1: "2a82ae6def10d68b39e4ae75b1ee9d1707cac698",
    sha256: "811b9a5a91d05bac36f0945ec5a29d659a667184474f2ea8a3339c314c58b05b",
    blake3: "8b5f888c57c58ff932dea84fe2153a499e9c1132dd81028abb27e1a8a8b57d23",
  },
  widthPixels: drawing.width,
  heightPixels: drawing.height,
  codes: {
    full: "85dba59087ca45acab8e20f81f02f8ec1e0638f9ab9e45ac8fcaa5b0e5fbc516",
    "nearest-512": "859ba5b087c845acab9e28f81f02f8ac1e0638f9ab9e45ac8fcaa5b0e5fbc516",
  },
  qualities: { full: 100, "nearest-512": 100 },
};

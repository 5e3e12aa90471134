import type { CryptographicAlgorithm } from "../model.ts";
import { drawPicture } from "./drawing.ts";
import { storedPng } from "./stored-png.ts";
import type { Preparation } from "./transforms.ts";

/** Wider than 512, so that the two codes differ and both ways of preparing pixels are proved. */
const drawing = { width: 530, height: 72, channels: 3, seed: 2027, cells: [32, 8] } as const;

/** A picture drawn by a formula, as a PNG file: the same bytes on every machine. A scan reads it first, to prove reader and decoder. */
export function canaryPng(): Uint8Array {
  return storedPng({ data: drawPicture(drawing), widthPixels: drawing.width, heightPixels: drawing.height, channels: drawing.channels });
}

/**
 * What reading the canary must come to.
 *
 * Shape: digests lower-case hexadecimal; codes likewise, in PDQ's text form, of each preparation in the order of `orientations`.
 */
export const canaryAnswers: {
  readonly digests: Readonly<Record<CryptographicAlgorithm, string>>;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly codes: Readonly<Record<Preparation, readonly string[]>>;
  readonly qualities: Readonly<Record<Preparation, number>>;
  readonly uniformPercents: Readonly<Record<Preparation, number>>;
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
    full: [
      "85dba59087ca45acab8e20f81f02f8ec1e0638f9ab9e45ac8fcaa5b0e5fbc516",
      "e92f2ae44d665c3f03e80d600aa805c0fd7e0ab515560398bd7ae64eaaab3fbd",
      "808e0f1ac08fef06f6cb02524a5752464b539253fecbcf069a9f0f1ab0ae6fbc",
      "b87a04461823569556bda7ca5ffd2f6aa82be01f00038132e82f4ce4fffe9517",
      "808eb084c08f10a9f6cb35ad4a57adb94b536dacfecb10f99a9ff0e5b0ae9043",
      "84db1a4e85caba03a38e5f071f0207131e06c706ab9e9a538fca5a4fe5fb3ae9",
      "e92f11134d6603c00be8f29f2aa8fa3ffd7ea54a1556c467bd7a19b1aaab8042",
      "b87a3bb11823096a52bd58355ffd5095a82b0fe0000346cde82fb31bfffe2ae8",
    ],
    "nearest-512": [
      "859ba5b087c845acab9e28f81f02f8ac1e0638f9ab9e45ac8fcaa5b0e5fbc516",
      "e92f2eec0d661c3f07e80d602aa805c0fd7e0ab5555613983c7ae64e8aab3bbd",
      "80860f12c29ded06f6cb82524a5752064b539253fecbef06da9f0f1ab0ae6fbc",
      "bc7a4446183356955abda7ca6ffdaf6aa82b201f00039932682f4ce4dffe1117",
      "808680a4c28d10b9f6cb7dac4a57adb14b536dacfecb10f9da9ff0e5b0ae9043",
      "85925a0e87c8b813ab9ed7061f0207131e06c706ab9eba538fca5a4fe5fb3ae9",
      "e92f11134d6603c00fe8f29f2aa8fa3ffd7e244a5556cc67bd7a19b18aab8042",
      "bc7a3bb91833096a52bd58356ffd5095a82b0ee0000366cd282fb31bdffe2ae8",
    ],
  },
  qualities: { full: 100, "nearest-512": 100 },
  uniformPercents: { full: 26, "nearest-512": 26 },
};

import { codeBits, dealtPlaces } from "../kernels/near-layout.ts";
import { digestBytes } from "../model.ts";
import type { NearIndex } from "./near-index.ts";

/** Look-up of PDQ codes by equality alone, which takes the same time however many codes resemble each other. */
export interface CodeGroups {
  /** References with this very code, in the order of the list. */
  find(code: Uint8Array): readonly number[];
  /** The references of each different code, in the order of the list. */
  all(): Generator<readonly number[]>;
}

const codeWords = digestBytes.pdq / 4;
const none = 0xffff_ffff;

/** A hash table over the codes where they lie in the index. Units: at most 20 bytes of memory for each code. */
export function codeGroups({ shards, references }: NearIndex): CodeGroups {
  const words = shards.map(({ memory, places, codes }) => new Uint32Array(memory.buffer, places.codes, codes * codeWords));
  const firsts = shards.map((_, number) => shards.slice(0, number).reduce((sum, { codes }) => sum + codes, 0));
  const slots = new Uint32Array(2 ** (32 - Math.clz32(2 * references.length))).fill(none);
  // The next code that equals a code, by its number.
  const following = new Uint32Array(references.length).fill(none);

  const codeAt = (number: number): Uint32Array => {
    let shard = firsts.length - 1;
    while (firsts[shard]! > number) shard -= 1;
    const at = (number - firsts[shard]!) * codeWords;
    return words[shard]!.subarray(at, at + codeWords);
  };

  /** The slot of a code, or the free one where it belongs. */
  const slotOf = (code: Uint32Array): number => {
    let slot = hashOf(code) & (slots.length - 1);
    while (slots[slot] !== none && !isEqual(codeAt(slots[slot]!), code)) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };

  const groupAt = (slot: number): number[] => {
    const group: number[] = [];
    for (let number = slots[slot]!; number !== none; number = following[number]!) group.push(references[number]!);
    return group;
  };

  // From the last one on, so that each is put before those that follow it.
  for (let number = references.length - 1; number >= 0; number--) {
    const slot = slotOf(codeAt(number));
    following[number] = slots[slot]!;
    slots[slot] = number;
  }

  return {
    find: (code) => groupAt(slotOf(dealt(code))),
    *all() {
      for (let slot = 0; slot < slots.length; slot++) if (slots[slot] !== none) yield groupAt(slot);
    },
  };
}

const places = dealtPlaces();

/** A code as it lies in the index. */
function dealt(code: Uint8Array): Uint32Array {
  const bytes = new Uint8Array(digestBytes.pdq);
  for (let bit = 0; bit < codeBits; bit++) {
    if ((code[digestBytes.pdq - 1 - (bit >>> 3)]! & (1 << (bit & 7))) === 0) continue;
    const place = places[bit]!;
    bytes[place >>> 3]! |= 1 << (place & 7);
  }
  return new Uint32Array(bytes.buffer);
}

function hashOf(code: Uint32Array): number {
  let hash = 0;
  for (let word = 0; word < codeWords; word++) {
    hash = Math.imul(hash ^ code[word]!, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function isEqual(one: Uint32Array, other: Uint32Array): boolean {
  for (let word = 0; word < codeWords; word++) if (one[word] !== other[word]) return false;
  return true;
}

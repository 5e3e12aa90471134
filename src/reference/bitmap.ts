/** One bit for each of so many things. */
export interface Bitmap {
  has(index: number): boolean;
  set(index: number): void;
  /** How many are set. */
  count(): number;
}

export function bitmap(length: number): Bitmap {
  const bytes = new Uint8Array(Math.ceil(length / 8));
  let count = 0;
  const has = (index: number): boolean => (bytes[index >>> 3]! & (1 << (index & 7))) !== 0;
  return {
    has,
    set(index) {
      if (has(index)) return;
      bytes[index >>> 3]! |= 1 << (index & 7);
      count += 1;
    },
    count: () => count,
  };
}

import { frequenciesAt, orderedAt, resultAt, turnedAt } from "./pdq-memory";

/** The orientations, in the order of their codes, by what they do to the frequencies: 1 swaps rows and columns, 2 negates the odd rows, 4 the odd columns (1st, 3rd ...). */
// @ts-ignore: decorator
@inline
function effectOf(orientation: u32): u32 {
  // As it is, turned by 90, 180 and 270 degrees counter-clockwise, mirrored, flipped, transposed, anti-transposed: one digit each, the last first.
  return (0x71243650 >> (orientation << 2)) & 7;
}

/** Writes the codes of all eight orientations. */
export function writeCodes(): void {
  for (let orientation: u32 = 0; orientation < 8; orientation++) {
    writeTurned(effectOf(orientation));
    writeCode(resultAt + 2 + orientation * 32);
  }
}

function writeTurned(effect: u32): void {
  for (let row: u32 = 0; row < 16; row++)
    for (let column: u32 = 0; column < 16; column++) {
      const value = load<f64>(frequenciesAt + ((row * 16 + column) << 3));
      const negated = (effect & 2 ? (row & 1) ^ 1 : 0) ^ (effect & 4 ? (column & 1) ^ 1 : 0);
      const at = effect & 1 ? column * 16 + row : row * 16 + column;
      store<f64>(turnedAt + (at << 3), negated ? -value : value);
    }
}

function writeCode(to: usize): void {
  memory.copy(orderedAt, turnedAt, 256 * 8);
  const median = ranked(127);
  memory.fill(to, 0, 32);
  for (let bit: usize = 0; bit < 256; bit++) {
    const at = to + 31 - (bit >> 3);
    if (load<f64>(turnedAt + (bit << 3)) > median) store<u8>(at, load<u8>(at) | <u8>(<u32>1 << <u32>(bit & 7)));
  }
}

/** The value that stands at a rank when the 256 are in order. Puts them only as far in order as that takes. */
function ranked(rank: i32): f64 {
  let low: i32 = 0;
  let high: i32 = 255;
  while (low < high) {
    const pivot = value((low + high) >> 1);
    let left = low;
    let right = high;
    while (left <= right) {
      while (value(left) < pivot) left++;
      while (value(right) > pivot) right--;
      if (left <= right) {
        const other = value(left);
        setValue(left++, value(right));
        setValue(right--, other);
      }
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return value(rank);
}

// @ts-ignore: decorator
@inline
function value(at: i32): f64 {
  return load<f64>(orderedAt + (<usize>at << 3));
}

// @ts-ignore: decorator
@inline
function setValue(at: i32, value: f64): void {
  store<f64>(orderedAt + (<usize>at << 3), value);
}

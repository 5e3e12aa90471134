import { stateBytes, statesAt } from "./md5-memory";
import { first, fourth, second, third, turn, word } from "./md5-steps";

/** As `blocksOfSixteen`, for the first four lanes: two thirds of the time, where no more have anything to do. */
export function blocksOfFour(count: u32): void {
  let a = v128.load(statesAt + 0 * stateBytes);
  let b = v128.load(statesAt + 1 * stateBytes);
  let c = v128.load(statesAt + 2 * stateBytes);
  let d = v128.load(statesAt + 3 * stateBytes);
  for (let offset: usize = 0; offset < <usize>count << 6; offset += 64) {
    turn(0, offset);
    const aBefore = a;
    const bBefore = b;
    const cBefore = c;
    const dBefore = d;
    for (let step: usize = 0, at: usize = 0; step < 256; step += 64, at += 64) {
      a = first(a, b, c, d, word(0, at, step), 7);
      d = first(d, a, b, c, word(0, at + 16, step + 16), 12);
      c = first(c, d, a, b, word(0, at + 32, step + 32), 17);
      b = first(b, c, d, a, word(0, at + 48, step + 48), 22);
    }
    for (let step: usize = 256, at: usize = 16; step < 512; step += 64, at += 320) {
      a = second(a, b, c, d, word(0, at, step), 5);
      d = second(d, a, b, c, word(0, at + 80, step + 16), 9);
      c = second(c, d, a, b, word(0, at + 160, step + 32), 14);
      b = second(b, c, d, a, word(0, at + 240, step + 48), 20);
    }
    for (let step: usize = 512, at: usize = 80; step < 768; step += 64, at += 192) {
      a = third(a, b, c, d, word(0, at, step), 4);
      d = third(d, a, b, c, word(0, at + 48, step + 16), 11);
      c = third(c, d, a, b, word(0, at + 96, step + 32), 16);
      b = third(b, c, d, a, word(0, at + 144, step + 48), 23);
    }
    for (let step: usize = 768, at: usize = 0; step < 1024; step += 64, at += 448) {
      a = fourth(a, b, c, d, word(0, at, step), 6);
      d = fourth(d, a, b, c, word(0, at + 112, step + 16), 10);
      c = fourth(c, d, a, b, word(0, at + 224, step + 32), 15);
      b = fourth(b, c, d, a, word(0, at + 336, step + 48), 21);
    }
    a = i32x4.add(a, aBefore);
    b = i32x4.add(b, bBefore);
    c = i32x4.add(c, cBefore);
    d = i32x4.add(d, dBefore);
  }
  v128.store(statesAt + 0 * stateBytes, a);
  v128.store(statesAt + 1 * stateBytes, b);
  v128.store(statesAt + 2 * stateBytes, c);
  v128.store(statesAt + 3 * stateBytes, d);
}

import { stateBytes, statesAt } from "./md5-memory";
import { first, fourth, second, third, turn, word } from "./md5-steps";

/** As `blocksOfSixteen`, for the first eight lanes: three quarters of the time, where no more have anything to do. */
// Its steps stand here again because the language has no way of writing them for a number of groups: what takes the groups in a loop puts them behind each other.
export function blocksOfEight(count: u32): void {
  let a0 = v128.load(statesAt + 0 * stateBytes);
  let b0 = v128.load(statesAt + 1 * stateBytes);
  let c0 = v128.load(statesAt + 2 * stateBytes);
  let d0 = v128.load(statesAt + 3 * stateBytes);
  let a1 = v128.load(statesAt + 0 * stateBytes + 16);
  let b1 = v128.load(statesAt + 1 * stateBytes + 16);
  let c1 = v128.load(statesAt + 2 * stateBytes + 16);
  let d1 = v128.load(statesAt + 3 * stateBytes + 16);
  for (let offset: usize = 0; offset < <usize>count << 6; offset += 64) {
    turn(0, offset);
    turn(1, offset);
    const aBefore0 = a0;
    const bBefore0 = b0;
    const cBefore0 = c0;
    const dBefore0 = d0;
    const aBefore1 = a1;
    const bBefore1 = b1;
    const cBefore1 = c1;
    const dBefore1 = d1;
    for (let step: usize = 0, at: usize = 0; step < 256; step += 64, at += 64) {
      a0 = first(a0, b0, c0, d0, word(0, at, step), 7);
      d0 = first(d0, a0, b0, c0, word(0, at + 16, step + 16), 12);
      c0 = first(c0, d0, a0, b0, word(0, at + 32, step + 32), 17);
      b0 = first(b0, c0, d0, a0, word(0, at + 48, step + 48), 22);
      a1 = first(a1, b1, c1, d1, word(1, at, step), 7);
      d1 = first(d1, a1, b1, c1, word(1, at + 16, step + 16), 12);
      c1 = first(c1, d1, a1, b1, word(1, at + 32, step + 32), 17);
      b1 = first(b1, c1, d1, a1, word(1, at + 48, step + 48), 22);
    }
    for (let step: usize = 256, at: usize = 16; step < 512; step += 64, at += 320) {
      a0 = second(a0, b0, c0, d0, word(0, at, step), 5);
      d0 = second(d0, a0, b0, c0, word(0, at + 80, step + 16), 9);
      c0 = second(c0, d0, a0, b0, word(0, at + 160, step + 32), 14);
      b0 = second(b0, c0, d0, a0, word(0, at + 240, step + 48), 20);
      a1 = second(a1, b1, c1, d1, word(1, at, step), 5);
      d1 = second(d1, a1, b1, c1, word(1, at + 80, step + 16), 9);
      c1 = second(c1, d1, a1, b1, word(1, at + 160, step + 32), 14);
      b1 = second(b1, c1, d1, a1, word(1, at + 240, step + 48), 20);
    }
    for (let step: usize = 512, at: usize = 80; step < 768; step += 64, at += 192) {
      a0 = third(a0, b0, c0, d0, word(0, at, step), 4);
      d0 = third(d0, a0, b0, c0, word(0, at + 48, step + 16), 11);
      c0 = third(c0, d0, a0, b0, word(0, at + 96, step + 32), 16);
      b0 = third(b0, c0, d0, a0, word(0, at + 144, step + 48), 23);
      a1 = third(a1, b1, c1, d1, word(1, at, step), 4);
      d1 = third(d1, a1, b1, c1, word(1, at + 48, step + 16), 11);
      c1 = third(c1, d1, a1, b1, word(1, at + 96, step + 32), 16);
      b1 = third(b1, c1, d1, a1, word(1, at + 144, step + 48), 23);
    }
    for (let step: usize = 768, at: usize = 0; step < 1024; step += 64, at += 448) {
      a0 = fourth(a0, b0, c0, d0, word(0, at, step), 6);
      d0 = fourth(d0, a0, b0, c0, word(0, at + 112, step + 16), 10);
      c0 = fourth(c0, d0, a0, b0, word(0, at + 224, step + 32), 15);
      b0 = fourth(b0, c0, d0, a0, word(0, at + 336, step + 48), 21);
      a1 = fourth(a1, b1, c1, d1, word(1, at, step), 6);
      d1 = fourth(d1, a1, b1, c1, word(1, at + 112, step + 16), 10);
      c1 = fourth(c1, d1, a1, b1, word(1, at + 224, step + 32), 15);
      b1 = fourth(b1, c1, d1, a1, word(1, at + 336, step + 48), 21);
    }
    a0 = i32x4.add(a0, aBefore0);
    b0 = i32x4.add(b0, bBefore0);
    c0 = i32x4.add(c0, cBefore0);
    d0 = i32x4.add(d0, dBefore0);
    a1 = i32x4.add(a1, aBefore1);
    b1 = i32x4.add(b1, bBefore1);
    c1 = i32x4.add(c1, cBefore1);
    d1 = i32x4.add(d1, dBefore1);
  }
  v128.store(statesAt + 0 * stateBytes, a0);
  v128.store(statesAt + 1 * stateBytes, b0);
  v128.store(statesAt + 2 * stateBytes, c0);
  v128.store(statesAt + 3 * stateBytes, d0);
  v128.store(statesAt + 0 * stateBytes + 16, a1);
  v128.store(statesAt + 1 * stateBytes + 16, b1);
  v128.store(statesAt + 2 * stateBytes + 16, c1);
  v128.store(statesAt + 3 * stateBytes + 16, d1);
}

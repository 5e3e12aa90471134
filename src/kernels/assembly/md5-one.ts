import { placesAt, stateBytes, statesAt } from "./md5-memory";
import { first, fourth, second, third, word } from "./md5-number-steps";

/** As `blocksOfSixteen`, for one lane: as fast as OpenSSL. */
export function blocksOfOne(count: u32, lane: u32): void {
  const laneStateAt = statesAt + (<usize>lane << 2);
  let a = load<u32>(laneStateAt);
  let b = load<u32>(laneStateAt + stateBytes);
  let c = load<u32>(laneStateAt + 2 * stateBytes);
  let d = load<u32>(laneStateAt + 3 * stateBytes);
  for (let place = load<usize>(placesAt + (<usize>lane << 2)), end = place + (<usize>count << 6); place < end; place += 64) {
    const aBefore = a;
    const bBefore = b;
    const cBefore = c;
    const dBefore = d;
    for (let step: usize = 0, at: usize = 0; step < 256; step += 64, at += 16) {
      a = first(a, b, c, d, word(place, at, step), 7);
      d = first(d, a, b, c, word(place, at + 4, step + 16), 12);
      c = first(c, d, a, b, word(place, at + 8, step + 32), 17);
      b = first(b, c, d, a, word(place, at + 12, step + 48), 22);
    }
    for (let step: usize = 256, at: usize = 4; step < 512; step += 64, at += 80) {
      a = second(a, b, c, d, word(place, at, step), 5);
      d = second(d, a, b, c, word(place, at + 20, step + 16), 9);
      c = second(c, d, a, b, word(place, at + 40, step + 32), 14);
      b = second(b, c, d, a, word(place, at + 60, step + 48), 20);
    }
    for (let step: usize = 512, at: usize = 20; step < 768; step += 64, at += 48) {
      a = third(a, b, c, d, word(place, at, step), 4);
      d = third(d, a, b, c, word(place, at + 12, step + 16), 11);
      c = third(c, d, a, b, word(place, at + 24, step + 32), 16);
      b = third(b, c, d, a, word(place, at + 36, step + 48), 23);
    }
    for (let step: usize = 768, at: usize = 0; step < 1024; step += 64, at += 112) {
      a = fourth(a, b, c, d, word(place, at, step), 6);
      d = fourth(d, a, b, c, word(place, at + 28, step + 16), 10);
      c = fourth(c, d, a, b, word(place, at + 56, step + 32), 15);
      b = fourth(b, c, d, a, word(place, at + 84, step + 48), 21);
    }
    a += aBefore;
    b += bBefore;
    c += cBefore;
    d += dBefore;
  }
  store<u32>(laneStateAt, a);
  store<u32>(laneStateAt + stateBytes, b);
  store<u32>(laneStateAt + 2 * stateBytes, c);
  store<u32>(laneStateAt + 3 * stateBytes, d);
}

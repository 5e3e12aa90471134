import fc from "fast-check";
import { expect, it } from "vitest";
import { pathBelow, pendingFolders } from "../../src/evidence/pending-folders.ts";

const name = fc.uint8Array({ minLength: 1, maxLength: 300 });
/** Takes so many folders off, lists the last of them, and finds these in it. */
const step = fc.record({ taken: fc.integer({ min: 1, max: 4 }), found: fc.array(name, { maxLength: 30 }) });

it("pending folders come back whole, the one found last first, as from a plain stack", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const packed = pendingFolders();
      const plain: Buffer[] = [];
      let parent: Uint8Array = new Uint8Array();
      for (const { taken, found } of steps) {
        for (const name of found) {
          packed.push(parent, name);
          plain.push(pathBelow(parent, name));
        }
        for (let nth = 0; nth < taken; nth++) {
          const expected = plain.pop();
          const path = packed.pop();
          expect(path).toEqual(expected);
          parent = path ?? new Uint8Array();
        }
      }
      for (let expected = plain.pop(); expected !== undefined; expected = plain.pop()) expect(packed.pop()).toEqual(expected);
      expect(packed.pop()).toBeUndefined();
    }),
  );
});

it("pending folders share the path of their parent: 100,000 of them below a path of 60 KB fit into a small memory", () => {
  const packed = pendingFolders();
  const parent = new Uint8Array(60_000).fill(0x61);
  const before = process.memoryUsage().arrayBuffers;
  for (let nth = 0; nth < 100_000; nth++) packed.push(parent, Buffer.from(`folder ${nth}`));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  expect(Buffer.from(packed.pop()!).toString().slice(-13)).toBe("/folder 99999");
});

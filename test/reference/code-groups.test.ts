import fc from "fast-check";
import { expect, it } from "vitest";
import { codeGroups } from "../../src/reference/code-groups.ts";
import { nearIndex } from "../../src/reference/near-index.ts";
import { shardsOver } from "../kernels/near-shards-over.ts";
import { crowdedDigest, digestFor } from "./synthetic-list.ts";

it("codes by equality are those that a plain Map finds, over several shards", () => {
  const code = fc.oneof(crowdedDigest("pdq"), fc.integer({ min: 0, max: 5 }).map((seed) => digestFor("pdq", seed)));
  fc.assert(
    fc.property(fc.array(code, { minLength: 1, maxLength: 60 }), fc.array(code, { maxLength: 10 }), fc.integer({ min: 1, max: 70 }), (codes, others, shardCodes) => {
      const expected = new Map<string, number[]>();
      for (const [at, one] of codes.entries()) expected.set(one.join(), [...(expected.get(one.join()) ?? []), 3 * at]);
      const groups = codeGroups(nearIndex(shardsOver(codes, { shardCodes }).shards, Uint32Array.from(codes, (_, at) => 3 * at), 1));
      for (const sought of [...codes, ...others]) expect(groups.find(sought)).toEqual(expected.get(sought.join()) ?? []);
      expect([...groups.all()].map(String).sort()).toEqual([...expected.values()].map(String).sort());
    }),
  );
});

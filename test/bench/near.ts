import type { Bench, Target } from "./bench.ts";
import { measureNearIndex } from "./near-index.ts";
import { measurePdq } from "./near-pdq.ts";

/** To add a part: a file here, a line below. */
const parts: readonly ((print: (line: string) => void) => Promise<readonly Target[]>)[] = [measureNearIndex, measurePdq];

/** Everything on the way from a picture to a near match. */
export const near: Bench = {
  name: "near",
  async run(print) {
    const targets: Target[] = [];
    for (const measure of parts) targets.push(...(await measure(print)));
    return targets;
  },
};

import { beginSegment } from "../../src/reference/segment-folder.ts";
import { changeCatalog } from "../../src/reference/change-catalog.ts";
import { digestFor, key, referenceWith } from "./synthetic-list.ts";

// Holds still after so many rows (after sorting when these are all), for its parent to kill it there.
const [, , home = "", rows = "", stopAt = ""] = process.argv;

await changeCatalog(home, key, 60_000, async () => {
  const building = beginSegment(home, key, { bucketBytes: 400, sortedBytes: 4000 });
  for (let seed = 0; seed < Number(stopAt); seed++) building.add(referenceWith({ md5: digestFor("md5", seed), sha1: digestFor("sha1", seed), pdq: digestFor("pdq", seed) }, { recordId: `SYN-${seed}`, category: "1" }));
  if (stopAt === rows) building.settle();
  process.send?.("stopped");
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});

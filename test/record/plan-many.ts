import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { entry, opening } from "./sample-case.ts";
import type { Entry } from "../../src/model.ts";

// Run as a process of its own, with a small heap: FOLDER COUNT. The entries exist one at a time only.
const [folder = "", count = "0"] = process.argv.slice(2);

function* walk(): Generator<Entry> {
  for (let nth = 0; nth < Number(count); nth++) {
    const scattered = (nth * 7919) % Number(count);
    yield entry(`a folder of some length/another ${scattered % 97}/${"name ".repeat(20)}${scattered}`, { inode: BigInt(scattered), modifiedNs: BigInt(scattered) * 1_000_003n });
  }
}

const before = process.memoryUsage().rss;
const { writer } = createOrResumeRecord(folder, opening());
writer.writePlan(walk(), () => 1);
writer.release();
process.stdout.write(JSON.stringify({ grownMegabytes: Math.round((process.resourceUsage().maxRSS * 1024 - before) / 1e6) }));

import { closeSync, mkdirSync, openSync } from "node:fs";
import type * as Directory from "../../src/evidence/directory.ts";
import type * as Triage from "../../src/evidence/triage.ts";
import type * as OpenRecord from "../../src/record/open-record.ts";
import { timed } from "./bench.ts";
import { benchOpening } from "./record-rows.ts";

type Figures = Readonly<Record<string, number>>;

/** What is measured is what is shipped: the compiled modules. */
async function built(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}

const { directorySource } = (await built("evidence/directory")) as typeof Directory;
const { triageClass } = (await built("evidence/triage")) as typeof Triage;

const asInScan: Directory.DirectoryOptions = { alternate: null, largestFileBytes: null, mayEnter: true };

const phases: Readonly<Record<string, (root: string, count: number, folder: string) => Promise<Figures>>> = {
  /** So many empty files, 200 in a folder, 50 folders in one. */
  async fill(root, count) {
    for (let number = 0; number < count; number++) {
      const folder = `${root}/part ${Math.floor(number / 10_000)}/folder ${Math.floor(number / 200) % 50}`;
      if (number % 200 === 0) mkdirSync(folder, { recursive: true });
      closeSync(openSync(`${folder}/IMG_${number}.jpg`, "wx"));
    }
    return {};
  },

  /** Listing and the status of each name: a first time from the disk, then from the caches. */
  async walk(root, count) {
    const walked = async (): Promise<Figures> => {
      const { result, cpuSeconds, wallSeconds } = await timed(() => {
        let entries = 0;
        for (const { kind } of directorySource(root, asInScan).entries()) entries += kind === "file" ? 1 : 0;
        return entries;
      });
      if (result !== count) throw new Error(`bench: found ${result} entries, expected ${count}`);
      return { cpuSeconds, wallSeconds };
    };
    const first = await walked();
    const again = await walked();
    return { firstCpuSeconds: first["cpuSeconds"]!, firstWallSeconds: first["wallSeconds"]!, ...again };
  },

  /** The class of each entry, the entries themselves not counted. */
  async classes(root, count) {
    const entries = [...directorySource(root).entries()].slice(0, Math.min(count, 100_000));
    const classed = await timed(() => entries.reduce((sum, { path, sizeBytes, kind }) => sum + triageClass(path, sizeBytes, kind), 0));
    return { cpuSeconds: (classed.cpuSeconds * count) / entries.length };
  },

  /** Walk and plan together, as a scan does it. */
  async plan(root, _count, folder) {
    const { createOrResumeRecord } = (await built("record/open-record")) as typeof OpenRecord;
    const { writer } = createOrResumeRecord(folder, benchOpening());
    const source = directorySource(root, asInScan);
    const { cpuSeconds, wallSeconds } = await timed(() => writer.writePlan(source.entries(), source.foldersListed, { within: "path", classOf: ({ path, sizeBytes, kind }) => triageClass(path, sizeBytes, kind) }));
    writer.release();
    return { cpuSeconds, wallSeconds };
  },
};

const [, , phase = "", root = "", count = "0", folder = ""] = process.argv;
const figures = await phases[phase]!(root, Number(count), folder);
process.stdout.write(JSON.stringify({ ...figures, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));

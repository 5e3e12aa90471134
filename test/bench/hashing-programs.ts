import Sqlite from "better-sqlite3";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program } from "../support/blindmatch.ts";
import { costOf, type ProcessCost } from "./process-cost.ts";

/** Digests by path below the evidence: MD5, SHA-1 and SHA-256, hexadecimal, a space between them. */
export type DigestsByPath = ReadonlyMap<string, string>;

/** One way to have the three digests of every file below a folder. Shape: `costs` adds up what its runs cost; `digests` reads what the last run said. */
export interface Hashing {
  readonly name: string;
  costs(): Promise<ProcessCost>;
  digests(): DigestsByPath;
}

const allDigests = "md5,sha1,sha256";

/** The programs that are compared with; each finds out how many processors there are by itself, but hashdeep, which is given two threads. */
export function peers(evidence: string, scratch: string): readonly Hashing[] {
  const below = evidence.length + 1;
  const linesOf = (path: string): readonly string[] => readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  const ofOne = (name: string): string => join(scratch, `${name}.txt`);
  const singles = ["md5deep", "sha1deep", "sha256deep"];
  return [
    {
      name: "hashdeep -j2",
      costs: () => costInto(ofOne("hashdeep"), "hashdeep", "-j2", "-c", allDigests, "-r", evidence),
      digests: () =>
        new Map(
          linesOf(ofOne("hashdeep")).filter((line) => !/^[%#]/.test(line)).map((line) => {
            const [, md5, sha1, sha256, ...path] = line.split(",");
            return [path.join(",").slice(below), `${md5} ${sha1} ${sha256}`];
          }),
        ),
    },
    {
      name: "rhash",
      costs: () => costInto(ofOne("rhash"), "rhash", "-r", "--md5", "--sha1", "--sha256", "--printf", "%{md5} %{sha1} %{sha-256} %p\\n", evidence),
      digests: () => new Map(linesOf(ofOne("rhash")).map((line) => [line.slice(32 + 40 + 64 + 3 + below), line.slice(0, 32 + 40 + 64 + 2)])),
    },
    {
      name: "md5deep + sha1deep + sha256deep",
      async costs() {
        const all: ProcessCost[] = [];
        for (const name of singles) all.push(await costInto(ofOne(name), name, "-r", evidence));
        const sum = (of: keyof ProcessCost): number => all.reduce((total, one) => total + one[of], 0);
        return { cpuSeconds: sum("cpuSeconds"), wallSeconds: sum("wallSeconds"), peakBytes: 0 };
      },
      digests() {
        const byPath = new Map<string, string[]>();
        for (const name of singles)
          for (const line of linesOf(ofOne(name))) {
            const cut = line.indexOf("  ");
            const path = line.slice(cut + 2 + below);
            byPath.set(path, [...(byPath.get(path) ?? []), line.slice(0, cut)]);
          }
        return new Map([...byPath].map(([path, digests]) => [path, digests.join(" ")]));
      },
    },
  ];
}

/** The whole program: walk, plan, digests, matching, record and reports. Shape: each run is of a case of its own; `readingSeconds` of the last one: from the plan to the last row. */
export interface Scanning extends Hashing {
  readonly readingSeconds: () => number;
}

/** Each run must find `matched` files on the list, or there are no figures. */
export function scanning(evidence: string, scratch: string, home: string, { readers, matched, memory = false }: { readonly readers: number; readonly matched: number; readonly memory?: boolean }): Scanning {
  const folder = join(scratch, "case");
  let readingSeconds = 0;
  return {
    name: `blindmatch scan, ${readers} reader${readers === 1 ? "" : "s"}`,
    async costs() {
      rmSync(folder, { recursive: true, force: true });
      let plannedMs = 0;
      let said = "";
      const events = (text: string): void => {
        said += text;
        if (text.includes('"event":"planned"')) plannedMs = performance.now();
        if (text.includes('"event":"stages"')) readingSeconds = (performance.now() - plannedMs) / 1000;
      };
      const words = ["--case-number", "C", "--exhibit", "E", "--examiner", "X", "--allow-writable", "bench", "--json"];
      const cost = await costOf([process.execPath, program, "scan", evidence, "--case", folder, "--home", home, "--digests", allDigests, "--readers", String(readers), ...words], { statuses: [matched > 0 ? 1 : 0], output: events, memory });
      const finished = JSON.parse(said.trim().split("\n").at(-1)!) as { readonly matched: { readonly exact: number } };
      if (finished.matched.exact !== matched) throw new Error(`bench: found ${finished.matched.exact} files on the list, expected ${matched}`);
      return cost;
    },
    digests() {
      const record = new Sqlite(join(folder, "record.sqlite"), { readonly: true });
      try {
        const rows = record.prepare<[], { path: Buffer; md5: Buffer; sha1: Buffer; sha256: Buffer }>("SELECT path, md5, sha1, sha256 FROM plan JOIN examined ON entry = no WHERE outcome = 'examined'").all();
        return new Map(rows.map(({ path, md5, sha1, sha256 }) => [path.toString(), [md5, sha1, sha256].map((digest) => digest.toString("hex")).join(" ")]));
      } finally {
        record.close();
      }
    },
    readingSeconds: () => readingSeconds,
  };
}

async function costInto(path: string, ...command: readonly string[]): Promise<ProcessCost> {
  const output = openSync(path, "w");
  try {
    return await costOf(command, { statuses: [0], output });
  } finally {
    closeSync(output);
  }
}

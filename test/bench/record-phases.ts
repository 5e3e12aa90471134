import Database from "better-sqlite3";
import { hash } from "node:crypto";
import { join } from "node:path";
import type * as Canonical from "../../src/record/canonical.ts";
import type * as OpenRecord from "../../src/record/open-record.ts";
import type * as ResultRows from "../../src/record/result-rows.ts";
import type * as Schema from "../../src/record/schema.ts";
import type * as VerifyRecord from "../../src/record/verify-record.ts";
import { timed } from "./bench.ts";
import { benchEntries, benchOpening, benchResult } from "./record-rows.ts";

type Figures = Readonly<Record<string, number>>;

const batchRows = 512;

/** What is measured is what is shipped: the compiled modules. */
async function built(name: string): Promise<unknown> {
  return import(new URL(`../../dist/record/${name}.js`, import.meta.url).href);
}

const phases: Readonly<Record<string, (folder: string, rows: number) => Promise<Figures>>> = {
  /** The plan, then results in the batches of a scan; making them up is not counted. */
  async append(folder, rows) {
    const { createOrResumeRecord } = (await built("open-record")) as typeof OpenRecord;
    const { writer } = createOrResumeRecord(folder, benchOpening());
    const plan = await timed(() => writer.writePlan(benchEntries(rows), () => 1));
    let [cpuSeconds, wallSeconds] = [0, 0];
    for (const batch of writer.batches()) {
      const results = batch.map(({ no }) => benchResult(no));
      const appended = await timed(() => writer.append(results));
      cpuSeconds += appended.cpuSeconds;
      wallSeconds += appended.wallSeconds;
    }
    writer.finish(1);
    return { planCpuSeconds: plan.cpuSeconds, cpuSeconds, wallSeconds };
  },

  /** The least that the same rows cost: inserted one by one into a table without any rule, and the digest of their canonical bytes. */
  async least(folder, rows) {
    const { resultRowsOf } = (await built("result-rows")) as typeof ResultRows;
    const { canonicalBytes } = (await built("canonical")) as typeof Canonical;
    const { examinedColumns, insertInto } = (await built("schema")) as typeof Schema;
    const database = new Database(join(folder, "least.sqlite"));
    for (const setting of ["journal_mode = WAL", "synchronous = EXTRA", "cache_size = -65536", "foreign_keys = ON", "temp_store = MEMORY", "recursive_triggers = ON"]) database.pragma(setting);
    database.exec(`CREATE TABLE examined (${examinedColumns.map((name, at) => (at === 0 ? `${name} INTEGER PRIMARY KEY` : name)).join(", ")})`);
    const insert = database.prepare(insertInto("examined", examinedColumns));
    let [insertCpuSeconds, digestCpuSeconds] = [0, 0];
    for (let first = 0; first < rows; first += batchRows) {
      const examined = Array.from({ length: Math.min(batchRows, rows - first) }, (_, at) => resultRowsOf(benchResult(first + at), benchOpening()).examined);
      const inserted = await timed(() => database.transaction(() => examined.forEach((row) => insert.run(row))).immediate());
      const bytes = examined.map((row) => canonicalBytes(row));
      const hashed = await timed(() => bytes.forEach((row) => hash("sha256", row, "buffer")));
      insertCpuSeconds += inserted.cpuSeconds;
      digestCpuSeconds += hashed.cpuSeconds;
    }
    database.close();
    return { insertCpuSeconds, digestCpuSeconds };
  },

  async verify(folder) {
    const { verifyRecord } = (await built("verify-record")) as typeof VerifyRecord;
    const { result, cpuSeconds, wallSeconds } = await timed(() => verifyRecord(folder));
    if (result.length > 0) throw new Error(`bench: found ${result.length} discrepancies in a new record, expected none`);
    return { cpuSeconds, wallSeconds };
  },
};

const [, , phase = "", folder = "", rows = "0"] = process.argv;
const figures = await phases[phase]!(folder, Number(rows));
process.stdout.write(JSON.stringify({ ...figures, maxRssBytes: process.resourceUsage().maxRSS * 1024 }));

import { createHash } from "node:crypto";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import StreamJson from "stream-json";
import Pick from "stream-json/filters/Pick.js";
import StreamArray from "stream-json/streamers/StreamArray.js";
import { scaleText } from "../../src/lists/scales.ts";
import { timed } from "./bench.ts";
import { builtCatalogDatabase, builtCatalogRows, builtImportList, builtOpenImportedList } from "./built.ts";
import { streamedDocument, streamedReading } from "./list-source.ts";
import { recordDigests } from "./vics-records.ts";

/** Figures of one phase, which ran in a process of its own. */
export type Figures = Readonly<Record<string, number>>;

const key = Uint8Array.from({ length: 32 }, (_, at) => 3 * at + 5);
const scale = { scale: "bench", version: "1", source: "made for benches", entries: [] };
const probes = 1_000_000;

const phases: Readonly<Record<string, (home: string, records: number, seed: number) => Promise<Figures>>> = {
  async parse(_, records, seed) {
    const reading = await streamedReading(records, seed);
    let rows = 0;
    const { cpuSeconds, wallSeconds } = await timed(async () => {
      for await (const run of reading.references()) rows += run.length;
    });
    requireEqual(rows, records);
    return { cpuSeconds, wallSeconds };
  },

  async import(home, records, seed) {
    const { importList } = await builtImportList();
    const reading = await streamedReading(records, seed);
    const options = { key, agency: "bench", name: "list", version: "1", kind: "notable", scale, scaleSha256: createHash("sha256").update(scaleText(scale), "utf8").digest("hex"), unsignedReason: "synthetic", importedAt: "2026-01-01T00:00:00+00:00" } as const;
    const { result, cpuSeconds, wallSeconds } = await timed(() => importList(home, reading, options));
    requireEqual(result.description.counts.rowsLoaded, records);
    return { cpuSeconds, wallSeconds };
  },

  async "look-up"(home, records, seed) {
    const [{ openCatalogDatabase }, { catalogRows }, { openImportedList }] = await Promise.all([builtCatalogDatabase(), builtCatalogRows(), builtOpenImportedList()]);
    const database = openCatalogDatabase(home)!;
    const [row] = catalogRows(database, home);
    database.close();
    const before = process.memoryUsage.rss();
    const { result: segment, cpuSeconds, wallSeconds } = await timed(() => openImportedList(home, row!, key));
    const heldBytes = process.memoryUsage.rss() - before;
    const [md5, sha1] = [segment.exact.get("md5")!, segment.exact.get("sha1")!];
    const figures: Record<string, number> = { openCpuSeconds: cpuSeconds, openWallSeconds: wallSeconds, heldBytes };
    for (const [name, index, from, to] of [["md5", md5, 0, 16], ["sha1", sha1, 16, 36]] as const)
      for (const isHit of [true, false]) {
        const sought = probesOf(records, isHit ? seed : seed + 1, from, to);
        const found = new Int32Array(probes).fill(-1);
        for (let probe = 0; probe < 20_000; probe++) index.find(sought[probe]!);
        const { cpuSeconds: seconds } = await timed(() => {
          for (let probe = 0; probe < probes; probe++) found[probe] = index.find(sought[probe]!)[0] ?? -1;
        });
        figures[`${name}${isHit ? "Hit" : "Miss"}Us`] = (seconds / probes) * 1e6;
        checkFound(found, records, isHit);
      }
    return figures;
  },

  /** Keys alone, sorted beforehand: what a database is best at. */
  async sqlite(home, records, seed) {
    const path = join(home, "sqlite.database");
    const database = new Database(path);
    for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "cache_size = -524288", "page_size = 8192"]) database.pragma(pragma);
    database.exec("CREATE TABLE md5 (digest BLOB PRIMARY KEY, reference INTEGER NOT NULL) WITHOUT ROWID");
    const insert = database.prepare("INSERT INTO md5 VALUES (?, ?)");
    const sorted = sortedDigests(records, seed);
    const { cpuSeconds: insertCpuSeconds } = await timed(() => {
      database.transaction(() => {
        for (const { digest, reference } of sorted()) insert.run(digest, reference);
      })();
    });
    const find = database.prepare<[Uint8Array], number>("SELECT reference FROM md5 WHERE digest = ?").pluck();
    const figures: Record<string, number> = { insertCpuSeconds };
    for (const isHit of [true, false]) {
      const sought = probesOf(records, isHit ? seed : seed + 1, 0, 16);
      const found = new Int32Array(probes).fill(-1);
      const { cpuSeconds } = await timed(() => {
        for (let probe = 0; probe < probes; probe++) found[probe] = find.get(sought[probe]!) ?? -1;
      });
      figures[isHit ? "hitUs" : "missUs"] = (cpuSeconds / probes) * 1e6;
      checkFound(found, records, isHit);
    }
    database.close();
    return figures;
  },

  /** What a short script would do: a general parser of JSON streams, and rows into a table. */
  async "stream-json"(home, records, seed) {
    const database = new Database(join(home, "stream-json.database"));
    for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "cache_size = -524288"]) database.pragma(pragma);
    database.exec("CREATE TABLE media (id INTEGER PRIMARY KEY, md5 BLOB, sha1 BLOB, category INTEGER, size INTEGER)");
    const insert = database.prepare("INSERT INTO media VALUES (?, ?, ?, ?, ?)");
    const { cpuSeconds, wallSeconds } = await timed(async () => {
      database.exec("BEGIN");
      const elements = Readable.from(streamedDocument(records, seed)).pipe(StreamJson.parser()).pipe(Pick.pick({ filter: "value" })).pipe(StreamArray.streamArray());
      for await (const { value } of elements as AsyncIterable<{ value: { MediaID: number; MD5: string; SHA1: string; Category: number; MediaSize: number } }>)
        insert.run(value.MediaID, Buffer.from(value.MD5, "hex"), Buffer.from(value.SHA1, "hex"), value.Category, value.MediaSize);
      database.exec("COMMIT; CREATE INDEX byMd5 ON media (md5); CREATE INDEX bySha1 ON media (sha1)");
    });
    requireEqual(database.prepare("SELECT count(*) FROM media").pluck().get() as number, records);
    const digests = recordDigests(seed);
    const find = database.prepare<[Uint8Array], number>("SELECT id FROM media WHERE md5 = ?").pluck();
    for (let record = 0; record < records; record += Math.ceil(records / 1000)) requireEqual(find.get(digests(record).slice(0, 16))! - 4_000_000_000, record);
    database.close();
    return { cpuSeconds, wallSeconds };
  },
};

/** Record that a probe is made from: spread over the whole list. */
function recordOf(probe: number, records: number): number {
  return (probe * 7_919_017) % records;
}

function probesOf(records: number, seed: number, from: number, to: number): Uint8Array[] {
  const digests = recordDigests(seed);
  return Array.from({ length: probes }, (_, probe) => digests(recordOf(probe, records)).slice(from, to));
}

function checkFound(found: Int32Array, records: number, isHit: boolean): void {
  for (let probe = 0; probe < probes; probe++) requireEqual(found[probe]!, isHit ? recordOf(probe, records) : -1);
}

/** MD5s and their records in the order of the bytes. */
function sortedDigests(records: number, seed: number): () => Generator<{ readonly digest: Uint8Array; readonly reference: number }> {
  const digests = recordDigests(seed);
  const all = new Uint8Array(16 * records);
  const prefixes = new Float64Array(records);
  for (let record = 0; record < records; record++) {
    const digest = digests(record);
    all.set(digest.subarray(0, 16), 16 * record);
    // 26 bits of the digest and 27 of the record fit into one sortable number.
    prefixes[record] = ((digest[0]! << 18) | (digest[1]! << 10) | (digest[2]! << 2) | (digest[3]! >>> 6)) * 2 ** 27 + record;
  }
  prefixes.sort();
  return function* () {
    for (let from = 0; from < records; ) {
      let to = from;
      const prefix = Math.floor(prefixes[from]! / 2 ** 27);
      const run: number[] = [];
      for (; to < records && Math.floor(prefixes[to]! / 2 ** 27) === prefix; to++) run.push(prefixes[to]! % 2 ** 27);
      const digestOf = (record: number): Uint8Array => all.subarray(16 * record, 16 * record + 16);
      for (const record of run.sort((left, right) => Buffer.compare(digestOf(left), digestOf(right)))) yield { digest: digestOf(record), reference: record };
      from = to;
    }
  };
}

function requireEqual(found: number, expected: number): void {
  if (found !== expected) throw new Error(`bench: found ${found}, expected ${expected}: results differ, figures would mean nothing`);
}

const [, , phase = "", home = "", records = "", seed = ""] = process.argv;
const begun = performance.now();
const figures = await phases[phase]!(home, Number(records), Number(seed));
process.stdout.write(JSON.stringify({ ...figures, maxRssBytes: process.resourceUsage().maxRSS * 1024, processWallSeconds: (performance.now() - begun) / 1000 }));

import { describe, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import type { ReadOptions } from "../../src/lists/format.ts";
import { formats } from "../../src/lists/formats.ts";

const mebibyte = 2 ** 20;
const chunkBytes = mebibyte / 4;
const tenGigabytes = 10 * 2 ** 30;
// Streams that are drawn whole, for nothing in them is wrong before their end.
const wholeBytes = process.env["LONG"] === "1" ? tenGigabytes : 64 * mebibyte;
const hex = (digits: number): string => "0123456789abcdef".repeat(8).slice(0, digits);

interface Endless {
  readonly begins: string | Buffer;
  /** What follows without an end; "a" when absent. */
  readonly filler?: string;
  readonly options?: ReadOptions;
  readonly file?: string;
  /** True when nothing is wrong before the end. */
  readonly whole?: true;
  /** What a database without a stated size may take, which is held in memory up to 512 MiB. */
  readonly mostBytes?: number;
}

function encase(records: number): Buffer {
  const header = Buffer.alloc(1152);
  header.write("HASH\r\n\u00ff\0", "latin1");
  header.writeUInt32LE(records, 16);
  return header;
}
function database(pages: number): Buffer {
  const header = Buffer.alloc(4096);
  header.write("SQLite format 3\0", "latin1");
  header.writeUInt16BE(4096, 16);
  header.writeUInt32BE(pages, 28);
  header.writeUInt32BE(pages === 0 ? 1 : 0, 92);
  return header;
}
const ncmec = '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2"';
const rds2 = '"SHA-1","FileName","ProductCode","OpSystemCode"\n';
const pdq: ReadOptions = { algorithm: "pdq" };
const databases: readonly Endless[] = [{ begins: "SQLite format 3\0" }, { begins: database(10 * 2 ** 18) }, { begins: database(0), mostBytes: 520 * mebibyte }];

const table: Readonly<Record<string, readonly Endless[]>> = {
  vics: [
    ...['{"@odata.context":"', '{"', '{"value":[{"MD5":"', '{"value":[{"CaseID":"a","x":"', '{"value":[{"Media":[{"MD5":"', '{"Media":[{"MD5":"'].map((begins) => ({ begins })),
    { begins: '{"Media":', filler: "[" },
    { begins: '{"value":[', filler: " ", whole: true },
  ],
  "own-csv": [{ begins: "md5,note\n" }, { begins: 'md5,note\n"' }, { begins: "md5,note\n", filler: "," }],
  plain: [{ begins: "" }, { begins: `${hex(32)}\n#` }, { begins: "", filler: "\n", whole: true }],
  sums: [{ begins: `${hex(32)}  ` }, { begins: "MD5 (" }],
  md5deep: [{ begins: `${hex(32)},` }, { begins: "12  " }],
  hashdeep: [{ begins: "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n1," }, { begins: "%%%% HASHDEEP-1.0\n%%%% " }],
  "icse-csv": [{ begins: "MD5;SHA1;Image ID;Baseline\n" }, { begins: 'MD5;SHA1;Image ID;Baseline\n"' }],
  "ncmec-xml": ["<queryResult>", `${ncmec}><images><image><id>`, `${ncmec}><images><image><x>`, `${ncmec} a="`, "<!--", "<!DOCTYPE a [", "<a", "<?a "].map((begins) => ({ begins })),
  "nsrl-rds2": [{ begins: rds2 }, { begins: `${rds2}"` }],
  "nsrl-rds3": [{ begins: "x" }, ...databases],
  hashkeeper: [{ begins: "file_id,hashset_id,hash\n" }, { begins: 'file_id,hashset_id,hash\n1,2,"' }],
  "encase-hash": [{ begins: encase(1) }, { begins: encase(2 ** 32 - 1), whole: true }],
  "autopsy-kdb": databases,
  "tsk-index": [{ begins: `${"0".repeat(41)}|md5sum\n` }, { begins: `${"0".repeat(41)}|md5sum\n${"0".repeat(40)}1|` }],
  ilook: [{ begins: "V3Hash,HashSHA1,FileName,FilePath,FileSize\n" }],
  "threatexchange-csv": [{ begins: `${hex(32)},1,2026-01-02T03:04:05+0000,`, file: "simple.HASH_MD5.te" }, { begins: "", options: { algorithm: "md5" } }],
  "threatexchange-lines": [{ begins: "pdq " }, { begins: 'vpdq ["' }],
  "pdq-lines": [{ begins: `${hex(64)},90,`, options: pdq }, { begins: "hash=", options: pdq }],
  vpdq: [{ begins: '["' }, { begins: '{"0":{"hash":"' }, { begins: '{"' }, { begins: "0,90," }],
  "misp-csv": [{ begins: "uuid,type,value\n" }, { begins: 'uuid,type,value\n"' }],
  "misp-json": [{ begins: '{"Event":{"Attribute":[{"value":"' }, { begins: '{"Event":{"info":"' }, { begins: '{"' }, { begins: "", filler: "[" }],
  stix: [{ begins: '{"type":"bundle","objects":[{"pattern":"' }, { begins: '{"type":"' }, { begins: '{"objects":[{"x":', filler: "[" }],
  stopncii: [{ begins: '{"hashRecords":[{"hashValue":"' }, { begins: '{"nextPageToken":"' }],
};

it("every format has its endless lines", () => {
  expect(Object.keys(table).sort()).toEqual(formats.map(({ name }) => name).sort());
});

describe.each(formats)("ten gigabytes without an end in $name", (format) => {
  it.each(table[format.name]!.map((endless) => [JSON.stringify(endless.begins.toString("latin1").slice(0, 60)), endless] as const))("after %s are refused with their place, in bounded memory", { timeout: 3_600_000 }, async (_, endless) => {
    const { begins, filler = "a", options = {}, file: name = "list", whole = false, mostBytes = 4 * mebibyte } = endless;
    const chunk = Buffer.alloc(chunkBytes, filler);
    const head = Buffer.concat([typeof begins === "string" ? Buffer.from(begins) : begins, chunk.subarray(0, 65536)]);
    const leastBytes = process.memoryUsage().rss;
    let drawnBytes = 0;
    let residentBytes = leastBytes;
    let rows = 0;
    const file = {
      name,
      head: head.subarray(0, 65536),
      async *bytes() {
        yield head;
        for (drawnBytes = head.length; drawnBytes < (whole ? wholeBytes : tenGigabytes); drawnBytes += chunk.length) {
          yield chunk;
          residentBytes = Math.max(residentBytes, process.memoryUsage.rss());
        }
      },
    };
    const reading = (async () => {
      for await (const run of format.read(file, options)) rows += run.length;
    })();
    const thrown: unknown = await reading.then(() => "read", (error: unknown) => error);
    // Empty lines are no fault of a list; that it has no rows is told by whoever counts them.
    if (format.name === "plain" && whole) expect([thrown, rows]).toEqual(["read", 0]);
    else {
      expect(thrown).toBeInstanceOf(Failure);
      expect((thrown as Failure).code).toBe("list-refused");
      expect((thrown as Failure).message).toMatch(new RegExp(`^${name}:\\d+: `));
    }
    if (!whole) expect([drawnBytes < mostBytes, rows < 2]).toEqual([true, true]);
    expect(residentBytes - leastBytes).toBeLessThan((whole ? 256 : 96) * mebibyte + (mostBytes > 4 * mebibyte ? mostBytes : 0));
  });
});

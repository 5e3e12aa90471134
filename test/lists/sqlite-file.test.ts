import { mkdtempSync, openSync, closeSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, truncateSync, utimesSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { autopsyKdb } from "../../src/lists/autopsy-kdb.ts";
import { builtInScales } from "../../src/lists/built-in-scales.ts";
import { type ListReading, openList } from "../../src/lists/read-list.ts";
import { mostBytesInMemory, sqliteRuns } from "../../src/lists/sqlite-file.ts";
import { drawSigningKey, signatureText } from "./signing.ts";

const scale = builtInScales[0]!;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sqlite-file-"));
  return () => rmSync(folder, { recursive: true });
});

function autopsyList(rows: number, id = "INTEGER PRIMARY KEY", fill = 1): string {
  const path = join(folder, "list.kdb");
  const made = new Sqlite(path);
  made.exec(`CREATE TABLE hashes (id ${id}, md5 BLOB, sha1 BLOB, sha2_256 BLOB)`);
  const insert = made.prepare("INSERT INTO hashes VALUES (?, ?, ?, NULL)");
  made.transaction(() => {
    for (let no = 0; no < rows; no++) insert.run(no * 7919 % rows, Buffer.alloc(16, `${fill}-${no}`), Buffer.alloc(20, `${fill}-${no}`));
  })();
  made.close();
  return path;
}

/** As somebody would who does not want it noticed: in place, with the times set back. */
function overwrite(path: string, content: Uint8Array, at = 0): void {
  const { atime, mtime } = statSync(path);
  const descriptor = openSync(path, "r+");
  writeSync(descriptor, content, 0, content.length, at);
  closeSync(descriptor);
  utimesSync(path, atime, mtime);
}

async function drained(list: ListReading, afterFirst: () => void) {
  let runs = 0;
  for await (const run of list.references()) if (run.length > 0 && runs++ === 0) afterFirst();
  expect(runs).toBeGreaterThan(1);
  return list.finish();
}

describe("a database that is altered, and restored with its times while it is read", () => {
  it("does not pass its signature with the altered rows", async () => {
    const path = autopsyList(3000);
    const original = readFileSync(path);
    const key = drawSigningKey("sqlite");
    const signature = { signatureText: signatureText(key, original, "the original"), publicKeys: [key.publicText] };
    const altered = Buffer.from(original);
    // After the head, which is read at once.
    altered[altered.indexOf("1-2", 70_000) + 2]! ^= 1;
    // Whole seconds, which utimes can restore.
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    overwrite(path, altered);
    const list = await openList(path, { scale, signature });
    await expect(drained(list, () => overwrite(path, original))).rejects.toMatchObject({ code: "list-refused" });
  });

  it("is refused above 512 MiB, where it is read from the disk", async () => {
    const path = autopsyList(3000);
    truncateSync(path, mostBytesInMemory + 4096);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const original = readFileSync(path).subarray(0, 200_000);
    const last = original.indexOf(Buffer.alloc(16, "1-2999"));
    const list = await openList(path, { scale });
    await expect(
      drained(list, () => {
        overwrite(path, Buffer.from("x"), last);
        overwrite(path, original.subarray(last, last + 1), last);
      }),
    ).rejects.toThrow(/found it changed while it was read/);
  }, 60_000);

  it("is refused above 512 MiB when its path leads to another file by the time it is opened", async () => {
    const path = autopsyList(10);
    const content = readFileSync(path);
    const file = {
      name: "list",
      head: content.subarray(0, 65536),
      async *bytes() {
        yield content;
      },
      onDisk: { path, sizeBytes: mostBytesInMemory + 1, descriptors: () => 1, unchanged: async () => undefined },
    };
    const reading = (async () => {
      for await (const run of autopsyKdb.read(file, {})) expect(run).toEqual([]);
    })();
    await expect(reading).rejects.toMatchObject({ code: "list-refused" });
  });

  it("is read to its end above 512 MiB when nobody touches it", async () => {
    const path = autopsyList(3000);
    truncateSync(path, mostBytesInMemory + 4096);
    const list = await openList(path, { scale });
    expect(await drained(list, () => undefined)).toMatchObject({ sizeBytes: mostBytesInMemory + 4096, counts: { rowsRead: 3000 } });
  }, 60_000);
});

describe("what is sorted of a list", () => {
  const temporaryFiles = (): readonly string[] =>
    readdirSync(`/proc/${process.pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/${process.pid}/fd/${descriptor}`)].filter((path) => path.includes("etilqs"));
      } catch {
        return [];
      }
    });
  const fileOf = (path: string) => {
    const content = readFileSync(path);
    return {
      name: "list",
      head: content.subarray(0, 65536),
      async *bytes() {
        yield content;
      },
    };
  };

  it("lies in no temporary file, whatever is the primary key", async () => {
    const path = autopsyList(400_000, "TEXT");
    let rows = 0;
    for await (const run of autopsyKdb.read(fileOf(path), {})) {
      if (rows === 0) expect(temporaryFiles()).toEqual([]);
      rows += run.length;
    }
    expect(rows).toBe(400_000);
  }, 60_000);

  it("lies in no temporary file even when a sort cannot be avoided", async () => {
    const found: string[] = [];
    let seen = 0;
    const file = fileOf(autopsyList(400_000, "TEXT"));
    for await (const run of sqliteRuns(file, function* (database) {
      for (const row of database.prepare("SELECT * FROM hashes ORDER BY id, md5").raw().iterate()) yield row;
    })) if (Array.isArray(run) && seen++ === 0) found.push(...temporaryFiles());
    expect(found).toEqual([]);
  }, 60_000);
});

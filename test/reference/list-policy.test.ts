import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ListReading } from "../../src/lists/read-list.ts";
import type { ListDescription, Reference } from "../../src/model.ts";
import { dropList } from "../../src/reference/drop-list.ts";
import { importList, type ImportOptions, type ImportOutcome } from "../../src/reference/import-list.ts";
import { temporaryFolder } from "../support/folder.ts";
import { found, listsOf, rowsOf, segmentsOf, stateOf } from "./list-home.ts";
import { digestFor, importOptions, key, listSha256, readingOf, referenceWith } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
const newHome = (): string => join(folder, String(homes++));

const signed = (reading: ListReading, keyId = "0123456789ABCDEF", trustedComment = "stills, version 1"): ListReading => ({ ...reading, finish: () => ({ ...reading.finish(), signature: { keyId, trustedComment } }) });
const importOf = (home: string, content: string, version: string, options: Partial<ImportOptions> = {}): Promise<ImportOutcome> =>
  importList(home, readingOf(content, rowsOf(content)), { ...importOptions, version, ...options });

async function homeWith(...versions: readonly string[]): Promise<string> {
  const home = newHome();
  for (const version of versions) await importOf(home, `content of ${version}`, version);
  return home;
}

async function refusal(home: string, attempt: () => Promise<unknown>): Promise<string> {
  const before = stateOf(home);
  const thrown = await attempt().catch((failure: unknown) => failure);
  expect(thrown).toMatchObject({ code: "list-refused" });
  expect(stateOf(home)).toEqual(before);
  return (thrown as Error).message;
}

afterEach(() => vi.restoreAllMocks());

describe("a list of an older version", () => {
  it("is refused, and the message names both", async () => {
    const home = await homeWith("2026-03", "2026-11");
    const message = await refusal(home, () => importOf(home, "older", "2026-04"));
    expect(message).toBe("Synthetic Agency/stills 2026-04: found an older version than 2026-11, which was imported before, expected a later one; or a reason to take it (--allow-older)");
  });

  it("is refused also when it is a version that was imported and replaced", async () => {
    const home = await homeWith("1", "2");
    expect(await refusal(home, () => importOf(home, "content of 1", "1"))).toContain("older version than 2");
  });

  it("is refused also when the later one was dropped", async () => {
    const home = await homeWith("9", "10");
    await dropList(home, listsOf(home)[0]!, "the agency asked for it", key);
    expect(listsOf(home)).toEqual([]);
    expect(await refusal(home, () => importOf(home, "content of 9", "9"))).toContain("older version than 10");
    expect((await importOf(home, "content of 10", "10")).outcome).toBe("imported");
  });

  it("is refused when nobody can tell which one is older", async () => {
    const home = await homeWith("Nov 2026");
    expect(await refusal(home, () => importOf(home, "b", "Dec 2026"))).toMatch(/stills Dec 2026: found a version that cannot be ordered with version Nov 2026/);
  });

  it("is taken with a reason, which stands with the list, and what is later is still remembered", async () => {
    const home = await homeWith("3");
    const { description, outcome } = await importOf(home, "b", "2", { overrides: { olderReason: "version 3 was withdrawn" } });
    expect(outcome).toBe("replaced");
    expect(description.overrides).toEqual([{ option: "older-version", reason: "version 3 was withdrawn" }]);
    expect(listsOf(home)).toEqual([description]);
    expect(await found(home, description, "b 3")).toEqual(["b-3"]);
    expect(await refusal(home, () => importOf(home, "c", "2.5"))).toContain("older version than 3");
    expect((await importOf(home, "content of 3", "3")).description.overrides).toEqual([]);
  });

  it("that cannot be ordered is what later ones are compared with, once it was taken", async () => {
    const home = await homeWith("issue 12");
    const { description } = await importOf(home, "b", "2026-11", { overrides: { olderReason: "the agency numbers by month now" } });
    expect(description.overrides).toEqual([{ option: "older-version", reason: "the agency numbers by month now" }]);
    expect((await importOf(home, "c", "2026-12")).description.overrides).toEqual([]);
    expect(await refusal(home, () => importOf(home, "d", "2026-10"))).toContain("older version than 2026-12");
  });

  it("of another agency or name is of no concern", async () => {
    const home = await homeWith("2");
    expect((await importOf(home, "b", "1", { name: "videos" })).outcome).toBe("imported");
    expect((await importOf(home, "c", "1", { agency: "Other Agency" })).outcome).toBe("imported");
  });
});

describe("a version that comes a second time", () => {
  it("with other bytes is refused, and the message names both", async () => {
    const home = await homeWith("2026-3");
    expect(await refusal(home, () => importOf(home, "b", "2026-03"))).toBe(
      "Synthetic Agency/stills 2026-03: found other bytes than version 2026-3 had when it was imported before, expected the same, or a later version; or a reason to take it (--allow-altered)",
    );
  });

  it("with other bytes is refused also when it was dropped in between", async () => {
    const home = await homeWith("1");
    await dropList(home, listsOf(home)[0]!, "not needed", key);
    expect(await refusal(home, () => importOf(home, "b", "1"))).toContain("other bytes than version 1");
  });

  it("is taken with a reason, which stands with the list, and then the first bytes are the others", async () => {
    const home = await homeWith("1");
    const { description, outcome } = await importOf(home, "b", "1", { overrides: { sameVersionReason: "delivered anew", olderReason: "not needed here" } });
    expect([outcome, description.overrides]).toEqual(["replaced", [{ option: "same-version", reason: "delivered anew" }]]);
    expect(segmentsOf(home)).toHaveLength(1);
    expect(await refusal(home, () => importOf(home, "content of 1", "1"))).toContain("other bytes");
  });

  it("and is older besides needs a reason for either", async () => {
    const home = await homeWith("3");
    await importOf(home, "b", "2", { overrides: { olderReason: "withdrawn" } });
    const [olderReason, sameVersionReason] = ["withdrawn", "delivered anew"];
    await refusal(home, () => importOf(home, "c", "2", { overrides: { olderReason } }));
    await refusal(home, () => importOf(home, "c", "2", { overrides: { sameVersionReason } }));
    expect((await importOf(home, "c", "2", { overrides: { olderReason, sameVersionReason } })).description.overrides.map(({ option }) => option)).toEqual(["older-version", "same-version"]);
  });

  it.each([[3, undefined], [undefined, 3]])("with %s rows that keep their sensitive fields instead of %s is read in another way", async (first, second) => {
    const home = newHome();
    const keeping = (sensitive: number | undefined): ListReading => {
      const reading = readingOf("a", rowsOf("a").map((row, at): Reference => (at < (sensitive ?? 0) ? { ...row, series: ["synthetic"] } : row)));
      const { counts, ...rest } = reading.finish();
      return { ...reading, finish: () => ({ ...rest, counts: { ...counts, ...(sensitive === undefined ? {} : { sensitive }) } }) };
    };
    await importList(home, keeping(first), importOptions);
    expect(await refusal(home, () => importList(home, keeping(second), importOptions))).toContain("found another choice of sensitive fields (--keep-sensitive-fields) than version 1 had");
    const { description, outcome } = await importList(home, keeping(second), { ...importOptions, overrides: { sameVersionReason: "chosen otherwise" } });
    expect([outcome, description.counts.sensitive, description.overrides]).toEqual(["replaced", second, [{ option: "same-version", reason: "chosen otherwise" }]]);
  });

  it("read in another way is taken with a reason", async () => {
    const home = await homeWith("1");
    expect(await refusal(home, () => importOf(home, "content of 1", "1", { kind: "known" }))).toContain("another kind than version 1");
    const { description } = await importOf(home, "content of 1", "1", { kind: "known", overrides: { sameVersionReason: "it was imported as notable by mistake" } });
    expect([listsOf(home), description.kind, description.overrides.length]).toEqual([[description], "known", 1]);
  });
});

describe("a list without a signature", () => {
  it("is refused when no reason is given, and nothing is imported", async () => {
    const home = await homeWith("1");
    const withoutReason = Object.fromEntries(Object.entries(importOptions).filter(([name]) => name !== "unsignedReason")) as unknown as ImportOptions;
    const message = await refusal(home, () => importList(home, readingOf("b", rowsOf("b")), { ...withoutReason, version: "2" }));
    expect(message).toBe("Synthetic Agency/stills 2: found no signature, expected one of a key trusted for Synthetic Agency; or a reason why none is needed (--accept-unsigned)");
  });

  it("is taken with a reason, which stands with the list", async () => {
    const { description } = await importOf(newHome(), "a", "1", { unsignedReason: "handed over in person" });
    expect(description).toMatchObject({ signature: null, unsignedReason: "handed over in person", plaintextSha256: null });
  });

  it.each(["", " ", "two\nlines", "\u202eturned"])("is not taken for the reason %j", async (unsignedReason) => {
    await expect(importOf(newHome(), "a", "1", { unsignedReason })).rejects.toMatchObject({ code: "usage" });
    for (const overrides of [{ olderReason: unsignedReason }, { sameVersionReason: unsignedReason }]) await expect(importOf(newHome(), "a", "1", { overrides })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("a signed list", () => {
  it("bears the key and the signed comment, and no reason that was not needed", async () => {
    const home = newHome();
    const reading = signed(readingOf("a", rowsOf("a")));
    const encrypted: ListReading = { ...reading, finish: () => ({ ...reading.finish(), plaintextSha256: "8d".repeat(32) }) };
    const { description } = await importList(home, encrypted, { ...importOptions, unsignedReason: "in case there is none" });
    expect(description).toMatchObject({ signature: { keyId: "0123456789ABCDEF", trustedComment: "stills, version 1" }, unsignedReason: null, plaintextSha256: "8d".repeat(32) });
    expect(listsOf(home)).toEqual([description]);
  });

  it("takes the place of the same file without its signature, and not the other way round", async () => {
    const home = await homeWith("1");
    const content = "content of 1";
    const { description, outcome } = await importList(home, signed(readingOf(content, rowsOf(content))), importOptions);
    expect([outcome, description.overrides, listsOf(home), segmentsOf(home).length]).toEqual(["replaced", [], [description], 1]);
    expect(await importOf(home, content, "1")).toEqual({ description, outcome: "already-imported" });
    expect((await importList(home, signed(readingOf(content, rowsOf(content))), importOptions)).outcome).toBe("already-imported");
  });
});

describe("dropping a list", () => {
  it("removes its row and its segment, and no other", async () => {
    const home = await homeWith("1");
    const other = (await importOf(home, "b", "1", { name: "videos" })).description;
    const [dropped] = listsOf(home);
    await dropList(home, dropped!, "not needed any more", key);
    expect(listsOf(home)).toEqual([other]);
    expect(segmentsOf(home)).toEqual([expect.stringMatching(new RegExp(`^${other.sha256}`))]);
    expect(await found(home, other, "b 3")).toEqual(["b-3"]);
    await expect(dropList(home, dropped!, "again", key)).rejects.toMatchObject({ code: "list-unknown" });
  });

  it("asks for a reason, and keeps it", async () => {
    const home = await homeWith("1");
    const [list] = listsOf(home) as [ListDescription];
    await expect(dropList(home, list, " ", key)).rejects.toMatchObject({ code: "usage" });
    expect(listsOf(home)).toEqual([list]);
    await dropList(home, list, "retention period over", key);
    const database = new Database(join(home, "catalog.sqlite"));
    expect(database.prepare("SELECT agency, name, version, sha256, dropReason FROM history").all()).toEqual([
      { agency: "Synthetic Agency", name: "stills", version: "1", sha256: listSha256("content of 1"), dropReason: "retention period over" },
    ]);
    database.close();
  });

  it("changes nothing when it cannot be committed, or while an import is at work", async () => {
    const home = await homeWith("1");
    const before = stateOf(home);
    const exec = Database.prototype.exec;
    vi.spyOn(Database.prototype, "exec").mockImplementation(function (this: Database.Database, sql: string) {
      if (sql === "COMMIT") throw new Error("no space");
      return exec.call(this, sql);
    });
    await expect(dropList(home, listsOf(home)[0]!, "not needed", key)).rejects.toThrow("no space");
    vi.restoreAllMocks();
    expect(stateOf(home)).toEqual(before);
    const blocking = new Database(join(home, "catalog.sqlite"));
    blocking.exec("BEGIN IMMEDIATE");
    await expect(dropList(home, listsOf(home)[0]!, "not needed", key, 50)).rejects.toMatchObject({ code: "list-refused" });
    blocking.close();
    expect(stateOf(home)).toEqual(before);
  });

  it("does not let a history that was altered or taken out pass", async () => {
    for (const sql of ["UPDATE history SET version = '0'", "DELETE FROM history"]) {
      const home = await homeWith("2");
      const database = new Database(join(home, "catalog.sqlite"));
      database.exec(sql);
      database.close();
      await expect(importOf(home, "b", "1"), sql).rejects.toMatchObject({ code: "reference-damaged" });
      await expect(dropList(home, listsOf(home)[0]!, "not needed", key), sql).rejects.toMatchObject({ code: "reference-damaged" });
    }
  });
});

describe("what an import keeps", () => {
  it("is a reference's series and tags in the sealed segment only", async () => {
    const home = newHome();
    const rows = rowsOf("a").map((row): Reference => ({ ...row, series: ["Synthetic Series Name"], tags: ["synthetic-tag"] }));
    const { description } = await importList(home, readingOf("a", rows), importOptions);
    const files = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(home, name)).isFile());
    expect(files.some((name) => name.endsWith(".segment"))).toBe(true);
    const kept = [...files.map((name) => readFileSync(join(home, name), "latin1")), JSON.stringify(description)];
    for (const text of ["Synthetic Series Name", "synthetic-tag"]) for (const place of kept) expect(place).not.toContain(text);
  });

  it.each([{ retracted: true }, { contextOnly: true }] as const)("is no reference that its own list does not stand for: %j", async (mark) => {
    const home = newHome();
    const rows = [...rowsOf("a"), { ...referenceWith({ md5: digestFor("md5", "not stood for") }), ...mark }];
    await expect(importList(home, readingOf("a", rows), importOptions)).rejects.toThrow(/context-only reference at line 1/);
    expect(listsOf(home)).toEqual([]);
  });
});

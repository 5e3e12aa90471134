import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { importList } from "../../src/reference/import-list.ts";
import { openReferenceSet } from "../../src/reference/open-reference-set.ts";
import { distrustKey, trustedKeyOf, trustedKeys, trustKey, type TrustedKey } from "../../src/reference/trusted-keys.ts";
import { drawSigningKey } from "../lists/signing.ts";
import { temporaryFolder } from "../support/folder.ts";
import { listsOf, rowsOf } from "./list-home.ts";
import { importOptions, key, readingOf } from "./synthetic-list.ts";

const folder = temporaryFolder();
let homes = 0;
let home = "";
beforeEach(() => void (home = join(folder, String(homes++))));

const first = drawSigningKey("first").publicText;
const second = drawSigningKey("second").publicText;
const trust = (agency: string, text: string, reason: string | null = null): Promise<TrustedKey> => trustKey(home, trustedKeyOf(agency, text, reason), key);
const trusted = (agency: string): readonly TrustedKey[] => trustedKeys(home, agency, key);
const damaged = expect.objectContaining({ code: "reference-damaged" });

function altered(sql: string): void {
  const database = new Database(join(home, "catalog.sqlite"));
  database.exec(sql);
  database.close();
}

describe("the keys that are trusted for an agency", () => {
  it("are none at first, and asking writes nothing", () => {
    expect(trusted("Agency")).toEqual([]);
    expect(existsSync(home)).toBe(false);
  });

  it("may be several, are kept in order with the reason, and are of that agency alone", async () => {
    const one = await trust("Agency", first, "read out on the telephone");
    const two = await trust("Agency", second.split("\n")[1]!);
    const elsewhere = await trust("agency", first);
    expect(one).toEqual({ agency: "Agency", keyId: one.keyId, publicKey: first.split("\n")[1], reason: "read out on the telephone" });
    expect(two.reason).toBeNull();
    expect([trusted("Agency"), trusted("agency"), trusted("Other")]).toEqual([[one, two], [elsewhere], []]);
  });

  it("are the same however the agency's letters were typed", async () => {
    const one = await trust("Cafe\u0301", first);
    expect(one.agency).toBe("Caf\u00e9");
    for (const name of ["Cafe\u0301", "Caf\u00e9"]) expect(trusted(name)).toEqual([one]);
    await distrustKey(home, "Cafe\u0301", one.keyId, key);
    expect(trusted("Caf\u00e9")).toEqual([]);
  });

  it("stay as they are when they are trusted again", async () => {
    await trust("Agency", first, "first time");
    expect((await trust("Agency", first, "second time")).reason).toBe("first time");
    expect(trusted("Agency")).toMatchObject([{ reason: "first time" }]);
  });

  it("are no longer there when they are distrusted, for that agency alone", async () => {
    const { keyId } = await trust("Agency", first);
    await trust("Agency", second);
    await trust("Other", first);
    expect((await distrustKey(home, "Agency", keyId.toLowerCase(), key)).keyId).toBe(keyId);
    expect(trusted("Agency").map(({ publicKey }) => publicKey)).toEqual([second.split("\n")[1]]);
    expect(trusted("Other")).toHaveLength(1);
    await expect(distrustKey(home, "Agency", keyId, key)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("expected one that is trusted for this agency: ") });
    await expect(distrustKey(home, "Nobody", keyId, key)).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("there is none") });
  });

  it("are all there after changes by several processes at once", { timeout: 60_000 }, async () => {
    const script = `import { trustedKeyOf, trustKey } from ${JSON.stringify(join(import.meta.dirname, "../../src/reference/trusted-keys.ts"))};
      import { drawSigningKey } from ${JSON.stringify(join(import.meta.dirname, "../lists/signing.ts"))};
      for (let no = 0; no < 10; no++) await trustKey(${JSON.stringify(home)}, trustedKeyOf("Agency", drawSigningKey(process.argv[2] + no).publicText, null), Uint8Array.from(${JSON.stringify([...key])}));`;
    writeFileSync(join(folder, "change.mts"), script);
    const tsx = join(import.meta.dirname, "../../node_modules/.bin/tsx");
    const ended = spawnSync("sh", ["-c", `"${tsx}" "${folder}/change.mts" a & one=$!; "${tsx}" "${folder}/change.mts" b & two=$!; wait $one && wait $two`]);
    expect(ended.stderr.toString()).toBe("");
    expect(ended.status).toBe(0);
    expect(trusted("Agency")).toHaveLength(20);
  });

  it("wait for whoever reads the catalog at the moment of the commit", async () => {
    await trust("Agency", first);
    const script = `const Database = require("better-sqlite3");
      const database = new Database(process.argv[1], { readonly: true });
      database.exec("BEGIN"); database.prepare("SELECT count(*) FROM trusted").get();
      process.stdout.write("reading"); setTimeout(() => database.exec("COMMIT"), 700);`;
    const reader = spawn(process.execPath, ["-e", script, join(home, "catalog.sqlite")], { cwd: join(import.meta.dirname, "../.."), stdio: ["ignore", "pipe", "inherit"] });
    await once(reader.stdout, "data");
    await trust("Agency", second);
    expect(trusted("Agency")).toHaveLength(2);
  });

  it("come with an import that stands, and not with one that is refused", async () => {
    const named = trustedKeyOf(importOptions.agency, first, "read out on the telephone");
    const failing = readingOf("a", rowsOf("a"), () => {
      throw new Error("refused");
    });
    await expect(importList(home, failing, { ...importOptions, trust: named })).rejects.toThrow("refused");
    expect(trusted(importOptions.agency)).toEqual([]);
    await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, trust: named });
    expect(trusted(importOptions.agency)).toEqual([named]);
    // Also where the list is there already.
    const other = trustedKeyOf(importOptions.agency, second, null);
    expect((await importList(home, readingOf("a", rowsOf("a")), { ...importOptions, trust: other })).outcome).toBe("already-imported");
    expect(trusted(importOptions.agency)).toEqual([named, other]);
    openReferenceSet(home, listsOf(home), key);
  });
});

describe("trust is refused", () => {
  it("to what is no key, to another key of the same id, and to names that deceive", async () => {
    const id = Buffer.alloc(8, 7);
    await trust("Agency", drawSigningKey("a", id).publicText);
    await expect(trust("Agency", drawSigningKey("b", id).publicText)).rejects.toMatchObject({ code: "list-refused", message: expect.stringContaining("found another key with the id 0707070707070707") });
    expect(() => trustedKeyOf("Agency", "RWx", null)).toThrow(expect.objectContaining({ code: "list-refused", message: expect.stringContaining("public key:1: ") }));
    for (const agency of ["", " Agency", "Age\u202ency", "Age\nncy"]) expect(() => trustedKeyOf(agency, first, null)).toThrow(expect.objectContaining({ code: "usage" }));
    expect(() => trustedKeyOf("Agency", first, "")).toThrow(expect.objectContaining({ code: "usage" }));
    expect(trusted("Agency")).toHaveLength(1);
  });

  it("to another key of the home", async () => {
    await trust("Agency", first);
    const other = Uint8Array.from(key).fill(9, 0, 1);
    await expect(trustKey(home, trustedKeyOf("Agency", second, null), other)).rejects.toMatchObject({ code: "key-wrong" });
    expect(() => trustedKeys(home, "Agency", other)).toThrow(expect.objectContaining({ code: "key-wrong" }));
  });

  const { keyId, publicKey } = trustedKeyOf("Agency", second, null);
  const forgeries: readonly (readonly [string, () => void])[] = [
    ["a key was added", () => altered(`INSERT INTO trusted (agency, keyId, publicKey, reason) VALUES ('Agency', '${keyId}', '${publicKey}', NULL)`)],
    ["a key was exchanged", () => altered(`UPDATE trusted SET keyId = '${keyId}', publicKey = '${publicKey}'`)],
    ["a key was given to another agency", () => altered("UPDATE trusted SET agency = 'Other'")],
    ["a reason was altered", () => altered("UPDATE trusted SET reason = 'checked by the court'")],
    ["a key was taken out", () => altered("DELETE FROM trusted")],
  ];
  it.each(forgeries)("after %s by somebody without the home's key", async (_, forge) => {
    await trust("Agency", first, "read out on the telephone");
    forge();
    expect(() => trusted("Agency")).toThrow(damaged);
    await expect(trust("Agency", second)).rejects.toEqual(damaged);
    await expect(distrustKey(home, "Agency", keyId, key)).rejects.toEqual(damaged);
    await expect(importList(home, readingOf("a", rowsOf("a")), importOptions)).rejects.toEqual(damaged);
  });

  it("after a key that was distrusted was put back", async () => {
    const { keyId: gone } = await trust("Agency", first);
    const kept = new Database(join(home, "catalog.sqlite"), { readonly: true });
    const row = kept.prepare("SELECT * FROM trusted").get();
    kept.close();
    await distrustKey(home, "Agency", gone, key);
    const database = new Database(join(home, "catalog.sqlite"));
    database.prepare("INSERT INTO trusted VALUES (@no, @agency, @keyId, @publicKey, @reason)").run(row);
    database.close();
    expect(() => trusted("Agency")).toThrow(damaged);
  });

  it("where no folder can be", async () => {
    writeFileSync(home, "");
    await expect(trust("Agency", first)).rejects.toMatchObject({ code: "usage" });
  });

  it("while an import is at work", async () => {
    await trust("Agency", first);
    const blocking = new Database(join(home, "catalog.sqlite"));
    blocking.exec("BEGIN IMMEDIATE");
    await expect(trustKey(home, trustedKeyOf("Agency", second, null), key, 50)).rejects.toMatchObject({ code: "list-refused" });
    blocking.close();
    expect(trusted("Agency")).toHaveLength(1);
  });
});

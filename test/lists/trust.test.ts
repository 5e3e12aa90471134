import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { Failure, type FailureCode } from "../../src/failure.ts";
import { distrustKey, trustedKeys, trustKey } from "../../src/lists/trust.ts";
import { drawSigningKey } from "./signing.ts";

let folder = "";
let home = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trust-"));
  home = join(folder, "home");
  return () => rmSync(folder, { recursive: true });
});
const first = drawSigningKey("first").publicText;
const second = drawSigningKey("second").publicText;
const file = (): string => join(home, "trust.json");

function refused(code: FailureCode, work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Failure);
    expect((thrown as Failure).code).toBe(code);
    return (thrown as Failure).message;
  }
  throw new Error("nothing was refused");
}

describe("the keys that are trusted for an agency", () => {
  it("are none at first, and asking writes nothing", () => {
    expect(trustedKeys(home, "Agency")).toEqual([]);
    expect(existsSync(home)).toBe(false);
  });

  it("may be several, are kept in order with the reason, and are of that agency alone", () => {
    const one = trustKey(home, "Agency", first, "read out on the telephone");
    const two = trustKey(home, "Agency", second.split("\n")[1]!);
    const elsewhere = trustKey(home, "agency", first);
    expect(one).toEqual({ agency: "Agency", keyId: one.keyId, publicKey: first.split("\n")[1], reason: "read out on the telephone" });
    expect(two.reason).toBeNull();
    expect(trustedKeys(home, "Agency")).toEqual([one, two]);
    expect(trustedKeys(home, "agency")).toEqual([elsewhere]);
    expect(trustedKeys(home, "Other")).toEqual([]);
  });

  it("stand in a file of its owner alone, with nothing left beside it", () => {
    const mask = process.umask(0);
    try {
      trustKey(home, "Agency", first);
    } finally {
      process.umask(mask);
    }
    expect([statSync(home).mode & 0o777, statSync(file()).mode & 0o777, statSync(join(home, "trust.lock")).mode & 0o777]).toEqual([0o700, 0o600, 0o600]);
    expect(existsSync(`${file()}.part`)).toBe(false);
  });

  it("stay as they are when they are trusted again", () => {
    trustKey(home, "Agency", first, "first time");
    const before = readFileSync(file(), "utf8");
    expect(trustKey(home, "Agency", first, "second time").reason).toBe("first time");
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  it("are no longer there when they are distrusted, for that agency alone", () => {
    const { keyId } = trustKey(home, "Agency", first);
    trustKey(home, "Agency", second);
    trustKey(home, "Other", first);
    expect(distrustKey(home, "Agency", keyId.toLowerCase()).keyId).toBe(keyId);
    expect(trustedKeys(home, "Agency").map((key) => key.publicKey)).toEqual([second.split("\n")[1]]);
    expect(trustedKeys(home, "Other")).toHaveLength(1);
    expect(refused("usage", () => distrustKey(home, "Agency", keyId))).toContain("expected one that is trusted for this agency: ");
    expect(refused("usage", () => distrustKey(home, "Nobody", keyId))).toContain("there is none");
  });

  it("survive a change that was cut off before its last step", () => {
    trustKey(home, "Agency", first);
    writeFileSync(`${file()}.part`, '{"blindmatchTrust":1,"ke');
    expect(trustedKeys(home, "Agency")).toHaveLength(1);
    trustKey(home, "Agency", second);
    expect(trustedKeys(home, "Agency")).toHaveLength(2);
    expect(existsSync(`${file()}.part`)).toBe(false);
  });

  it("are all there after changes by several processes at once", () => {
    const script = `import { trustKey } from ${JSON.stringify(join(import.meta.dirname, "../../src/lists/trust.ts"))};
      import { drawSigningKey } from ${JSON.stringify(join(import.meta.dirname, "signing.ts"))};
      for (let no = 0; no < 10; no++) trustKey(${JSON.stringify(home)}, "Agency", drawSigningKey(process.argv[2] + no).publicText);`;
    writeFileSync(join(folder, "change.mts"), script);
    const tsx = join(import.meta.dirname, "../../node_modules/.bin/tsx");
    const ended = spawnSync("sh", ["-c", `"${tsx}" "${folder}/change.mts" a & one=$!; "${tsx}" "${folder}/change.mts" b & two=$!; wait $one && wait $two`]);
    expect(ended.stderr.toString()).toBe("");
    expect(ended.status).toBe(0);
    expect(trustedKeys(home, "Agency")).toHaveLength(20);
  });
});

describe("trust is refused", () => {
  it("to what is no key, to another key of the same id, and to names that deceive", () => {
    const id = Buffer.alloc(8, 7);
    trustKey(home, "Agency", drawSigningKey("a", id).publicText);
    expect(refused("list-refused", () => trustKey(home, "Agency", drawSigningKey("b", id).publicText))).toContain("found another key with the id 0707070707070707");
    expect(refused("list-refused", () => trustKey(home, "Agency", "RWx"))).toContain("public key:1: ");
    for (const agency of ["", " Agency", "Age\u202ency", "Age\nncy"]) refused("usage", () => trustKey(home, agency, first));
    refused("usage", () => trustKey(home, "Agency", first, ""));
    expect(trustedKeys(home, "Agency")).toHaveLength(1);
  });

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ["cut short", (text) => text.slice(0, -3)],
    ["empty", () => ""],
    ["another value", () => "[]"],
    ["of a newer version", (text) => text.replace('"blindmatchTrust": 1', '"blindmatchTrust": 2')],
    ["with a key more", (text) => text.replace('"reason"', '"since": 1, "reason"')],
    ["with a changed key id", (text) => text.replace(/"keyId": "./, '"keyId": "Z')],
    ["with a changed public key", (text) => text.replace(/"publicKey": "RW../, '"publicKey": "RWxx')],
    ["with a public key that is none", (text) => text.replace(/"publicKey": "RW/, '"publicKey": "R')],
    ["with a key twice", (text) => text.replace(/"keys": \[([^\]]*)\]/, '"keys": [$1,$1]')],
    ["with an agency that is no text", (text) => text.replace('"Agency"', "1")],
  ];
  it.each(damages)("while the file is %s", (_, damage) => {
    trustKey(home, "Agency", first);
    const damaged = damage(readFileSync(file(), "utf8"));
    expect(damaged).not.toBe(readFileSync(file(), "utf8"));
    writeFileSync(file(), damaged);
    expect(refused("reference-damaged", () => trustedKeys(home, "Agency"))).toContain("trust.json");
    refused("reference-damaged", () => trustKey(home, "Agency", second));
    refused("reference-damaged", () => distrustKey(home, "Agency", "0"));
    expect(readFileSync(file(), "utf8")).toBe(damaged);
  });

  it("while others may write to the file", () => {
    trustKey(home, "Agency", first);
    chmodSync(file(), 0o620);
    expect(refused("reference-damaged", () => trustedKeys(home, "Agency"))).toContain("found mode 0620, expected 0600");
  });

  it("while the file is a link, wherever it leads", () => {
    trustKey(home, "Agency", first);
    rmSync(file());
    symlinkSync("nowhere", file());
    expect(refused("usage", () => trustedKeys(home, "Agency"))).toContain("ELOOP");
  });

  it("where no folder can be", () => {
    writeFileSync(join(folder, "home"), "");
    refused("usage", () => trustKey(home, "Agency", first));
  });

  it("while another process changes it and does not end", { timeout: 30_000 }, () => {
    trustKey(home, "Agency", first);
    const other = new Database(join(home, "trust.lock"));
    other.exec("BEGIN EXCLUSIVE");
    try {
      expect(refused("list-refused", () => trustKey(home, "Agency", second))).toContain("held by another process");
    } finally {
      other.close();
    }
    expect(trustKey(home, "Agency", second).agency).toBe("Agency");
  });
});

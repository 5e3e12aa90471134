import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { blindmatch, blindmatchWith, type Ended, wholeReport } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
/** What a file of evidence holds that such a row lists. */
const contentOf = (text: string): string => `synthetic ${text}`;
const hashed = (algorithm: string, text: string): string => createHash(algorithm).update(contentOf(text)).digest("hex");
const md5 = (text: string): string => hashed("md5", text);
const listText = (...texts: readonly string[]): string => `record_id,md5,sha1,category\n${texts.map((text, index) => `SYN-${index},${md5(text)},${hashed("sha1", text)},1\n`).join("")}`;

let homes = 0;
function newHome(): string {
  return join(folder, `home-${homes++}`);
}

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function importFile(path: string, home: string, version: string, ...more: readonly string[]): Ended {
  return blindmatch("list", "import", path, "--agency", "Synthetic Agency", "--list-name", "l", "--list-version", version, "--scale", "vic-us", "--home", home, ...more);
}
const unsigned = ["--accept-unsigned", "synthetic"] as const;

describe("list import", () => {
  it("refuses a list without a signature, and takes one with a reason, which list show repeats (REQ-35)", () => {
    const home = newHome();
    const path = file("plain.csv", listText("a", "b"));
    const refused = importFile(path, home, "1");
    expect(refused.status).toBe(4);
    expect(refused.err).toMatch(/found no signature, expected one of a key trusted for Synthetic Agency/);
    // Before the list was read, and before a home or a key was made.
    expect(existsSync(home)).toBe(false);
    expect(importFile(join(folder, "not-there.csv"), home, "1").err).toContain("found no signature");
    expect(importFile(path, home, "1", ...unsigned)).toMatchObject({ status: 0 });
    const shown = blindmatch("list", "show", "l", "--home", home).out;
    expect(shown).toContain("unsigned   synthetic");
    expect(shown).toContain("rows       2 read = 2 loaded + 0 refused");
  });

  it("prints what it refused and dropped, so that rows read = loaded + refused", () => {
    const empty = createHash("md5").update("").digest("hex");
    const { out } = importFile(file("hygiene.csv", `md5,category\n${md5("a")},1\n${md5("a")},2\n${empty},1\n`), newHome(), "1", ...unsigned);
    expect(out).toContain("rows       3 read = 2 loaded + 1 refused");
    expect(out).toMatch(/duplicates 1 rows/);
    expect(out).toMatch(/conflicts  2 rows/);
    expect(out).toMatch(/weak       2 rows carry MD5 only/);
    expect(out).not.toContain(md5("a"));
  });

  it("lets versions only go up, unless a reason is given, which then stands in the report (REQ-36)", () => {
    const home = newHome();
    expect(importFile(file("v2.csv", listText("a", "b")), home, "2026-10", ...unsigned)).toMatchObject({ status: 0 });
    const older = importFile(file("v1.csv", listText("a")), home, "2026-9", ...unsigned);
    expect(older.status).toBe(4);
    expect(older.err).toMatch(/2026-9.*2026-10/);
    expect(importFile(file("v2b.csv", listText("c")), home, "2026-10", ...unsigned).status).toBe(4);
    expect(importFile(join(folder, "v1.csv"), home, "2026-9", ...unsigned, "--allow-older", "court asked for it")).toMatchObject({ status: 0 });
    const evidence = join(folder, "evidence");
    mkdirSync(evidence);
    writeFileSync(join(evidence, "x"), contentOf("a"));
    const scanned = blindmatch("scan", evidence, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test");
    expect(scanned, scanned.err).toMatchObject({ status: 1 });
    for (const format of ["html", "csv", "jsonl"]) expect(readFileSync(join(folder, `case/report.${format}`), "utf8")).toContain("court asked for it");
    expect(wholeReport(join(folder, "case")).filter(({ type }) => type === "match")).toHaveLength(1);
  });

  it("replaces the older version in one step: one list, one segment", () => {
    const home = newHome();
    for (const [version, texts] of [["1", ["a"]], ["2", ["a", "b"]]] as const) importFile(file(`r${version}.csv`, listText(...texts)), home, version, ...unsigned);
    expect(blindmatch("list", "ls", "--home", home).out.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(join(home, "segments"))).toHaveLength(1);
  });

  it("list diff tells in counts what a file would change, and changes nothing", () => {
    const home = newHome();
    importFile(file("d1.csv", listText("a", "b", "c")), home, "1", ...unsigned);
    const { status, out } = blindmatch("list", "diff", "l", file("d2.csv", listText("a", "x")), "--home", home);
    expect(status).toBe(0);
    expect(out).toMatch(/md5 +1 added, 2 removed/);
    expect(out).not.toContain(md5("x"));
    expect(blindmatch("list", "ls", "--home", home).out).toContain("3 rows");
  });

  it("list drop removes a list and remembers its version", () => {
    const home = newHome();
    importFile(file("drop.csv", listText("a")), home, "5", ...unsigned);
    expect(blindmatch("list", "drop", "l", "--reason", "retention ended", "--home", home)).toMatchObject({ status: 0 });
    expect(blindmatch("list", "ls", "--home", home).out).toBe("no list imported\ndropped       Synthetic Agency/l 5: retention ended\n");
    expect(readdirSync(join(home, "segments"))).toEqual([]);
    expect(importFile(file("drop4.csv", listText("b")), home, "4", ...unsigned).status).toBe(4);
  });

  it("takes a list of known files as known only", () => {
    const home = newHome();
    const path = file("NSRLFile.txt", `"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n"${randomBytes(20).toString("hex").toUpperCase()}","${randomBytes(16).toString("hex").toUpperCase()}","00000000","a, b.dll",12,1,"1",""\n`);
    expect(importFile(path, home, "1", ...unsigned).status).toBe(4);
    expect(importFile(path, home, "1", ...unsigned, "--kind", "known")).toMatchObject({ status: 0 });
    expect(blindmatch("list", "ls", "--home", home).out).toMatch(/known/);
  });
});

describe("the home folder", () => {
  it("is the XDG data folder unless told otherwise", () => {
    const data = join(folder, "xdg");
    const env = { XDG_DATA_HOME: data, BLINDMATCH_HOME: "" };
    const path = file("xdg.csv", listText("a"));
    const imported = blindmatchWith({ env }, "list", "import", path, "--agency", "A", "--list-name", "xdg-list", "--list-version", "1", "--scale", "vic-us", ...unsigned);
    expect(imported, imported.err).toMatchObject({ status: 0 });
    expect(statSync(join(data, "blindmatch/catalog.sqlite")).isFile()).toBe(true);
    expect(blindmatchWith({ env }, "list", "ls").out).toContain("xdg-list");
  });
});

describe("sensitive fields", () => {
  const media = [1, 2, 3].map((number) => ({ MediaID: number, Category: 1, MD5: randomBytes(16).toString("hex"), Series: `SYNTHETIC-SERIES-${number}`, Tags: "#synthetic-tag", Comments: "synthetic comment" }));
  const path = file("sensitive.json", JSON.stringify({ "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media", value: media }));

  it("are dropped unless they are asked for; then they are sealed, and nothing prints them", () => {
    const plain = newHome();
    expect(importFile(path, plain, "1", ...unsigned).out).not.toContain("sensitive");
    const keeping = newHome();
    const kept = importFile(path, keeping, "1", ...unsigned, "--keep-sensitive-fields");
    expect(kept.out).toContain("sensitive  3 rows keep their series or tags, sealed");
    expect(blindmatch("list", "verify", "--home", keeping)).toMatchObject({ status: 0 });
    const printed = kept.out + blindmatch("list", "show", "l", "--home", keeping).out;
    const everything = Buffer.concat(readdirSync(keeping, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(keeping, name)).isFile()).map((name) => readFileSync(join(keeping, name))));
    for (const text of ["SYNTHETIC-SERIES", "synthetic-tag", "synthetic comment"]) {
      expect(printed).not.toContain(text);
      expect(everything.includes(Buffer.from(text))).toBe(false);
    }
  });
});

describe("a home", () => {
  const home = newHome();
  const texts = Array.from({ length: 300 }, (_, index) => `text ${index}`);
  const segment = (): string => join(home, "segments", readdirSync(join(home, "segments"))[0]!);
  beforeAll(() => void importFile(file("sealed.csv", listText(...texts)), home, "1", ...unsigned));

  it("shows nobody but its owner anything, and no digest to anybody", () => {
    for (const [path, mode] of [[home, 0o700], [join(home, "segments"), 0o700], [segment(), 0o600], [join(home, "catalog.sqlite"), 0o600], [join(home, "key"), 0o600]] as const)
      expect((statSync(path).mode & 0o777).toString(8)).toBe(mode.toString(8));
    const everything = Buffer.concat(readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(home, name)).isFile()).map((name) => readFileSync(join(home, name))));
    for (const text of texts) {
      const digest = Buffer.from(md5(text), "hex");
      expect(everything.includes(digest)).toBe(false);
      expect(everything.includes(Buffer.from(digest.toString("hex")))).toBe(false);
    }
  });

  it("list verify finds an altered byte; a scan refuses the list (REQ-37)", () => {
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0 });
    const bytes = readFileSync(segment());
    const path = segment();
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(path, bytes);
    expect(blindmatch("list", "verify", "--home", home).status).toBe(4);
    const place = join(folder, "some");
    mkdirSync(place);
    const refused = blindmatch("scan", place, "--case", join(folder, "never"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test");
    expect(refused.status).toBe(4);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(path, bytes);
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0 });
  });

  it.runIf(mayMount)("serves from a read-only medium", () => {
    const medium = join(folder, "medium");
    mkdirSync(medium);
    run("mount", ["--bind", home, medium]);
    run("mount", ["-o", "remount,ro,bind", medium]);
    expect(blindmatch("list", "ls", "--home", medium).out).toContain("300 rows");
    expect(blindmatch("list", "verify", "--home", medium)).toMatchObject({ status: 0 });
    const place = join(folder, "few");
    mkdirSync(place);
    writeFileSync(join(place, "x"), contentOf("text 7"));
    const scanned = blindmatch("scan", place, "--case", join(folder, "from-medium"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", medium, "--allow-writable", "test");
    expect(scanned, scanned.err).toMatchObject({ status: 1 });
    expect(importFile(file("more.csv", listText("x")), medium, "2", ...unsigned).status).not.toBe(0);
  });

  it("opens with its own key only, from a private file", () => {
    const other = file("other.key", randomBytes(32));
    expect(blindmatch("list", "verify", "--home", home, "--key-file", other)).toMatchObject({ status: 2 });
    spawnSync("chmod", ["600", other]);
    const wrong = blindmatch("list", "verify", "--home", home, "--key-file", other);
    expect(wrong.status).toBe(4);
    expect(wrong.err + wrong.out).toMatch(/another key/);
    expect(blindmatchWith({ env: { BLINDMATCH_KEY_FILE: join(home, "key"), BLINDMATCH_HOME: home } }, "list", "verify")).toMatchObject({ status: 0 });
  });
});

describeWith("minisign", has("minisign"), "a signed list", () => {
  const path = join(folder, "signed.csv");
  const keys = { public: join(folder, "agency.pub"), secret: join(folder, "agency.key") };
  beforeAll(() => {
    writeFileSync(path, listText("a", "b", "c"));
    run("minisign", ["-G", "-W", "-f", "-p", keys.public, "-s", keys.secret]);
    run("minisign", ["-S", "-W", "-s", keys.secret, "-m", path, "-t", "list l, version 1, 3 rows"]);
  });

  it("is imported when its key is trusted for the agency, and the trusted comment is shown", () => {
    const home = newHome();
    const untrusted = importFile(path, home, "1");
    expect(untrusted.status).toBe(4);
    expect(untrusted.err).toMatch(/no key trusted for Synthetic Agency/);
    expect(blindmatch("list", "trust", "Synthetic Agency", keys.public, "--reason", "read out by phone", "--home", home)).toMatchObject({ status: 0 });
    const imported = importFile(path, home, "1");
    expect(imported, imported.err).toMatchObject({ status: 0 });
    expect(imported.out).toMatch(/signed     by key [0-9A-F]{16}; comment: list l, version 1, 3 rows/);
    const { out } = blindmatch("list", "trust", "Synthetic Agency", "--home", home);
    expect(out).toMatch(/^[0-9A-F]{16}  read out by phone\n$/);
    expect(blindmatch("list", "trust", "Synthetic Agency", "--remove", out.slice(0, 16), "--home", home)).toMatchObject({ status: 0 });
    expect(blindmatch("list", "trust", "Synthetic Agency", "--home", home).out).toBe("no key is trusted for Synthetic Agency\n");
  });

  it("is imported with the key that is trusted in the same command, which is trusted from then on", () => {
    const home = newHome();
    const other = join(folder, "other.pub");
    run("minisign", ["-G", "-W", "-f", "-p", other, "-s", join(folder, "other.key")]);
    expect(importFile(path, home, "1", "--trust", other)).toMatchObject({ status: 4, err: expect.stringContaining("a signature by key") });
    expect(importFile(path, home, "1", "--trust-reason", "why").status).toBe(2);
    const imported = importFile(path, home, "1", "--trust", keys.public, "--trust-reason", "read out by phone");
    expect(imported, imported.err).toMatchObject({ status: 0 });
    expect(imported.out).toMatch(/^imported: .*\ntrusted {4}key ([0-9A-F]{16}) for lists of Synthetic Agency: read out by phone\nsigned {5}by key \1;/);
    expect(blindmatch("list", "trust", "Synthetic Agency", "--home", home).out).toMatch(/^[0-9A-F]{16}  read out by phone\n$/);
    expect(importFile(path, home, "1")).toMatchObject({ status: 0, out: expect.stringContaining("already-imported") });
    expect(importFile(file("bare.csv", listText("z")), home, "2", "--trust", other)).toMatchObject({ status: 2, err: expect.stringContaining("--trust: found no signature") });
  });

  it("is refused when a byte of it was altered, with nothing imported, whatever reason is given (REQ-35)", () => {
    const home = newHome();
    blindmatch("list", "trust", "Synthetic Agency", keys.public, "--home", home);
    const altered = file("altered.csv", readFileSync(path, "utf8").replace("SYN-1", "SYN-9"));
    for (const more of [[], unsigned]) {
      const refused = importFile(altered, home, "1", "--signature", `${path}.minisig`, ...more);
      expect(refused.status, refused.err).toBe(4);
    }
    expect(blindmatch("list", "ls", "--home", home).out).toBe("no list imported\n");
  });

  it("is refused when its key was put into the home by somebody who has not the home's key", () => {
    const home = newHome();
    importFile(file("first.csv", listText("q")), home, "0", ...unsigned);
    const [, publicKey = ""] = readFileSync(keys.public, "utf8").split("\n");
    const keyId = Buffer.from(publicKey, "base64").subarray(2, 10).reverse().toString("hex").toUpperCase();
    const database = new Database(join(home, "catalog.sqlite"));
    database.prepare("INSERT INTO trusted (agency, keyId, publicKey, reason) VALUES ('Synthetic Agency', ?, ?, NULL)").run(keyId, publicKey);
    database.close();
    expect(importFile(path, home, "1")).toMatchObject({ status: 4, err: expect.stringContaining("trusted keys other than they were written") });
  });
});

describeWith("age", has("age-keygen"), "an encrypted list", () => {
  it("is imported as it is, with the identity that it was encrypted to", () => {
    const home = newHome();
    const identity = join(folder, "identity.txt");
    run("age-keygen", ["-o", identity]);
    const recipient = readFileSync(identity, "utf8").match(/age1[a-z0-9]+/)![0];
    const path = join(folder, "list.csv.age");
    run("age", ["-r", recipient, "-o", path], listText("a", "b"));
    expect(importFile(path, home, "1", ...unsigned).status).not.toBe(0);
    spawnSync("chmod", ["640", identity]);
    expect(importFile(path, home, "1", ...unsigned, "--identity", identity)).toMatchObject({ status: 2, err: expect.stringContaining("found mode 0640") });
    spawnSync("chmod", ["600", identity]);
    const imported = importFile(path, home, "1", ...unsigned, "--identity", identity);
    expect(imported, imported.err).toMatchObject({ status: 0 });
    expect(blindmatch("list", "show", "l", "--home", home).out).toContain("of what was inside the encrypted file");
  });
});

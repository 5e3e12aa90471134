import { createHash } from "node:crypto";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { ownVersion } from "../../src/cli/version.ts";
import type { Refuse } from "../../src/minisign/format.ts";
import { parseSecretKey, signerOf } from "../../src/minisign/secret-key.ts";
import { signatureText } from "../../src/minisign/signature.ts";
import { canonicalBytes, emptyHead, sha256 } from "../../src/record/canonical.ts";
import { appendReportRow, appendSealedRow, createOrResumeRecord } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordView } from "../../src/record/view.ts";
import { csv } from "../../src/reports/csv.ts";
import type { Check } from "../../src/sealing/check.ts";
import { checkOneReport } from "../../src/sealing/check-one-report.ts";
import { type Manifest, manifestText, readManifest } from "../../src/sealing/manifest.ts";
import { coSignatureName, manifestNumber } from "../../src/sealing/manifest-names.ts";
import { temporaryFolder } from "../support/folder.ts";
import { caseWith } from "../support/many-matches.ts";
import { opening, sampleEntries } from "../record/sample-case.ts";
import { checks, copied, faults, finishedCase, keyFiles, sealed } from "./sealed-case.ts";

const root = temporaryFolder();
const key = keyFiles(root, "key");
const finished = finishedCase(join(root, "finished"));
const once = join(root, "once");
const refuse: Refuse = (line, found) => new Error(`${line}: ${found}`);
let copies = 0;
const copyOf = (folder: string): string => copied(folder, join(root, `copy-${copies++}`));

beforeAll(async () => void (await sealed(copied(finished, once), key)));

interface StoredRow {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly body: string;
}

/** The log written anew with other rows, each with a hash that fits: what somebody can do who knows how a record is made. */
function forgeLog(folder: string, forge: (rows: readonly StoredRow[]) => readonly StoredRow[]): void {
  const database = new Database(join(folder, "record.sqlite"));
  const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all() as { name: string; sql: string }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
  const rows = database.prepare<[], StoredRow>("SELECT seq, at, kind, body FROM log ORDER BY seq").all();
  database.exec("BEGIN");
  database.exec("DELETE FROM log");
  let prev: Uint8Array = emptyHead;
  for (const [index, { at, kind, body }] of forge(rows).entries()) {
    const hash = sha256(canonicalBytes([index + 1, at, kind, body, prev]));
    database.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)").run(index + 1, at, kind, body, prev, hash);
    prev = hash;
  }
  for (const { sql } of triggers) database.exec(sql);
  database.exec("COMMIT");
  database.close();
}

/** A report that tells of no exact match, in the place of the true one, its digest in a log that was written anew. */
function forgeReport(folder: string, stated: object = {}): void {
  const record = openRecord(folder);
  const making = { madeAt: "2026-01-01T00:00:00.000+00:00", version: ownVersion(), ofRows: record.chain.rows };
  const hiding: RecordView = { ...record, totals: () => ({ ...record.totals(), entriesMatched: { exact: 0, md5Only: 0, contradicted: 0, near: 1, doubtful: 0, any: 1 } }) };
  const text = [...csv.render(hiding, { all: false, ...making })].join("");
  record.close();
  writeFileSync(join(folder, "report.csv"), text);
  const body = JSON.stringify({ all: false, fileName: "report.csv", format: "csv", sha256: createHash("sha256").update(text).digest("hex"), ...making, ...stated });
  forgeLog(folder, (rows) => [...rows, { seq: 0, at: making.madeAt, kind: "report", body }]);
}

function manifestOf(folder: string): Manifest {
  return readManifest(readFileSync(join(folder, "manifest.json"), "utf8"))!;
}

/** What a holder of the key can do: any manifest, signed. */
function signAnew(folder: string, manifest: Manifest): void {
  const secret = parseSecretKey(readFileSync(key.file, "utf8"), refuse).open("");
  writeFileSync(join(folder, "manifest.json"), manifestText(manifest));
  writeFileSync(join(folder, "manifest.json.minisig"), signatureText(key.publicKey.keyId, signerOf(secret), Buffer.from(manifestText(manifest)), "forged"));
}

describe("verification without a seal", () => {
  it("finds a report that was made with another answer, though its digest and the whole chain fit", () => {
    const folder = copyOf(finished);
    forgeReport(folder);
    expect(faults(folder, [])).toEqual([expect.stringMatching(/^report\.csv: found other text than the record gives, from byte \d+ \(line \d+\) on, expected the same report when it is made anew$/)]);
  });

  it("says of a report that another version wrote, or whose row does not tell how, that it was not made anew", () => {
    for (const [stated, why] of [[{ version: "0.0.9" }, "version 0.0.9 wrote it"], [{ madeAt: undefined }, "its row does not tell what it was made of"]] as const) {
      const folder = copyOf(finished);
      forgeReport(folder, stated);
      expect([...checks(folder, [])].filter(({ kind }) => kind === "note").map(({ text }) => text).join("\n")).toContain(why);
    }
  });

  it("makes a report anew from the rows that it was made of, also when another one was noted meanwhile", () => {
    const folder = copyOf(finished);
    const record = openRecord(folder);
    const making = { madeAt: "2026-03-01T00:00:00.000+00:00", version: ownVersion(), ofRows: record.chain.rows };
    const text = [...csv.render(record, { all: true, ...making })].join("");
    record.close();
    for (const fileName of ["report-2.csv", "report-3.csv"]) {
      writeFileSync(join(folder, fileName), text);
      appendReportRow(folder, { format: "csv", all: true, fileName, sha256: createHash("sha256").update(text).digest("hex"), ...making }, custody());
    }
    expect(faults(folder, [])).toEqual([]);
    expect([...checks(folder, [])].filter(({ text }) => text.includes("made anew"))).toHaveLength(5);
  });

  it("looks for no report that was written elsewhere, and finds each that was not", () => {
    const folder = copyOf(finished);
    appendReportRow(folder, { format: "csv", all: false, fileName: "report-9.csv", sha256: "00".repeat(32), elsewhere: true }, custody());
    expect(faults(folder, [])).toEqual([]);
    appendReportRow(folder, { format: "csv", all: false, fileName: "report-9.csv", sha256: "00".repeat(32) }, custody());
    expect(faults(folder, [])).toEqual([expect.stringContaining("report-9.csv: found no such file")]);
  });

  it("says that a scan has not ended", () => {
    const folder = join(root, "partial");
    const { writer } = createOrResumeRecord(folder, opening());
    writer.writePlan(sampleEntries(4), () => 1);
    writer.release();
    expect(faults(folder, [])).toEqual([]);
    expect([...checks(folder, [])].map(({ text }) => text).join("\n")).toContain("PARTIAL, the scan has not ended");
    expect(() => appendSealedRow(folder, { manifest: "manifest.json", keyId: "0".repeat(16), by: "x", host: "y" }, custody())).toThrow("found a scan that has not ended");
  });

  it("asks for no manifest that was never made, and for each that the record tells of", () => {
    const folder = copyOf(finished);
    appendSealedRow(folder, { manifest: "manifest.json", keyId: key.publicKey.keyId, by: "x", host: "y" }, custody());
    expect(faults(folder, [])).toEqual([expect.stringMatching(/^record, log row \d+: found a seal as manifest\.json, which is not there \(it was cut off, or the manifest was removed\)/)]);
    expect(faults(folder, [], { toBeSealed: true })).toEqual([]);
  });
});

describe("a manifest whose signature holds", () => {
  it.each<[string, (manifest: Manifest) => Manifest, RegExp]>([
    ["other counts", (manifest) => ({ ...manifest, record: { ...manifest.record, entriesMatched: 0 } }), /^manifest\.json, record: found .*"entriesMatched":0.*as the record has it$/],
    ["another exhibit", (manifest) => ({ ...manifest, case: { ...manifest.case, exhibit: "other" } }), /^manifest\.json, case: found/],
    ["another list", (manifest) => ({ ...manifest, lists: manifest.lists.slice(1) }), /^manifest\.json, lists: found/],
    ["another head", (manifest) => ({ ...manifest, record: { ...manifest.record, chainHead: "00".repeat(32) } }), /^manifest\.json, chain: found [0-9a-f]{64} at row \d+ of the record, expected 0{64}$/],
    ["more rows than there are", (manifest) => ({ ...manifest, record: { ...manifest.record, chainRows: 99 } }), /^manifest\.json, chain: found a record of \d+ rows, expected one of at least 99$/],
    ["no record among its files", (manifest) => ({ ...manifest, files: manifest.files.filter(({ name }) => name !== "record.sqlite") }), /^manifest\.json: found no record\.sqlite among its files/],
    ["a report less", (manifest) => ({ ...manifest, files: manifest.files.filter(({ name }) => name !== "report.csv") }), /^report\.csv: found a file that neither the record nor a manifest covers/],
    ["another key", (manifest) => ({ ...manifest, sealed: { ...manifest.sealed, keyId: "0".repeat(16) } }), /^manifest\.json\.minisig: found a signature by key [0-9A-F]{16}, expected one by the key that the manifest names, 0{16}$/],
  ])("is found with %s", (_, forge, message) => {
    const folder = copyOf(once);
    signAnew(folder, forge(manifestOf(folder)));
    expect(faults(folder, [key.publicKey]).filter((text) => message.test(text))).toHaveLength(1);
  });

  it("is found when the record tells of no such seal", () => {
    const folder = copyOf(once);
    forgeLog(folder, (rows) => rows.slice(0, -1));
    const record = openRecord(folder);
    const { chain } = record;
    record.close();
    const bytes = readFileSync(join(folder, "record.sqlite"));
    const manifest = manifestOf(folder);
    const files = manifest.files.map((file) => (file.name === "record.sqlite" ? { ...file, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") } : file));
    signAnew(folder, { ...manifest, record: { ...manifest.record, chainHead: chain.head, chainRows: chain.rows }, files });
    expect(faults(folder, [key.publicKey])).toEqual([expect.stringMatching(/^manifest\.json: found no row of the record that tells of a seal under that name/)]);
  });

  it("is no manifest with a file outside of its folder, a file twice, or another form", () => {
    const manifest = manifestOf(once);
    const [file] = manifest.files;
    for (const forged of [
      { ...manifest, files: [{ ...file!, name: "../key" }] },
      { ...manifest, files: [file!, file!] },
      { ...manifest, formVersion: 2 },
      { ...manifest, files: [{ ...file!, sizeBytes: -1 }] },
    ])
      expect(readManifest(manifestText(forged as Manifest))).toBeNull();
    expect(readManifest(`${manifestText(manifest)} `)).toBeNull();
    expect(readManifest(manifestText(manifest))).toEqual(manifest);
    expect([manifestNumber("manifest.json"), manifestNumber("manifest-2.json"), manifestNumber("manifest-1.json"), manifestNumber("manifest-02.json")]).toEqual([1, 2, null, null]);
  });
});

describe("a second examiner's signature", () => {
  it("is found altered, under another key's name, or gone when its key is given", async () => {
    const second = keyFiles(root, "second");
    const both = copyOf(once);
    await sealed(both, second, true);
    const name = coSignatureName("manifest.json", second.publicKey.keyId);
    expect(faults(both, [key.publicKey, second.publicKey])).toEqual([]);
    const altered = copyOf(both);
    writeFileSync(join(altered, name), readFileSync(join(altered, name), "utf8").replace("co-signed", "co-Signed"));
    expect(faults(altered, [key.publicKey, second.publicKey]).join("\n")).toMatch(/minisig:4: found a signature that does not fit the trusted comment/);
    const renamed = copyOf(both);
    writeFileSync(join(renamed, coSignatureName("manifest.json", "0".repeat(16))), readFileSync(join(renamed, name)));
    expect(faults(renamed, [key.publicKey]).join("\n")).toContain(`expected one by the key that its name states, ${"0".repeat(16)}`);
    rmSync(join(both, name));
    expect(faults(both, [key.publicKey, second.publicKey])).toEqual([`signatures of manifest.json: found none by key ${second.publicKey.keyId} that holds, expected one by each public key that was given`]);
  });
});

describe("a report of several pages", () => {
  const paged = join(root, "paged");
  const names = ["report.exact-2.html", "report.unread-3.html", "report.pictures-4.html"] as const;
  const told = (folder: string, file = "report.html"): Check[] => [...checkOneReport(folder, join(folder, file))];
  const toldFaults = (folder: string, file?: string): string[] => told(folder, file).filter(({ kind }) => kind === "wrong").map(({ text }) => text);

  beforeAll(() => {
    // Three listings share the first page, and each goes on in one of its own: the fewest rows that make so many pages.
    caseWith(paged, { exact: 670, io: 670, undecodable: 670 });
    writeReports(paged);
  });

  /** An altered page whose digest the log has, with every hash after it. */
  function forgePage(folder: string, name: string, alter: (text: string) => string): void {
    const path = join(folder, name);
    const text = alter(readFileSync(path, "utf8"));
    writeFileSync(path, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const pattern = new RegExp(`("fileName":"${name}","sha256":")[0-9a-f]{64}`);
    forgeLog(folder, (rows) => rows.map((row) => ({ ...row, body: row.body.replace(pattern, `$1${sha256}`) })));
  }

  it("is told page by page where they are altered, though the log has their digests", () => {
    const folder = copyOf(paged);
    forgePage(folder, names[0], (text) => text.replace("SYN-", "SYM-"));
    forgePage(folder, names[2], (text) => text.slice(0, -1));
    const found = faults(folder, []);
    expect(found).toHaveLength(2);
    for (const [nth, name] of [names[0], names[2]].entries()) expect(found[nth]).toMatch(new RegExp(`^${name}: found other text than the record gives, from byte \\d+ \\(line \\d+\\) on`));
  });

  it("alone is found with a page altered, missing, exchanged, or a link beside it", () => {
    expect(told(paged).map(({ kind, text }) => `${kind} ${text}`)[1]).toContain("holds report.html: 3 further pages lie beside it");
    const folder = copyOf(paged);
    const [second, third] = names.map((name) => readFileSync(join(folder, name)));
    writeFileSync(join(folder, names[0]), third!);
    writeFileSync(join(folder, names[1]), second!);
    rmSync(join(folder, names[2]));
    expect(toldFaults(folder)).toEqual([
      expect.stringMatching(/^report\.exact-2\.html, page 2 of report\.html: found SHA-256 [0-9a-f]{64}, expected/),
      expect.stringMatching(/^report\.unread-3\.html, page 3 of report\.html: found SHA-256 [0-9a-f]{64}, expected/),
      expect.stringMatching(/^report\.pictures-4\.html, page 4 of report\.html: found no such file beside it/),
    ]);
    symlinkSync(join(paged, names[2]), join(folder, names[2]));
    expect(toldFaults(folder)[2]).toMatch(/report\.pictures-4\.html: found that it cannot be read/);
  });

  it("says of a page which one it is, and finds one under the name of another", () => {
    const [page, note] = told(paged, names[1]);
    expect(page).toEqual({ kind: "holds", text: expect.stringContaining("report.unread-3.html: page 3 of 4 of report report.html, the html report of row") });
    expect(note?.text).toContain("the other pages were not looked at; verify report.html");
    const folder = copyOf(paged);
    writeFileSync(join(folder, names[1]), readFileSync(join(folder, names[0])));
    expect(toldFaults(folder, names[1])).toEqual([expect.stringMatching(/report\.unread-3\.html: found page 2 of 4 of report report\.html, whose file is report\.exact-2\.html/)]);
  });
});

describe("names in a case folder", () => {
  it("tell a report later than the seal from a file that nobody knows, and are no fault where a lock was left", async () => {
    const folder = copyOf(once);
    const aside = `record.lock.4711-${"0f".repeat(6)}`;
    writeFileSync(join(folder, aside), "");
    expect(faults(folder, [key.publicKey])).toEqual([]);
    expect([...checks(folder, [key.publicKey])].map(({ text }) => text)).toContain(`${aside}: a lock that a program left when it was ended; nothing waits for it`);
    const record = openRecord(folder);
    const making = { madeAt: "2026-03-01T00:00:00.000+00:00", version: ownVersion(), ofRows: record.chain.rows };
    const text = [...csv.render(record, { all: false, ...making })].join("");
    record.close();
    writeFileSync(join(folder, "report-2.csv"), text);
    writeFileSync(join(folder, "report-3.csv"), text);
    appendReportRow(folder, { format: "csv", all: false, fileName: "report-2.csv", sha256: createHash("sha256").update(text).digest("hex"), ...making }, custody());
    expect(faults(folder, [key.publicKey]).filter((text) => text.startsWith("report-"))).toEqual([
      "report-2.csv: found a report that is later than manifest.json, expected one that it covers; sealing again covers it",
      "report-3.csv: found a file that neither the record nor a manifest covers, expected none under such a name",
    ]);
    rmSync(join(folder, "report-3.csv"));
    await sealed(folder, key);
    expect(faults(folder, [key.publicKey])).toEqual([]);
  });
});

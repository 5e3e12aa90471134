import { createHmac } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { runReport } from "../../src/cli/report-command.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { pathBytes } from "../../src/path-text.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { LogBodies } from "../../src/record/view.ts";
import { formats } from "../../src/reports/formats.ts";
import { redactedPath } from "../../src/reports/redacted-view.ts";
import type { Check } from "../../src/sealing/check.ts";
import { checkOneReport } from "../../src/sealing/check-one-report.ts";
import { checks, faults } from "../sealing/sealed-case.ts";
import { blindmatch, jsonLines } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { caseWith } from "../support/many-matches.ts";

const folder = temporaryFolder();
const shared = join(folder, "case");
const able = formats.filter(({ restrictable }) => restrictable === true);
let identity: string;
let recipient: string;
let cases = 0;

/** Every name of the case is made of these, in clear and in base64. */
const namesIn = (text: string): readonly string[] => ["ordinary", "DCIM", ...[0, 1, 2].map((at) => Buffer.from(`${"x".repeat(at)}a name of ordinary length`).toString("base64").slice(4, 30))].filter((piece) => text.includes(piece));

const newCase = (): string => {
  const made = join(folder, `case ${cases++}`);
  caseWith(made, { exact: 5, near: 3, io: 1, undecodable: 1 });
  return made;
};
const bodies = (caseFolder: string): LogBodies["report"][] => {
  const record = openRecord(caseFolder);
  try {
    return [...record.log()].flatMap((row) => (row.kind === "report" ? [row.body] : []));
  } finally {
    record.close();
  }
};
const verified = (caseFolder: string): readonly Check[] => [...checks(caseFolder, [], { withoutSignature: true })];
const madeAnew = (name: string): unknown => ({ kind: "holds", text: expect.stringMatching(new RegExp(`^${name}: .* made anew$`)) });
const opened = async (file: string): Promise<string> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(readFileSync(file), "text");
};

beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  mkdirSync(shared);
  caseWith(shared, { exact: 5, near: 3, io: 1, undecodable: 1 });
});

describe.each(able)("a report $name whose names are redacted", ({ name, extension }) => {
  const file = join(shared, `redacted.${extension}`);
  const redact = (output = file): Promise<number> => runReport(shared, { format: name, names: "redacted", annexTo: [recipient], output });

  it("holds no name, and tells every file by a digest that the annex gives back (REQ-67)", async () => {
    expect(await redact()).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(namesIn(text)).toEqual([]);
    expect(text).toMatch(/Names are redacted|"names":"redacted"/);
    const [about, ...names] = jsonLines(await opened(`${file}.names.age`)) as unknown as [Record<string, string>, ...{ redacted: string; path: string; pathBase64: string }[]];
    expect(about).toMatchObject({ type: "annex", caseNumber: "2026-17", exhibit: "KAJ/3", report: `redacted.${extension}`, algorithm: "HMAC-SHA-256", evidence: "/mnt/exhibit" });
    expect(text).not.toContain("/mnt/exhibit");
    expect(names).toHaveLength(5);
    for (const { redacted, path, pathBase64 } of names) {
      const bytes = Buffer.from(pathBytes(path));
      expect([bytes.toString("base64"), namesIn(path)]).toEqual([pathBase64, ["ordinary", "DCIM"]]);
      expect(redacted).toMatch(new RegExp(`^depth-2/${createHmac("sha256", Buffer.from(about["key"]!, "hex")).update(bytes).digest("hex")}(\\.jpg)?$`));
      expect(text).toContain(redacted);
    }
    expect([text, ...[...readFileSync(`${file}.names.age`, "latin1").match(/ordinary/g) ?? []]]).toEqual([text]);
    expect(text).not.toContain(about["key"]);
  });

  it("is noted with its annex, is made anew by verify, and an altered byte of either is found", () => {
    const { redaction } = bodies(shared).findLast(({ format }) => format === name)!;
    expect(redaction).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{64}$/), annex: { fileName: `redacted.${extension}.names.age` } });
    expect(verified(shared)).toContainEqual(madeAnew(`redacted.${extension}`));
    expect(faults(shared, [], { withoutSignature: true })).toEqual([]);
    expect([...checkOneReport(shared, `${file}.names.age`)]).toEqual([{ kind: "holds", text: expect.stringContaining(`the annex with the names of redacted.${extension}`) }]);
    for (const altered of [file, `${file}.names.age`]) {
      const before = readFileSync(altered);
      appendFileSync(altered, " ");
      expect(faults(shared, [], { withoutSignature: true }).join(), altered).toContain("SHA-256");
      rmSync(altered);
      appendFileSync(altered, before);
    }
  });

  it("has another key each time, and no report shows one", async () => {
    rmSync(file);
    rmSync(`${file}.names.age`);
    expect(await redact()).toBe(0);
    const keys = bodies(shared).flatMap(({ redaction }) => (redaction === undefined ? [] : [redaction.key]));
    expect(new Set(keys).size).toBe(keys.length);
    await runReport(shared, { format: name, output: join(folder, `later.${extension}`) });
    const later = readFileSync(join(folder, `later.${extension}`), "utf8");
    for (const key of keys) expect(later).not.toContain(key);
    expect(namesIn(later)).toContain("ordinary");
  });

  it("leaves nothing where it cannot be written", async () => {
    const taken = join(shared, `taken.${extension}`);
    appendFileSync(`${taken}.names.age`, "somebody's");
    await expect(redact(taken)).rejects.toMatchObject({ code: "output-exists" });
    expect([existsSync(taken), readFileSync(`${taken}.names.age`, "utf8")]).toEqual([false, "somebody's"]);
    rmSync(`${taken}.names.age`);
    await expect(redact()).rejects.toMatchObject({ code: "output-exists" });
    expect(readdirSync(shared).filter((entry) => entry.endsWith(".part"))).toEqual([]);
  });
});

describe.each(able)("a report $name of counts only", ({ name, extension }) => {
  it("has totals, no row and no name, is noted, and is made anew by verify", async () => {
    const file = join(shared, `counts.${extension}`);
    expect(await runReport(shared, { format: name, countsOnly: true, output: file })).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(namesIn(text)).toEqual([]);
    expect(text).not.toMatch(/SYN-\d|^"(match|unread|picture|entry)"|"type":"(match|unread|picture|entry)"|<tbody id=/m);
    expect(text).toContain("5 entries (");
    expect(bodies(shared).at(-1)).toMatchObject({ format: name, countsOnly: true });
    expect(verified(shared)).toContainEqual(madeAnew(`counts.${extension}`));
  });
});

describe("what would lose names, or show them", () => {
  it.each([
    ["nobody may open the annex", ["--format", "csv", "--names", "redacted", "--output", "x"], "--names: found nobody who may open the annex with the names, expected --annex-to age1..."],
    ["there is no place for it", ["--format", "csv", "--names", "redacted", "--annex-to", "RECIPIENT"], "--names: found no --output, expected a file"],
    ["the recipient is none", ["--format", "csv", "--names", "redacted", "--annex-to", "age1no", "--output", "x"], "--annex-to: found something else (6 characters)"],
    ["nothing is redacted", ["--format", "csv", "--annex-to", "RECIPIENT"], "--annex-to: found no --names redacted"],
    ["counts have no names", ["--format", "csv", "--counts-only", "--names", "redacted"], "cannot be used with option"],
    ["counts have no rows", ["--format", "csv", "--counts-only", "--all"], "cannot be used with option"],
  ])("is refused: %s", (_, args, said) => {
    const before = bodies(shared).length;
    const ended = blindmatch("report", shared, ...args.map((arg) => (arg === "RECIPIENT" ? recipient : arg)));
    expect([ended.status, ended.out]).toEqual([2, ""]);
    expect(ended.err).toContain(said);
    expect(bodies(shared)).toHaveLength(before);
  });

  it("is refused by formats that cannot do without", async () => {
    for (const { name } of formats.filter((format) => !able.includes(format)))
      for (const option of [{ countsOnly: true }, { names: "redacted" as const, annexTo: [recipient] }]) await expect(runReport(shared, { format: name, output: join(shared, "x"), ...option })).rejects.toMatchObject({ code: "usage" });
  });

  it("keeps an ending only where it is a known one, for any other may be a name", () => {
    const of = (path: string, extensionFits: boolean | null): string => Buffer.from(redactedPath({ path: Buffer.from(path), extensionFits }, () => "d", false)).toString();
    expect([of("a/b/c.JPG", true), of("c.exe", false), of("letter.to.anna", null), of("a/b", true)]).toEqual(["depth-2/d.jpg", "depth-0/d.exe", "depth-0/d", "depth-1/d"]);
  });

  it("is not taken for the scan's own report", async () => {
    const own = newCase();
    const reports = writeReports(own);
    for (const report of reports) rmSync(report);
    for (const { name, extension } of able) await runReport(own, { format: name, countsOnly: true, output: join(own, `report.${extension}`) });
    expect(writeReports(own)).toEqual(formats.filter(({ forPrograms }) => forPrograms !== true).map((format) => join(own, `${able.includes(format) ? "report-2" : "report"}.${format.extension}`)));
    expect(faults(own, [], { withoutSignature: true })).toEqual([]);
  });
});

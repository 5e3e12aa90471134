import { createHash, createPublicKey, verify } from "node:crypto";
import { cpSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, type Line, linesOf, matchesOf, only, rawPath } from "./case-report.ts";
import { roles } from "./corpus.ts";
import { type Assertion, caseFolder, endsWith, exhibitFolder, holds, homeOptions, type Kit, noneOf, sameRows, sameSha256, shownPath } from "./kit.ts";
import { laterLists } from "./lists.ts";
import { reportsOf } from "./show-gaps.ts";
import { importList, written } from "./show-lists.ts";
import { seededRandom } from "./random.ts";

/** Compares the finished case with later lists while its exhibit is away. */
export async function showRematch(kit: Kit): Promise<Assertion[]> {
  for (const list of laterLists(kit.corpus)) await importList(kit, "main", written(kit, list), list.name, "1");
  const exhibit = exhibitFolder(kit, "main");
  renameSync(exhibit, `${exhibit}-away`);
  const ended = await kit.run(["rematch", caseFolder(kit, "main"), "--examiner", "validation kit", "--near-threshold", "later-codes=20/50", ...homeOptions(kit, "main")]).finally(() => renameSync(`${exhibit}-away`, exhibit));
  const lines = await linesOf(kit, "main");
  const found = matchesOf(lines).filter((line) => String(line["recordId"]).startsWith("LATER-")).map((line) => `${shownPath(rawPath(line)).replace(/^Media\/.*\//, "")}: ${String(line["recordId"])}${line["kind"] === "near" ? ` at ${String(line["distanceBits"])}` : ""}`);
  const passes = at(only(lines, "run"), "passes") as readonly { options: { nearThresholds: readonly { nearDistanceBits: number; leastQuality: number }[] } }[] | undefined;
  const threshold = passes?.[1]?.options.nearThresholds[0];
  const expected = ["later find.dat: LATER-FILE", "Pictures/later.jpg: LATER-0 at 0", "Pictures/later.jpg: LATER-20 at 20"];
  return [
    endsWith("REQ-61", "a case is compared with later lists, its exhibit away", 1, ended),
    sameRows("REQ-61", "they find their file and their picture", expected.slice(0, 2), found.filter((row) => !row.includes("LATER-20") && !row.includes("LATER-31"))),
    sameRows("REQ-45", "with a threshold of 20 bits, 20 are found and 31 are not", expected.slice(1), found.filter((row) => row.includes(" at "))),
    { requirement: "REQ-45", assertion: "the report states the threshold", expected: "20 bits, quality 50", actual: `${String(threshold?.nearDistanceBits)} bits, quality ${String(threshold?.leastQuality)}` },
  ];
}

/** The reports of one record, and what they say. */
export async function showReports(kit: Kit): Promise<Assertion[]> {
  const reports = await reportsOf(kit, "main");
  const [jsonl = "", csv = "", html = ""] = reports.map(([, text]) => text);
  const matches = jsonl.split("\n").filter((line) => line.startsWith('{"type":"match"')).map((line) => JSON.parse(line) as Line);
  const rows = csv.split("\r\n").filter((row) => row.startsWith('"match"'));
  const header = cells(csv.split("\r\n")[0]?.replace(/^\ufeff/, "") ?? "");
  const cell = (row: readonly string[], name: string): string => (row[header.indexOf(name)] ?? "").replace(/^'/, "");
  const inCsv = rows.map(cells).map((row) => `${cell(row, "match")} ${cell(row, "path_base64")} ${cell(row, "record_id")} ${cell(row, "distance_bits")}`);
  const inJsonl = matches.map((match) => `${String(match["number"])} ${String(at(match, "entry", "pathBase64"))} ${String(match["recordId"] ?? "")} ${String(match["distanceBits"] ?? "")}`);
  const unnamed = matches.filter((match) => at(match, "list", "kind") === "notable" && !html.includes(escaped(String(match["path"]))));
  const other = join(kit.folder, "another file.txt");
  writeFileSync(other, "it was here before");
  const over = await kit.run(["report", caseFolder(kit, "main"), "--format", "csv", "--output", other]);
  return [
    sameRows("REQ-58", "CSV has the rows of JSON Lines", inJsonl, inCsv),
    noneOf("REQ-58", "HTML leaves out a path of a match with a notable list", matches, unnamed.map((match) => shownPath(rawPath(match)))),
    holds("REQ-58", "HTML loads nothing", html.includes("default-src 'none'") && !/<(?:img|link|iframe|object|embed|audio|video)\b|\ssrc=|url\(|@import/i.test(html), "it does, or may"),
    sameRows("REQ-58", "HTML has no scripts but those that its policy names by their SHA-256", [...html.matchAll(/ 'sha256-([^']+)'/g)].map(([, sha256 = ""]) => sha256), [...html.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g)].map(([, text = ""]) => createHash("sha256").update(text).digest("base64"))),
    holds("REQ-09", "CSV and HTML hold printable text only", [csv, html].every((text) => text !== "" && !/[^\P{Cc}\r\n]|[\p{Zl}\p{Zp}\u202e\u200b]/u.test(text)), "another character stands in one"),
    ...reports.map(([format, text]) => holds("REQ-60", `${format}: says what was not searched`, /deleted files/i.test(text), "it says nothing")),
    endsWith("REQ-62", "a report under the name of another file is refused", 5, over),
    { requirement: "REQ-62", assertion: "that file is as it was", expected: "it was here before", actual: readFileSync(other, "utf8").slice(0, 40) },
    ...showVersions(kit, jsonl),
  ];
}

function showVersions(kit: Kit, jsonl: string): Assertion[] {
  const versions = at(JSON.parse(jsonl.split("\n")[0] || "{}") as Line, "header", "versions") as readonly { component: string; version: string }[] | undefined;
  return ["near", "pdq", "md5"].map((name) =>
    sameSha256("REQ-64", `SHA-256 of the ${name} kernel`, createHash("sha256").update(readFileSync(join(kit.kernels, `${name}.wasm`))).digest("hex"), versions?.find(({ component }) => component === `${name} kernel`)?.version),
  );
}

/** Cells of a row of CSV in which every cell is quoted. */
const cells = (row: string): readonly string[] => [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = ""]) => cell.replaceAll('""', '"'));
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/** Copies of an unsealed case, each with something altered that stands in its record. */
export async function showTampering(kit: Kit): Promise<Assertion[]> {
  const content = kit.corpus.items[roles.known]!;
  const altered: readonly (readonly [what: string, bytes: Buffer])[] = [
    ["the digest of a file", Buffer.from(content.sha256, "hex")],
    ["a name of the exhibit", Buffer.from("plain document.txt")],
    ["the case's number", Buffer.from("VALIDATION")],
  ];
  const shown = [endsWith("REQ-53", "the record verifies as it was written", 0, await kit.run(["verify", caseFolder(kit, "none")]))];
  for (const [number, [what, bytes]] of altered.entries()) {
    const copy = copied(kit, "none", `tampered-${number}`);
    const places = turnEach(join(copy, "record.sqlite"), bytes);
    shown.push(holds("REQ-53", `${what} stands in the record`, places > 0, "it is not found there"), endsWith("REQ-53", `a record in which ${what} is altered does not verify`, 5, await kit.run(["verify", copy])));
    const report = await kit.run(["report", copy, "--format", "jsonl"]);
    shown.push(endsWith("REQ-68", `no report is made of a record in which ${what} is altered`, 5, report), holds("REQ-68", "and nothing of it is printed", report.out === "", "something is"));
  }
  return shown;
}

/** Turns a bit of each place where the bytes stand. Gives their number. */
function turnEach(file: string, sought: Buffer): number {
  const bytes = readFileSync(file);
  let places = 0;
  for (let found = bytes.indexOf(sought); found >= 0; found = bytes.indexOf(sought, found + 1), places++) bytes[found + sought.length - 2]! ^= 1;
  writeFileSync(file, bytes);
  return places;
}

function copied(kit: Kit, name: string, copy: string): string {
  const folder = caseFolder(kit, copy);
  cpSync(caseFolder(kit, name), folder, { recursive: true });
  return folder;
}

/** Seals the case, verifies it by the program and by other code, and alters copies of it. */
export async function showSeal(kit: Kit): Promise<Assertion[]> {
  const folder = caseFolder(kit, "main");
  const [key, other] = ["sealing.key", "another.key"].map((name) => join(kit.folder, name)) as [string, string];
  for (const file of [key, other]) await kit.run(["key", "new", file, "--no-passphrase"]);
  const sealed = await kit.run(["seal", folder, "--key", key]);
  const check = (place: string, publicKey = `${key}.pub`) => kit.run(["verify", place, "--public-key", publicKey]);
  const shown = [
    endsWith("REQ-56", "the case is sealed", 0, sealed),
    endsWith("REQ-56", "it verifies with its key", 0, await check(folder)),
    endsWith("REQ-56", "it does not with another key", 5, await check(folder, `${other}.pub`)),
    ...signedAsStated(folder, readFileSync(`${key}.pub`, "utf8")),
    ...(kit.minisign === null ? [] : [holds("REQ-57", `${kit.minisign.version} verifies the manifest's signature`, kit.minisign.verifies(join(folder, "manifest.json"), `${key}.pub`), "it does not")]),
  ];
  const random = seededRandom(kit.corpus.seed + 3);
  for (const name of ["record.sqlite", "report.csv", "manifest.json", "manifest.json.minisig"]) {
    const copy = copied(kit, "main", `altered-${name.replaceAll(".", "-")}`);
    const file = join(copy, name);
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    // The first line of a signature is the one thing that nobody signed.
    const first = name.endsWith(".minisig") ? bytes.indexOf("\n") + 5 : 0;
    const at = first + random(Math.max(1, Math.min(bytes.length - first, name.endsWith(".minisig") ? 80 : Infinity)));
    if (bytes.length > 0) bytes[at]! ^= 4;
    writeFileSync(file, bytes);
    shown.push(endsWith("REQ-56", `with byte ${at} of ${name} altered it does not`, 5, await check(copy)));
  }
  return shown;
}

/** The manifest's signature and digests by Node's OpenSSL alone. Source: "Signature format" in https://jedisct1.github.io/minisign/ */
function signedAsStated(folder: string, publicKey: string): Assertion[] {
  const [manifest, signature] = ["manifest.json", "manifest.json.minisig"].map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : Buffer.alloc(0))) as [Buffer, Buffer];
  const raw = Buffer.from(publicKey.split("\n")[1] ?? "", "base64").subarray(10);
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  const ofFile = Buffer.from(signature.toString().split("\n")[1] ?? "", "base64").subarray(10);
  const isSigned = verify(null, createHash("blake2b512").update(manifest).digest(), key, ofFile);
  const files = manifest.length === 0 ? [] : (JSON.parse(manifest.toString()) as { files: readonly { name: string; sha256: string }[] }).files;
  return [
    holds("REQ-57", "other code verifies the manifest's signature", isSigned, "it does not"),
    sameRows("REQ-57", "the digests in the manifest are those of the files", files.map(({ name }) => `${name} ${createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")}`), files.map(({ name, sha256 }) => `${name} ${sha256}`)),
    holds("REQ-57", "the manifest names the record and three reports", ["record.sqlite", "report.jsonl", "report.csv", "report.html"].every((name) => files.some((file) => file.name === name)), "it lacks one"),
  ];
}

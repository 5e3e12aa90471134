import { at, entriesOf, type Line, linesOf, matchesOf, only, rawPath } from "./case-report.ts";
import { largestFileBytes, roles } from "./corpus.ts";
import { contentsOf, digestOf } from "./exhibit.ts";
import { type Assertion, caseFolder, endsWith, exhibitFolder, homeOptions, type Kit, sameRows, scanArguments, shownPath, writableReason } from "./kit.ts";
import { olderReason } from "./show-lists.ts";

const allowed = ["--allow-writable", writableReason] as const;

/** Scans the exhibit in which not all can be examined or compared. */
export async function showGaps(kit: Kit): Promise<Assertion[]> {
  const ended = await kit.run(scanArguments(kit, "gaps", "gaps", "--largest-file", `${largestFileBytes}`, ...allowed, ...homeOptions(kit, "main")));
  const lines = await linesOf(kit, "gaps");
  const unread = lines.filter(({ type }) => type === "unread").map((line) => `${shownPath(rawPath(line))}: ${String(line["reason"])}`);
  const pictures = lines.filter(({ type }) => type === "picture");
  const damaged = entriesOf(lines).find((entry) => rawPath(entry) === "damaged.png");
  const content = contentsOf(kit.corpus.exhibits.gaps).get("damaged.png");
  const totals = only(lines, "totals");
  return [
    endsWith("REQ-03", "a scan that left something out ends with its status", 3, ended),
    endsWith("REQ-48", "3: something was not examined", 3, ended),
    sameRows("REQ-03", "what was not examined is named with its reason", ["too large.bin: over-limit", ...(kit.asRoot ? [] : ["locked.dat: permission"])], unread),
    { requirement: "REQ-02", assertion: "what was not examined is accounted for", expected: kit.asRoot ? "4 + 1 of 5" : "3 + 2 of 5", actual: `${String(at(totals, "examined", "entries"))} + ${String(at(totals, "unread", "entries"))} of ${String(at(totals, "seen", "entries"))}` },
    sameRows("REQ-47", "the damaged picture stands among those not compared", ["damaged.png: undecodable"], pictures.map((line) => `${shownPath(rawPath(line))}: ${String(at(line, "entry", "picture", "status"))}`)),
    { requirement: "REQ-22", assertion: "the damaged picture has its digest", expected: content === undefined ? "one" : digestOf("sha256", content), actual: String(at(damaged, "digests", "sha256")) },
    sameRows("REQ-22", "the others are found", [`listed.dat: REF-${roles.everywhere}`, "whole.png: PDQ-ORIGINAL"], matchesOf(lines).map((line) => `${shownPath(rawPath(line))}: ${String(line["recordId"])}`)),
  ];
}

/** Interrupts the scan of the exhibit with a sparse file, and gives the same command again. */
export async function showInterruption(kit: Kit): Promise<Assertion[]> {
  // A list without digests, and of the algorithms those that VICS cannot do without: the large file takes its time.
  const args = scanArguments(kit, "long", "long", "--json", "--list", "codes", "--digests", "md5,sha256", ...allowed, ...homeOptions(kit, "main"));
  let isAsked = false;
  const interrupted = await kit.run(args, (out, signal) => {
    // Once: a second signal would end the scan without more ado.
    if (isAsked || !out.includes('"event":"planned"')) return;
    isAsked = true;
    signal("SIGINT");
  });
  const partial = await reportsOf(kit, "long");
  const ended = await kit.run(args);
  const whole = await reportsOf(kit, "long");
  const lines = await linesOf(kit, "long");
  const contents = [...contentsOf(kit.corpus.exhibits.long)].map(([path, content]) => `${shownPath(path)} ${digestOf("sha256", content)}`);
  const found = entriesOf(lines).map((entry) => `${shownPath(rawPath(entry))} ${String(at(entry, "digests", "sha256"))}`);
  return [
    endsWith("REQ-49", "interrupted while it reads", 130, interrupted),
    endsWith("REQ-48", "130: interrupted", 130, interrupted),
    endsWith("REQ-49", "the same command given again ends as an undisturbed scan", 0, ended),
    sameRows("REQ-49", "every entry has its row, with the right digest", contents, found),
    sameRows("REQ-08", "the digest of a sparse file of 1.1 GB is that of its zeros and its end", contents.filter((row) => row.startsWith("sparse")), found.filter((row) => row.startsWith("sparse"))),
    ...partial.map(([format, text]): Assertion => ({ requirement: "REQ-59", assertion: `${format} of the interrupted scan`, expected: "says PARTIAL", actual: text.includes("PARTIAL") ? "says PARTIAL" : "does not say it" })),
    ...whole.map(([format, text]): Assertion => ({ requirement: "REQ-59", assertion: `${format} of the finished scan`, expected: "does not say PARTIAL", actual: text === "" ? "is not there" : text.includes("PARTIAL") ? "says PARTIAL" : "does not say PARTIAL" })),
  ];
}

const formats = ["jsonl", "csv", "html", "vics", "dfxml", "case-uco", "hashdeep", "bodyfile"];

/** The reports of a case by format. */
export async function reportsOf(kit: Kit, name: string): Promise<readonly (readonly [format: string, text: string])[]> {
  const reports: [string, string][] = [];
  for (const format of formats) reports.push([format, (await kit.run(["report", caseFolder(kit, name), "--format", format, ...(format === "vics" ? ["--unredacted"] : [])])).out]);
  return reports;
}

/** Scans the exhibit that holds nothing that is to be found, with the lists of the second home. */
export async function showNothing(kit: Kit): Promise<Assertion[]> {
  const ended = await kit.run(scanArguments(kit, "none", "none", ...allowed, ...homeOptions(kit, "policy")));
  const lines = await linesOf(kit, "none");
  const found = matchesOf(lines).map((line) => `${shownPath(rawPath(line))}: ${String(at(line, "list", "kind"))}`);
  const reasons = lines.filter(({ type }) => type === "list").flatMap((line: Line) => (at(line, "overrides") as readonly { reason: string }[]).map(({ reason }) => reason));
  return [
    endsWith("REQ-48", "0: complete, no match", 0, ended),
    endsWith("REQ-28", "a scan that finds known files only ends with 0", 0, ended),
    sameRows("REQ-28", "its one match says known", ["program file.dll: known"], found),
    sameRows("REQ-36", "the reason for an older version stands in the report", [olderReason], reasons),
  ];
}

/** Commands that are refused for what they say. */
export async function showRefusals(kit: Kit): Promise<Assertion[]> {
  return [
    endsWith("REQ-48", "2: a command that does not exist", 2, await kit.run(["examine"])),
    endsWith("REQ-48", "4: a list that is not there", 4, await kit.run(scanArguments(kit, "none", "refused", "--list", "no such list", ...allowed, ...homeOptions(kit, "main")))),
    endsWith("REQ-48", "6: evidence that is not there", 6, await kit.run(["scan", `${exhibitFolder(kit, "none")}-missing`, "--case", caseFolder(kit, "refused"), "--case-number", "V", "--exhibit", "V", "--examiner", "V", ...homeOptions(kit, "main")])),
  ];
}

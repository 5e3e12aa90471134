import { existsSync } from "node:fs";
import { join } from "node:path";
import { at, entriesOf, type Line, linesOf, matchesOf, only, rawPath } from "./case-report.ts";
import { blake3Vectors, type Corpus, pathsOf, roles } from "./corpus.ts";
import { contentsOf, digestOf, sizeOf } from "./exhibit.ts";
import { type Assertion, caseFolder, endsWith, exhibitFolder, holds, homeOptions, type Kit, noneOf, sameRows, sameSha256, scanArguments, shownPath, writableReason } from "./kit.ts";
import { crowdTold, type KitList, plantedBits } from "./lists.ts";
import { turningNames } from "./pictures.ts";
import type { Ended } from "./run-program.ts";

/** Scans the exhibit `main`: refused first, then with three readers and codes kept, then with one reader. */
export async function showMatches(kit: Kit, lists: readonly KitList[]): Promise<Assertion[]> {
  const home = homeOptions(kit, "main");
  const allowed = ["--allow-writable", writableReason];
  const refused = await kit.run(scanArguments(kit, "main", "refused", ...home));
  const inside = await kit.run(["scan", exhibitFolder(kit, "main"), "--case", `${exhibitFolder(kit, "main")}/case`, "--case-number", "V", "--exhibit", "V", "--examiner", "V", ...allowed, ...home]);
  const fewer = await kit.run(scanArguments(kit, "main", "fewer", "--digests", "sha256", ...allowed, ...home));
  const begun = ["refused", "fewer"].filter((name) => existsSync(caseFolder(kit, name)));
  const within = existsSync(join(exhibitFolder(kit, "main"), "case"));
  const scanned = await kit.run(scanArguments(kit, "main", "main", "--readers", "3", "--keep-codes", ...allowed, ...home));
  const lines = await linesOf(kit, "main");
  const again = await kit.run(scanArguments(kit, "main", "one-reader", "--readers", "1", ...allowed, ...home));
  const single = await linesOf(kit, "one-reader");
  return [
    endsWith("REQ-11", "an exhibit on a file system that can be written to is refused", 6, refused),
    holds("REQ-11", "before anything is begun", !begun.includes("refused"), "a case was begun"),
    endsWith("REQ-13", "a case folder within the exhibit is refused", 6, inside),
    holds("REQ-13", "and not made", !within, "it is there"),
    endsWith("REQ-24", "a choice of digests that leaves out one of a list is refused", 2, fewer),
    holds("REQ-24", "before anything is begun", !begun.includes("fewer"), "a case was begun"),
    endsWith("REQ-48", "1: a scan with matches", 1, scanned),
    { requirement: "REQ-11", assertion: "the reason stands in the report", expected: writableReason, actual: String((at(only(lines, "run"), "overrides") as readonly { reason: string }[] | undefined)?.[0]?.reason) },
    ...showEntries(kit.corpus, lines),
    sameRows("REQ-30", "lists are recognised by their content", lists.map(({ name, format }) => `${name}: ${format}`), lines.filter(({ type }) => type === "list").map((line) => `${String(line["name"])}: ${String(line["format"])}`)),
    ...showExact(kit.corpus, lines),
    ...showNear(kit.corpus, lines),
    ...showFacts(kit, lines),
    endsWith("REQ-52", "a scan with one reader", 1, again),
    sameSha256("REQ-52", "the digest over all results is the same with one reader as with three", at(only(lines, "run"), "resultsHead"), at(only(single, "run"), "resultsHead")),
    sameRows("REQ-52", "rows of entries are the same", entriesOf(lines).map(comparable), entriesOf(single).map(comparable)),
    sameRows("REQ-52", "rows of matches are the same", matchesOf(lines).map(comparable), matchesOf(single).map(comparable)),
  ];
}

/** Access times are the file system's to alter. */
const comparable = (line: Line): string => JSON.stringify(line).replace(/"accessed":"[^"]*"/, "");

/** Every name, with the digests of its content. */
function showEntries({ exhibits: { main } }: Corpus, lines: readonly Line[]): Assertion[] {
  const entries = entriesOf(lines);
  const contents = contentsOf(main);
  const digestRows = (["md5", "sha1", "sha256"] as const).map((algorithm) =>
    sameRows(
      "REQ-23",
      `${algorithm} of every file`,
      [...contents].map(([path, content]) => `${shownPath(path)} ${digestOf(algorithm, content)}`),
      entries.filter(({ kind }) => kind === "file").map((entry) => `${shownPath(rawPath(entry))} ${String(at(entry, "digests", algorithm))}`),
    ),
  );
  const bytes = [...contents.values()].reduce((sum, content) => sum + sizeOf(content), 0);
  const links = main.flatMap((planted) => (planted.kind === "link" ? [planted.path.toString("latin1")] : []));
  const totals = only(lines, "totals");
  const printed = new Map(entries.map((entry) => [rawPath(entry), String(entry["path"])]));
  return [
    sameRows("REQ-01", "the names are those of the exhibit", main.map(({ path }) => shownPath(path.toString("latin1"))), entries.map((entry) => shownPath(rawPath(entry)))),
    { requirement: "REQ-02", assertion: "entries and bytes seen are those of the exhibit", expected: `${main.length} entries, ${bytes} bytes`, actual: `${String(at(totals, "seen", "entries"))} entries, ${String(at(totals, "seen", "bytes"))} bytes` },
    { requirement: "REQ-02", assertion: "all of them were examined", expected: `${main.length} examined, 0 unread`, actual: `${String(at(totals, "examined", "entries"))} examined, ${String(at(totals, "unread", "entries"))} unread` },
    sameRows("REQ-06", "links are entries without content", links.map(shownPath), entries.filter(({ kind, outcome }) => kind === "link" && outcome === "without-content").map((entry) => shownPath(rawPath(entry)))),
    sameRows("REQ-07", "a file with two names is two entries of two links each", pathsOfLinked(main).map(shownPath), entries.filter(({ links: count, kind }) => count === 2 && kind === "file").map((entry) => shownPath(rawPath(entry)))),
    ...digestRows,
    ...Object.entries(blake3Vectors).map(([size, digest]): Assertion => ({ requirement: "REQ-23", assertion: `BLAKE3 of the published vector of ${size} bytes`, expected: digest, actual: String(at(entries.find((entry) => rawPath(entry) === `Documents/vectors/${size}.bin`), "digests", "blake3")) })),
    sameRows("REQ-09", "printed paths lead back to the bytes of the names", [...printed.keys()].map(shownPath), [...printed.values()].map((path) => shownPath(unprinted(path)))),
    holds("REQ-09", "printed paths hold printable text only", printed.size > 0 && [...printed.values()].every((path) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path)), "another character stands in one"),
  ];
}

function pathsOfLinked(main: Corpus["exhibits"]["main"]): readonly string[] {
  return main.flatMap((planted) => (planted.kind === "second-name" ? [planted.path.toString("latin1"), planted.of.toString("latin1")] : []));
}

/** The bytes (Latin-1) that a printed path stands for, read by the rule that the documentation states. */
function unprinted(path: string): string {
  return path.replace(/\\(?:\\|x([0-9a-f]{2})|u\{([0-9a-f]+)\})|[^\\]+/g, (part, byte?: string, point?: string) => {
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    if (point !== undefined) return Buffer.from(String.fromCodePoint(Number.parseInt(point, 16))).toString("latin1");
    return part === "\\\\" ? "\\" : Buffer.from(part).toString("latin1");
  });
}

/** A row per match by digests that was planted. */
function plantedRows(corpus: Corpus): readonly string[] {
  const expected: string[] = [];
  const expect = (item: number, row: string): void => void expected.push(...pathsOf(corpus, item).map((path) => `${shownPath(path)}: ${row}`));
  for (const item of [...roles.plain, roles.everywhere]) expect(item, `files/REF-${item} ${1 + (item % 2)} exact md5 sha1 sha256`);
  expect(roles.contradicted, `files/REF-${roles.contradicted} 1 contradicted md5 not sha1`);
  expect(roles.md5Only, "bare/null 2 exact md5");
  const formats = ["sums/null 2 exact md5", "hashdeep/null 2 exact md5 sha256", "md5deep/null 2 exact sha1", "hashkeeper/null 2 exact md5", "vics/VICS-1 1 exact md5 sha1", "misp/null 2 exact sha1", "stix/null 2 exact sha256", "software/null null known md5 sha1"];
  roles.formats.forEach((item, place) => expect(item, formats[place]!));
  expect(roles.known, "software/null null known md5 sha1");
  for (const size of [1024, 1025]) expected.push(`Documents/vectors/${size}.bin: blake3/B3-${size} 1 exact blake3`);
  return expected;
}

/** Matches by digests: those that were planted, and no other. */
function showExact(corpus: Corpus, lines: readonly Line[]): Assertion[] {
  const expected = plantedRows(corpus);
  const found = matchesOf(lines).filter(({ kind }) => kind === "exact");
  const rowOf = (line: Line): string => {
    const against = (line["contradictedBy"] as readonly string[]).map((name) => ` not ${name}`).join("");
    const sort = at(line, "list", "kind") === "known" ? "known" : against === "" ? "exact" : "contradicted";
    return `${shownPath(rawPath(line))}: ${String(at(line, "list", "name"))}/${idOf(line)} ${String(at(line, "category", "code"))} ${sort} ${(line["algorithms"] as readonly string[]).join(" ")}${against}`;
  };
  const rows = found.map(rowOf);
  const listed = found.find((line) => line["recordId"] === "REF-0");
  return [
    sameRows("REQ-25", "matches by digests are those that were planted", expected.filter((row) => row.includes(" exact ")), rows.filter((row) => row.includes(" exact "))),
    sameRows("REQ-26", "contradicted ones stand apart", expected.filter((row) => row.includes(" contradicted ")), rows.filter((row) => row.includes(" contradicted "))),
    sameRows("REQ-28", "matches with the list of known files say so", expected.filter((row) => row.includes(" known ")), rows.filter((row) => row.includes(" known "))),
    sameRows("REQ-30", "each format's list finds its file", expected.filter((row) => row.includes("Media/formats")), rows.filter((row) => row.includes("Media/formats"))),
    noneOf("REQ-06", "what a link leads to matches nothing", found, found.filter((line) => line["recordId"] === `REF-${roles.linkedTo}`).map(rowOf)),
    sameRows("REQ-07", "both names match", pathsOf(corpus, 1).map(shownPath), found.filter((line) => line["recordId"] === "REF-1").map((line) => shownPath(rawPath(line)))),
    sameRows("REQ-29", "matches by MD5 alone are marked", expected.filter((row) => row.endsWith(" exact md5")), found.filter((line) => line["md5Only"] === true).map(rowOf)),
    { requirement: "REQ-33", assertion: "a match states code, label and scale", expected: "1, Child abuse material, vic-us", actual: `${String(at(listed, "category", "code"))}, ${String(at(listed, "category", "label"))}, ${String(at(listed, "category", "scale"))}` },
    noneOf("REQ-32", "files of no content or one zero byte match nothing", found, found.filter((line) => !(Number(at(line, "entry", "sizeBytes")) >= 2)).map(rowOf)),
  ];
}

/** A record id, or null where the list states none (some formats have a place instead). */
function idOf(line: Line): string {
  const id = String(line["recordId"]);
  return /^(?:REF|B3|VICS|PDQ|CROWD|LATER)-/.test(id) ? id : "null";
}

/** Matches by resemblance. */
function showNear(corpus: Corpus, lines: readonly Line[]): Assertion[] {
  const near = matchesOf(lines).filter(({ kind }) => kind === "near");
  const rowsOf = (recordId: RegExp): Line[] => near.filter((line) => recordId.test(String(line["recordId"])));
  const originals = rowsOf(/^PDQ-ORIGINAL$/);
  const by = (path: string): string => String(originals.find((line) => rawPath(line) === path)?.["transform"] ?? "not found");
  const distances = rowsOf(/^PDQ-\d+$/).map((line) => `${shownPath(rawPath(line))}: ${String(line["recordId"])} at ${String(line["distanceBits"])}`);
  const crowd = rowsOf(/^CROWD-/);
  const pictures = corpus.exhibits.main.flatMap(({ path }) => (/^Pictures\/(?!later|thresholds|crowd)/.test(path.toString("latin1")) ? [path.toString("latin1")] : []));
  const relatives = new Set(["Pictures/thresholds.png", "Pictures/crowd.png", ...pictures]);
  return [
    { requirement: "REQ-39", assertion: "the picture is found at distance 0 of its code", expected: "0", actual: String(originals.find((line) => rawPath(line) === "Pictures/original.png")?.["distanceBits"]) },
    { requirement: "REQ-39", assertion: "and so it is as a BMP file", expected: "0", actual: String(originals.find((line) => rawPath(line) === "Pictures/original.bmp")?.["distanceBits"]) },
    sameRows("REQ-40", "references are found at their distances, to 31 bits", plantedBits.filter((bits) => bits <= 31).map((bits) => `Pictures/thresholds.png: PDQ-${bits} at ${bits}`), distances),
    noneOf("REQ-40", "no picture is found that is no relative of a listed one", near, near.map(rawPath).filter((path) => !relatives.has(path)).map(shownPath)),
    ...turningNames.map((name): Assertion => ({ requirement: "REQ-41", assertion: `${name}: found, and said how`, expected: `full ${name}`, actual: by(`Pictures/turned ${name}.png`) })),
    { requirement: "REQ-42", assertion: "between bars: found without them", expected: "trimmed full", actual: by("Pictures/between bars.png") },
    { requirement: "REQ-43", assertion: "as a negative: found, and said so", expected: "full negative", actual: by("Pictures/negative.png") },
    { requirement: "REQ-46", assertion: "of many references near one picture the nearest are listed", expected: `${crowdTold} rows`, actual: `${crowd.length} rows` },
    holds("REQ-46", "each says how many there are, and why it is doubtful", crowd.length > 0 && crowd.every((line) => Number(line["nearReferences"]) === 60 && JSON.stringify(line["doubts"]).includes("many-references")), "some do not"),
    noneOf("REQ-27", "every row is of one kind", matchesOf(lines), matchesOf(lines).filter((line) => !isOfOneKind(line)).map((line) => shownPath(rawPath(line)))),
    { requirement: "REQ-27", assertion: "rows of both kinds are counted apart", expected: countsOf(corpus), actual: statedCounts(lines) },
  ];
}

function isOfOneKind(line: Line): boolean {
  const agreeing = (line["algorithms"] as readonly string[]).filter((name) => name !== "pdq");
  return line["kind"] === "exact" ? agreeing.length > 0 && line["distanceBits"] === null && line["transform"] === null : line["kind"] === "near" && agreeing.length === 0 && typeof line["distanceBits"] === "number";
}

/** How many rows of each sort there are, from how exhibit and lists were made. */
function countsOf(corpus: Corpus): string {
  const rows = plantedRows(corpus);
  const contradicted = rows.filter((row) => row.includes(" contradicted ")).length;
  // One picture in two formats, turned, between bars and as a negative; and what is planted near another one.
  const near = 2 + turningNames.length + 2 + plantedBits.filter((bits) => bits <= 31).length;
  return `exact ${rows.length - contradicted}, contradicted ${contradicted}, near ${near}, doubtful ${crowdTold}`;
}

function statedCounts(lines: readonly Line[]): string {
  const counts = (at(only(lines, "totals"), "matches") ?? []) as readonly Readonly<Record<string, number>>[];
  return ["exact", "contradicted", "near", "doubtful"].map((name) => `${name} ${counts.reduce((total, row) => total + (row[name] ?? 0), 0)}`).join(", ");
}

/** What else the report of a scan has to say. */
export function showFacts({ asRoot }: Pick<Kit, "asRoot">, lines: readonly Line[]): Assertion[] {
  const run = only(lines, "run");
  const confinements = (at(run, "confinements") ?? []) as readonly { confinement: string; refused: readonly unknown[] }[];
  const strongest = asRoot ? "nobody" : "read-only";
  const isTold = confinements.length > 0 && confinements.every(({ confinement }) => ["nobody", "read-only", "plain"].includes(confinement));
  // Where nothing is confined there is nothing to show: the requirement is not run.
  const confined = isTold && confinements.every(({ confinement }) => confinement === "plain") ? [] : [
    holds("REQ-15", "the report says how readers were confined", isTold, "it does not"),
    holds("REQ-15", `they were in the strongest way (${strongest}), or it says why not`, confinements.every(({ confinement, refused }) => confinement === strongest || refused.length > 0), "it does not"),
  ];
  return [
    ...confined,
    holds("REQ-63", "the report lists the checks of the self-test", JSON.stringify(at(run, "selftests") ?? []).includes("matcher finds what was planted"), "it lists none"),
    holds("REQ-60", "JSON Lines: says what was not searched", ((at(only(lines, "totals"), "notSearched") ?? []) as readonly unknown[]).length > 0, "it says nothing"),
  ];
}

/** What a scan given again to a finished case does to it, and another exhibit under its folder. */
export async function showFinished(kit: Kit, state: (folder: string) => string): Promise<Assertion[]> {
  const options = ["--allow-writable", writableReason, ...homeOptions(kit, "main")];
  const before = state(caseFolder(kit, "one-reader"));
  const again: Ended = await kit.run(scanArguments(kit, "main", "one-reader", "--readers", "1", ...options));
  const after = state(caseFolder(kit, "one-reader"));
  const other = await kit.run(scanArguments(kit, "none", "one-reader", ...options));
  return [
    endsWith("REQ-54", "a finished case that is scanned again ends with the same status", 1, again),
    { requirement: "REQ-54", assertion: "and its folder is as it was", expected: before, actual: after },
    endsWith("REQ-55", "another exhibit under the same folder is refused", 5, other),
    endsWith("REQ-48", "5: a record of another exhibit", 5, other),
    { requirement: "REQ-55", assertion: "and the case's folder is as it was", expected: before, actual: state(caseFolder(kit, "one-reader")) },
  ];
}

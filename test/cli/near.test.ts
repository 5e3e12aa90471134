import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { PerceptualCode } from "../../src/model.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { blindmatch, type Ended, entryOf, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { drawPhoto, encode, type Photo } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";

// Near matching by the real program, from drawn pictures to reports.

const folder = temporaryFolder();
const home = join(folder, "home");
const photo = drawPhoto(1, 700, 500);
const other = drawPhoto(2, 700, 500);
const listed = drawPhoto(3, 640, 480);
const ours = (picture: Photo): Sharp => sharp(picture.data, { raw: picture.info });
let cases = 0;

function codesOf({ data, info }: Photo): readonly PerceptualCode[] {
  return pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: 3 });
}

const hex = (code: Uint8Array): string => Buffer.from(code).toString("hex");
const fullCode = (picture: Photo): Uint8Array => codesOf(picture).find(({ transform }) => transform === "full")!.code;

interface Scanned extends Ended {
  readonly lines: ReportLine[];
  readonly caseFolder: string;
  readonly again: (...more: readonly string[]) => Ended;
  /** The same evidence in a case of its own. */
  readonly another: (...more: readonly string[]) => Ended;
}

function scan(files: Readonly<Record<string, Uint8Array>>, ...more: readonly string[]): Scanned {
  const number = cases++;
  const place = join(folder, `evidence-${number}`);
  mkdirSync(place);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes);
  const caseFolder = join(folder, `case-${number}`);
  const into = (target: string) => (...options: readonly string[]): Ended => blindmatch("scan", place, "--case", target, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", ...options);
  const again = into(caseFolder);
  const ended = again("--quiet", ...more);
  return { ...ended, caseFolder, again, another: (...options) => into(join(folder, `case-${cases++}`))(...options), lines: existsSync(join(caseFolder, "record.sqlite")) ? wholeReport(caseFolder) : [] };
}

const matches = (lines: readonly ReportLine[]): ReportLine[] => lines.filter(({ type }) => type === "match");
const near = (lines: readonly ReportLine[]): string[] => matches(lines).filter(({ kind }) => kind === "near").map((line) => `${String(line["path"])} = ${String(line["recordId"])} by ${String(line["transform"])}`);
const totalsOf = (lines: readonly ReportLine[]): ReportLine => lines.at(-1)!;
const importing = (file: string, name: string, ...more: readonly string[]): Ended => blindmatch("list", "import", file, "--agency", "A", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home, ...more);

/** Dark disc on white: what centred objects on plain ground have in common, and nothing else. */
function disc(radius: number, shade: number): Photo {
  const data = Buffer.alloc(600 * 600 * 3, 250);
  for (let y = 0; y < 600; y++)
    for (let x = 0; x < 600; x++) {
      const distance = Math.hypot(x - 300, y - 300);
      if (distance < radius) data.fill(Math.round(shade + 60 * Math.sin(x / 9) * Math.cos(y / 13)), (y * 600 + x) * 3, (y * 600 + x) * 3 + 3);
    }
  return { data, info: { width: 600, height: 600, channels: 3 } };
}

const plain = disc(120, 90);
const sha256Of = (bytes: Uint8Array): string => execFileSync("sha256sum", { input: bytes }).toString().slice(0, 64);
let exact: Buffer;

beforeAll(async () => {
  exact = await encode(listed, "jpeg", { quality: 80 });
  const list = join(folder, "codes.csv");
  const rows = [`SYN-1,,${hex(fullCode(photo))},1`, `SYN-2,${sha256Of(exact)},${hex(fullCode(listed))},1`, `SYN-3,,${hex(fullCode(plain))},2`];
  writeFileSync(list, `record_id,sha256,pdq,category\n${rows.join("\n")}\n`);
  expect(importing(list, "codes")).toMatchObject({ status: 0 });
});

describe("near matching", () => {
  it("finds turned, mirrored, bordered and negative pictures, and says how they were compared (REQ-42)", async () => {
    const framed = ours(photo).extend({ top: 90, bottom: 90, background: { r: 0, g: 0, b: 0 } });
    const { status, lines } = scan({
      "1-upright.jpg": await ours(photo).jpeg().toBuffer(),
      "2-left.jpg": await ours(photo).rotate(270).jpeg().toBuffer(),
      "3-exif.jpg": await ours(photo).rotate(180).withMetadata({ orientation: 3 }).jpeg().toBuffer(),
      "4-mirrored.jpg": await ours(photo).flop().jpeg().toBuffer(),
      "5-letterbox.jpg": await framed.jpeg().toBuffer(),
      "6-negative.jpg": await ours(photo).negate().jpeg().toBuffer(),
      "7-other.jpg": await ours(other).jpeg().toBuffer(),
    });
    expect(status).toBe(1);
    expect(near(lines).map((line) => line.replace(/nearest-512/, "full"))).toEqual([
      "1-upright.jpg = SYN-1 by full",
      "2-left.jpg = SYN-1 by full rotated-270",
      "3-exif.jpg = SYN-1 by full rotated-180",
      "4-mirrored.jpg = SYN-1 by full mirrored",
      "5-letterbox.jpg = SYN-1 by trimmed full",
      "6-negative.jpg = SYN-1 by full negative",
    ]);
    expect(totalsOf(lines)).toMatchObject({ entriesMatched: { near: 6, doubtful: 0, any: 6 } });
    expect(JSON.stringify(totalsOf(lines)["notSearched"])).toContain("cropped by more than 1 to 2 per cent");
  });

  it("finds an edited picture by the thumbnail that was left in it (REQ-44)", async () => {
    const thumbnail = await ours(photo).resize(160, 114).jpeg({ quality: 90 }).toBuffer();
    const edited = withThumbnail(await ours(other).jpeg().toBuffer(), thumbnail);
    const unedited = withThumbnail(await ours(photo).jpeg().toBuffer(), thumbnail);
    const { status, lines, caseFolder } = scan({ "edited.jpg": edited, "unedited.jpg": unedited });
    expect(status).toBe(1);
    expect(near(lines)).toEqual([expect.stringMatching(/^edited\.jpg\/\/thumbnail = SYN-1 by full$/), expect.stringMatching(/^unedited\.jpg = SYN-1 by/)]);
    const [entry] = lines.filter(({ type }) => type === "entry");
    expect(entry).toMatchObject({ embedded: [{ name: "thumbnail", sizeBytes: thumbnail.length, offsetBytes: edited.indexOf(thumbnail), digests: { sha256: sha256Of(thumbnail) }, picture: { widthPixels: 160, heightPixels: 114 } }] });
    expect(totalsOf(lines)).toMatchObject({ embeddedPictures: [{ status: "hashed", pictures: 2 }] });
    expect(readFileSync(join(caseFolder, "report.html"), "utf8")).toContain("<strong>//thumbnail</strong>");
  });

  it("finds a thumbnail's own bytes in a list of digests", async () => {
    const { lines } = scan({ "carrier.jpg": withThumbnail(await ours(other).jpeg().toBuffer(), exact) });
    expect(matches(lines)).toEqual([expect.objectContaining({ kind: "exact", embedded: "thumbnail", path: "carrier.jpg//thumbnail", recordId: "SYN-2" })]);
  });

  it("sets resemblances of objects on plain ground apart, with the reason (REQ-46)", async () => {
    const { status, lines, caseFolder } = scan({ "disc.png": await encode(disc(122, 92), "png") });
    expect(status).toBe(1);
    expect(matches(lines)).toEqual([expect.objectContaining({ sort: "doubtful", recordId: "SYN-3", nearReferences: 1, doubts: [{ doubt: "plain-ground", sentence: expect.any(String) }] })]);
    expect(totalsOf(lines)).toMatchObject({ answer: "matches", entriesMatched: { near: 0, doubtful: 1 } });
    const html = readFileSync(join(caseFolder, "report.html"), "utf8");
    expect(html).toContain("Low confidence: most of the picture is a plain ground");
  });

  it("takes thresholds for single lists and for all, and states them in the report (REQ-45)", async () => {
    const files = { "small.jpg": await ours(photo).resize(90).blur(1.5).jpeg({ quality: 30 }).toBuffer() };
    const usual = scan(files);
    const distance = Number(matches(usual.lines)[0]!["distanceBits"]);
    expect(distance).toBeGreaterThan(0);
    const strict = scan(files, "--near-threshold", `codes=${distance - 1}`);
    expect([strict.status, matches(strict.lines)]).toEqual([0, []]);
    expect(strict.lines[0]).toMatchObject({ header: { options: { nearDistanceBits: 31, nearThresholds: [{ nearDistanceBits: distance - 1, leastQuality: 50 }] } } });
    expect(strict.again("--quiet")).toMatchObject({ status: 5, err: expect.stringContaining("nearThresholds") });
    expect(scan(files, "--near-threshold", `${distance}/90`, "--near-threshold", `A/codes=${distance}`)).toMatchObject({ status: 1 });
    for (const wrong of ["32", "codes=40", "x=", "codes=3/101", "-1", "1.5"]) expect(scan({}, "--near-threshold", wrong)).toMatchObject({ status: 2, err: expect.stringContaining("at most 31 bits") });
    expect(scan({}, "--near-threshold", "nothing=3").status).toBe(4);
    expect(scan({}, "--near-threshold", "codes=3", "--near-threshold", "A/codes=4")).toMatchObject({ status: 2, err: expect.stringContaining("found two for A/codes") });
  });

  it("leaves out pictures that match exactly only when asked to, and says so", async () => {
    const files = { "exact.jpg": exact, "near.jpg": await encode(listed, "jpeg", { quality: 60 }) };
    const usual = scan(files);
    expect(usual.lines.filter(({ type }) => type === "entry").map(({ picture }) => (picture as { status: string }).status)).toEqual(["hashed", "hashed"]);
    const skipped = scan(files, "--skip-near-for-exact");
    expect(skipped.status).toBe(1);
    expect(skipped.lines.filter(({ type }) => type === "entry").map(({ picture }) => (picture as { status: string }).status)).toEqual(["skipped", "hashed"]);
    expect(matches(skipped.lines).map(({ kind }) => kind)).toEqual(["exact", "near"]);
    expect(JSON.stringify(totalsOf(skipped.lines)["notSearched"])).toContain("as was asked for");
  });

  it("gives the same rows for copies, however many readers share the work, and says where the extension does not fit", async () => {
    const copy = await ours(photo).jpeg().toBuffer();
    const files = Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`${String(at).padStart(2, "0")}.${at % 2 === 0 ? "jpg" : "txt"}`, copy]));
    const [one, two] = [scan(files, "--readers", "1"), scan(files, "--readers", "2")];
    const rows = ({ lines }: Scanned): unknown[] => lines.filter(({ type }) => type === "match").map((line) => ({ ...line, entry: { ...entryOf(line), inode: 0, modified: 0, changed: 0, accessed: 0, created: 0 } }));
    expect(rows(one)).toEqual(rows(two));
    expect(rows(one)).toHaveLength(24);
    // What is called a picture is read first.
    expect(one.lines.filter(({ type }) => type === "entry").map(({ extensionFits }) => extensionFits)).toEqual(Array.from({ length: 24 }, (_, at) => at < 12));
    expect(totalsOf(one.lines)).toMatchObject({ extensionMismatches: 12 });
  });

  it("never lets a perceptual code out: not on a terminal, in events or progress, in a report, in the record, in what a refusal says, or in what lies in the home (REQ-17)", async () => {
    const thumbnail = await ours(photo).resize(160, 114).jpeg({ quality: 90 }).toBuffer();
    const pictures = [photo, other, listed, plain, await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true })] as readonly Photo[];
    const files = { "a.png": await encode(photo, "png"), "b.png": await encode(other, "png"), "c.png": await encode(listed, "png"), "d.png": await encode(plain, "png"), "e.jpg": withThumbnail(await encode(other, "jpeg"), thumbnail) };
    const run = scan(files, "--near-threshold", "31/0");
    expect(run.status).toBe(1);
    const { again, another, caseFolder } = run;
    const [told, shown] = [another("--json", "--near-threshold", "31/0"), another("--near-threshold", "31/0")];
    expect([told.status, shown.status]).toEqual([1, 1]);
    expect(told.out).toMatch(/"event":"progress".*"near":[1-9]/);
    expect(shown.err).toMatch(/near [1-9]/);
    const everything = ({ out, err }: Ended): Buffer => Buffer.from(out + err);
    const outputs: [string, Buffer][] = [["terminal", everything(run)], ["events of a running scan", everything(told)], ["progress of a running scan", everything(shown)], ["events", everything(again("--json"))], ["selftest", everything(blindmatch("selftest"))]];
    for (const format of ["jsonl", "csv", "html"]) outputs.push([`${format} on the terminal`, everything(blindmatch("report", caseFolder, "--format", format))]);
    for (const format of ["jsonl", "csv"]) outputs.push([`${format} with all`, everything(blindmatch("report", caseFolder, "--format", format, "--all"))]);
    for (const command of [["ls"], ["show", "codes"], ["verify"]]) outputs.push([command.join(" "), everything(blindmatch("list", ...command, "--home", home))]);

    const codes = pictures.flatMap((picture) => codesOf(picture).flatMap(({ code }) => [Buffer.from(code), Buffer.from(code.map((byte) => byte ^ 0xff))]));
    expect(codes.length).toBeGreaterThan(140);
    const rows = codes.map((code, number) => `SYN-${number},${hex(code)},1`);
    const delivered = join(folder, "delivered.csv");
    writeFileSync(delivered, `record_id,pdq,category\n${rows.join("\n")}\n`);
    const difference = blindmatch("list", "diff", "codes", delivered, "--home", home);
    outputs.push(["diff", everything(difference)]);
    expect(difference).toMatchObject({ status: 0, out: expect.stringMatching(/pdq +\d+ added/) });
    const [first, ...rest] = rows;
    const refused: Readonly<Record<string, string>> = {
      "another category": `${first!.slice(0, -1)}77`,
      "a digit too many": first!.replace(/,1$/, "0,1"),
      "a digit too few": first!.replace(/.,1$/, ",1"),
      "a letter that is no digit": first!.replace(/.,1$/, "g,1"),
      "a cell too many": `${first},${hex(codes[1]!)}`,
      "a quote that is not closed": `"${first}`,
      "the code for a category": `SYN-0,${hex(codes[0]!)},${hex(codes[1]!)}`,
    };
    for (const [what, row] of Object.entries(refused)) {
      writeFileSync(delivered, `record_id,pdq,category\n${rest.slice(0, 3).join("\n")}\n${row}\n${rest.slice(3).join("\n")}\n`);
      const ended = importing(delivered, "refused");
      outputs.push([`refusal of ${what}`, everything(ended)]);
      expect([what, ended.status]).toEqual([what, 4]);
    }
    for (const place of [caseFolder, home])
      for (const name of readdirSync(place, { recursive: true, encoding: "utf8" })) if (statSync(join(place, name)).isFile()) outputs.push([name, readFileSync(join(place, name))]);
    const holdsCode = (bytes: Buffer): boolean =>
      codes.some((code) => {
        // A part of the text is as bad: refusals may shorten what they quote.
        const texts = [code.toString("hex"), code.toString("hex").toUpperCase(), code.toString("base64"), Buffer.from(code).reverse().toString("hex")].map((text) => Buffer.from(text.slice(0, 24)));
        return [code, Buffer.from(code).reverse(), ...texts].some((sought) => bytes.includes(sought));
      });
    expect(holdsCode(readFileSync(delivered))).toBe(true);
    expect(outputs.filter(([, bytes]) => holdsCode(bytes)).map(([name]) => name)).toEqual([]);
    expect(outputs.map(([name]) => name)).toEqual(expect.arrayContaining(["record.sqlite", "report.html", "report.csv", "report.jsonl", "catalog.sqlite"]));
  });
});

/** A JPEG file with an EXIF block that holds a thumbnail (TIFF, IFD1, tags 0x0201 and 0x0202), as cameras write it. */
function withThumbnail(jpeg: Buffer, thumbnail: Buffer): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 4 + 2 + 3 * 12 + 4);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(0, 8);
  tiff.writeUInt32LE(14, 10);
  tiff.writeUInt16LE(3, 14);
  const tag = (at: number, number: number, type: number, value: number): void => {
    tiff.writeUInt16LE(number, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(1, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  };
  tag(16, 0x0103, 3, 6);
  tag(28, 0x0201, 4, tiff.length);
  tag(40, 0x0202, 4, thumbnail.length);
  const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff, thumbnail]);
  const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { blindmatch, entryOf, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { drawPhoto, encode, type Photo } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";

// What becomes of pictures that are not plainly one picture: by the real program, from file to report.

const folder = temporaryFolder();
const home = join(folder, "home");
let cases = 0;

function codeOf({ data, info }: Photo): string {
  const [full] = pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: 3 });
  return Buffer.from(full!.code).toString("hex");
}

function scan(files: Readonly<Record<string, Uint8Array>>): { readonly status: number | null; readonly lines: ReportLine[] } {
  const number = cases++;
  const place = join(folder, `evidence-${number}`);
  mkdirSync(place);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes);
  const caseFolder = join(folder, `case-${number}`);
  const { status, err } = blindmatch("scan", place, "--case", caseFolder, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", "--quiet");
  expect(err).toBe("");
  return { status, lines: wholeReport(caseFolder) };
}

const near = (lines: readonly ReportLine[]): string[] => lines.filter((line) => line.type === "match" && line["kind"] === "near").map((line) => `${String(entryOf(line)["path"])} = ${String(line["recordId"])} by ${String(line["transform"])}`);
const statusesOf = (lines: readonly ReportLine[]): unknown[] => lines.filter(({ type }) => type === "entry").map(({ picture }) => (picture as { status: string } | null)?.status ?? null);

const photo = drawPhoto(1, 700, 500);
const blank: Photo = { data: new Uint8Array(700 * 500 * 3).fill(200), info: { width: 700, height: 500, channels: 3 } };

beforeAll(() => {
  const list = join(folder, "codes.csv");
  writeFileSync(list, `record_id,pdq,category\nSYN-1,${codeOf(photo)},1\n`);
  expect(blindmatch("list", "import", list, "--agency", "A", "--list-name", "codes", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
});

describe("pictures", () => {
  it("are found in each format that is decoded, whatever their extension, and counted", async () => {
    const files: Record<string, Uint8Array> = {};
    for (const encoding of ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const) files[`as ${encoding}.txt`] = await encode(photo, encoding);
    const { status, lines } = scan(files);
    expect(status).toBe(1);
    expect(near(lines)).toEqual(Object.keys(files).sort().map((name) => `${name} = SYN-1 by full`));
  });

  it("hidden behind a blank first frame make the scan incomplete", async () => {
    const frames = await Promise.all([blank, photo].map(({ data, info }) => sharp(data, { raw: info }).png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } }).gif().toBuffer();
    const { status, lines } = scan({ "frames.gif": gif });
    expect(status).toBe(3);
    expect(lines.filter(({ type }) => type === "picture")).toHaveLength(1);
    expect(statusesOf(lines)).toEqual(["first-page"]);
  });

  it("too plain for PDQ are counted and said to be not compared; they match nothing", async () => {
    const { status, lines } = scan({ "wall.png": await encode(blank, "png") });
    expect(status).toBe(0);
    expect(statusesOf(lines)).toEqual(["low-quality"]);
    expect(JSON.stringify(lines.at(-1))).toContain("too plain for its code to be compared");
  });

  it("cut off are compared by the part that decodes; what is too little counts as not decoded", async () => {
    const jpeg = await encode(photo, "jpeg", { quality: 95 });
    const { status, lines } = scan({ "most.jpg": jpeg.subarray(0, Math.floor(jpeg.length * 0.995)), "head.jpg": jpeg.subarray(0, 700), "none.jpg": Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) });
    expect(status).toBe(3);
    expect(statusesOf(lines)).toEqual(["undecodable", "partial", "undecodable"]);
    expect(near(lines)).toEqual(["most.jpg = SYN-1 by full"]);
  });

  it("of formats that are not decoded make the scan incomplete, and are hashed all the same", () => {
    const bmp = Buffer.from(`BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0${"\0".repeat(28)}`, "latin1");
    const { status, lines } = scan({ "picture.bmp": bmp });
    expect(status).toBe(3);
    expect(lines.find(({ type }) => type === "entry")).toMatchObject({ digests: { md5: createHash("md5").update(bmp).digest("hex") }, mediaType: "image/bmp" });
  });

  it("leave no perceptual code in any file that a scan writes", async () => {
    const { lines } = scan({ "a.jpg": await encode(photo, "jpeg", { quality: 92 }) });
    expect(near(lines)).toHaveLength(1);
    const written = blindmatch("report", join(folder, `case-${cases - 1}`), "--format", "jsonl", "--all").out;
    expect(written).not.toContain(codeOf(photo));
    expect(written).not.toMatch(/"pdq":"[0-9a-f]{64}"/);
  });
});

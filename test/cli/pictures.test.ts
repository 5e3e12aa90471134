import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { blindmatch, entryOf, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { drawPhoto, encode, type Photo } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { photoPixels } from "../support/pictures.ts";
import { bmp, icon, iconBitmap } from "../support/pictures-bitmap.ts";
import { multiPicture } from "../support/pictures-jpeg.ts";
import { animatedPng, type PngFrame, withChunks } from "../support/pictures-png.ts";
import { rawFiles } from "../support/pictures-raw.ts";
import { describeWith, has, run } from "../support/tools.ts";

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

async function several(encoding: "gif" | "webp" | "tiff", photos: readonly Photo[]): Promise<Buffer> {
  const frames = await Promise.all(photos.map(({ data, info }) => sharp(data, { raw: info }).png().toBuffer()));
  return sharp(frames, { join: { animated: true } }).toFormat(encoding, encoding === "tiff" ? { compression: "lzw" } : { effort: 1 }).toBuffer();
}

function pngFrame({ data, info: { width, height } }: Photo): PngFrame {
  return { data: Uint8Array.from({ length: 4 * width * height }, (_, at) => (at % 4 === 3 ? 255 : data[3 * (at >> 2) + (at % 4)]!)), left: 0, top: 0, width, height };
}

const head = (hex: string): Buffer => Buffer.concat([Buffer.from(hex, "hex"), Buffer.alloc(400, 7)]);

describe("pictures", () => {
  it("are found in each format that is decoded, whatever their extension, and counted (REQ-44)", async () => {
    const files: Record<string, Uint8Array> = {};
    for (const encoding of ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const) files[`as ${encoding}.txt`] = await encode(photo, encoding);
    files["as bmp.txt"] = bmp(photoPixels(1, 700, 500), { bits: 24 }).file;
    const preview = await encode(photo, "jpeg");
    files["as dng.txt"] = rawFiles["image/x-adobe-dng"]!({ large: preview, small: await encode(drawPhoto(9, 160, 120), "jpeg") });
    const { status, lines } = scan(files);
    expect(status).toBe(1);
    expect(near(lines)).toEqual(Object.keys(files).sort().map((name) => `${name} = SYN-1 by ${name === "as dng.txt" ? "frame-1 full" : "full"}`));
    expect(statusesOf(lines)).toEqual(Object.keys(files).sort().map((name) => (name === "as dng.txt" ? "preview" : "hashed")));
    expect(lines.at(-1)).toMatchObject({ extensionMismatches: 8 });
  });

  it("that were turned are found, and it is said how (REQ-41)", async () => {
    const ours = (): Sharp => sharp(photo.data, { raw: photo.info });
    const files = {
      "1 left.jpg": await ours().rotate(270).jpeg().toBuffer(),
      "2 over.jpg": await ours().rotate(180).jpeg().toBuffer(),
      "3 right.jpg": await ours().rotate(90).jpeg().toBuffer(),
      "4 mirrored.jpg": await ours().flop().jpeg().toBuffer(),
      "5 flipped.jpg": await ours().flip().jpeg().toBuffer(),
      "6 negative.jpg": await ours().negate().jpeg().toBuffer(),
      "7 bordered.jpg": await ours().extend({ top: 80, bottom: 80, background: "#000" }).jpeg().toBuffer(),
    };
    const { status, lines } = scan(files);
    expect(status).toBe(1);
    expect(near(lines).map((line) => line.replace("nearest-512", "full"))).toEqual([
      "1 left.jpg = SYN-1 by full rotated-270",
      "2 over.jpg = SYN-1 by full rotated-180",
      "3 right.jpg = SYN-1 by full rotated-90",
      "4 mirrored.jpg = SYN-1 by full mirrored",
      "5 flipped.jpg = SYN-1 by full flipped",
      "6 negative.jpg = SYN-1 by full negative",
      "7 bordered.jpg = SYN-1 by trimmed full",
    ]);
  });

  it("hidden behind a blank first frame are found, whichever file holds several (REQ-44)", async () => {
    const apng = animatedPng(700, 500, [pngFrame(blank), pngFrame(photo)]);
    const jpegs = await Promise.all([encode(blank, "jpeg"), encode(photo, "jpeg")]);
    const files = {
      "a.gif": await several("gif", [blank, photo]),
      "b.webp": await several("webp", [blank, photo]),
      "c.tiff": await several("tiff", [blank, photo]),
      "d.png": apng,
      "e, announced late.png": withChunks(apng, ["teST", Buffer.alloc(5000)]),
      "f.jpg": multiPicture(jpegs),
      "g.ico": icon([iconBitmap(photoPixels(5, 32, 32), 24).file, iconBitmap(photoPixels(1, 700, 500), 24).file]),
    };
    const { status, lines } = scan(files);
    expect(statusesOf(lines)).toEqual(Object.keys(files).map(() => "hashed"));
    expect(status).toBe(1);
    expect(near(lines)).toEqual(Object.keys(files).map((name) => `${name} = SYN-1 by frame-2 full`));
  });

  it("at the end, in the middle and at the beginning of a long animation are found; that it was sampled makes the scan incomplete", async () => {
    const others = Array.from({ length: 20 }, (_, at) => drawPhoto(40 + at, 240, 172));
    const half = drawPhoto(1, 240, 172);
    const small: Record<string, Uint8Array> = {};
    for (const place of [0, 10, 20]) small[`${String(place).padStart(2, "0")}.gif`] = await several("gif", [...others.slice(0, place), half, ...others.slice(place)]);
    const { status, lines } = scan({ ...small, "30, without.gif": await several("gif", [...others, drawPhoto(99, 240, 172)]) });
    expect(statusesOf(lines)).toEqual(["sampled", "sampled", "sampled", "sampled"]);
    expect(near(lines).map((line) => line.slice(0, 6))).toEqual(["00.gif", "10.gif", "20.gif"]);
    expect(near(lines).map((line) => / by frame-(\d+) full$/.exec(line)?.[1])).toEqual(["1", "11", "21"]);
    expect(status).toBe(3);
    expect(JSON.stringify(lines.at(-1))).toContain("its first, middle and last one");
    expect(scan({ "alone.gif": await several("gif", [...others, drawPhoto(99, 240, 172)]) }).status).toBe(3);
    const short = scan({ "16.gif": await several("gif", [...others.slice(0, 15), half]) });
    expect([short.status, statusesOf(short.lines), near(short.lines)]).toEqual([1, ["hashed"], ["16.gif = SYN-1 by frame-16 full"]]);
  });

  it("of one frame among sixty that are alike are found, and the animation is compared whole", async () => {
    const still = drawPhoto(40, 240, 172);
    const marked = (at: number): Photo => ({ ...still, data: still.data.map((value, index) => (index < 6 ? ((at >> index) & 1) * 255 : value)) });
    const frames = Array.from({ length: 60 }, (_, at) => (at === 12 ? drawPhoto(1, 240, 172) : marked(at)));
    const { status, lines } = scan({ "a.gif": await several("gif", frames), "b.webp": await several("webp", frames) });
    expect([status, statusesOf(lines), near(lines)]).toEqual([1, ["hashed", "hashed"], ["a.gif = SYN-1 by frame-13 full", "b.webp = SYN-1 by frame-13 full"]]);
  });

  it("that show only through their transparency are found as they show on white", async () => {
    // One colour as stored; what is dark in the photo lets least of the white ground through.
    const rgba = Uint8Array.from({ length: 4 * 700 * 500 }, (_, at) => (at % 4 === 3 ? 255 - photo.data[3 * (at >> 2) + 1]! : 0));
    const { status, lines } = scan({ "a.png": await sharp(rgba, { raw: { width: 700, height: 500, channels: 4 } }).png().toBuffer() });
    expect([status, statusesOf(lines), near(lines)]).toEqual([1, ["hashed"], ["a.png = SYN-1 by over-white full"]]);
  });

  it("of a document with more than sixteen pages make the scan incomplete; up to sixteen all are compared", async () => {
    const pages = Array.from({ length: 17 }, (_, at) => drawPhoto(40 + at, 240, 172));
    const more = scan({ "more.tiff": await several("tiff", pages) });
    expect([more.status, statusesOf(more.lines), near(more.lines)]).toEqual([3, ["first-page"], []]);
    expect(more.lines.filter(({ type }) => type === "picture")).toHaveLength(1);
    const all = scan({ "all.tiff": await several("tiff", [...pages.slice(0, 15), drawPhoto(1, 240, 172)]) });
    expect([all.status, statusesOf(all.lines), near(all.lines)]).toEqual([1, ["hashed"], ["all.tiff = SYN-1 by frame-16 full"]]);
    const found = scan({ "more.tiff": await several("tiff", [drawPhoto(1, 240, 172), ...pages.slice(0, 16)]) });
    expect([found.status, statusesOf(found.lines), near(found.lines)]).toEqual([3, ["first-page"], ["more.tiff = SYN-1 by frame-1 full"]]);
  });

  it("too plain for PDQ are counted and said to be not compared; they match nothing", async () => {
    const { status, lines } = scan({ "wall.png": await encode(blank, "png") });
    expect(status).toBe(0);
    expect(statusesOf(lines)).toEqual(["low-quality"]);
    expect(JSON.stringify(lines.at(-1))).toContain("1 picture in the near comparison: perceptually hashed, but too plain (PDQ quality below 50)");
  });

  it("with a lost sector in their midst make the scan incomplete (REQ-47)", async () => {
    const jpeg = await encode(photo, "jpeg", { quality: 95 });
    const sector = 512 * Math.floor(jpeg.length / 1024);
    const damaged = Buffer.from(jpeg).fill(0, sector, sector + 512);
    const { status, lines } = scan({ "sector.jpg": damaged });
    expect([status, statusesOf(lines)]).toEqual([3, ["partial"]]);
  });

  it("cut off are compared by the part that decodes; what is too little counts as not decoded", async () => {
    const jpeg = await encode(photo, "jpeg", { quality: 95 });
    const { status, lines } = scan({ "most.jpg": jpeg.subarray(0, Math.floor(jpeg.length * 0.995)), "head.jpg": jpeg.subarray(0, 700), "none.jpg": Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]) });
    expect(status).toBe(3);
    expect(statusesOf(lines)).toEqual(["undecodable", "partial", "undecodable"]);
    expect(near(lines)).toEqual(["most.jpg = SYN-1 by full"]);
    expect(scan({ "alone.jpg": jpeg.subarray(0, Math.floor(jpeg.length * 0.995)) }).status).toBe(3);
  });

  it.each([
    ["a.jxl", "0000000c4a584c200d0a870a", "image/jxl"],
    ["bare.jxl", "ff0a", "image/jxl"],
    ["b.jp2", "0000000c6a5020200d0a870a", "image/jp2"],
    ["c.psd", "384250530001", "image/vnd.adobe.photoshop"],
    ["d.svg", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='9'>").toString("hex"), "image/svg+xml"],
  ])("of a format that is not decoded (%s) make the scan incomplete, and are hashed all the same (REQ-47)", (name, hex, mediaType) => {
    const file = head(hex);
    const { status, lines } = scan({ [name]: file });
    expect(status).toBe(3);
    expect(statusesOf(lines)).toEqual(["unsupported"]);
    expect(lines.find(({ type }) => type === "entry")).toMatchObject({ digests: { md5: null, sha256: createHash("sha256").update(file).digest("hex") }, mediaType });
  });

  it("whose bytes are a list's own are found by them, of a format that is decoded or not", () => {
    const file = head("384250530001");
    const list = join(folder, "psd.csv");
    writeFileSync(list, `record_id,sha256,category\nSYN-PSD,${createHash("sha256").update(file).digest("hex")},1\n`);
    expect(blindmatch("list", "import", list, "--agency", "A", "--list-name", "psd", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const { lines } = scan({ "c.psd": file });
    expect(lines.filter(({ type }) => type === "match")).toMatchObject([{ kind: "exact", recordId: "SYN-PSD" }]);
  });

  it("leave no perceptual code in any file that a scan writes", async () => {
    const { lines } = scan({ "a.jpg": await encode(photo, "jpeg", { quality: 92 }) });
    expect(near(lines)).toHaveLength(1);
    const written = blindmatch("report", join(folder, `case-${cases - 1}`), "--format", "jsonl", "--all").out;
    expect(written).not.toContain(codeOf(photo));
    expect(written).not.toMatch(/"pdq":"[0-9a-f]{64}"/);
  });
});

describeWith("heif-enc", has("heif-enc"), "pictures as phones store them (HEIC)", () => {
  it("are found, whatever their extension", async () => {
    const [from, to] = [join(folder, "phone.png"), join(folder, "phone.heic")];
    writeFileSync(from, await encode(photo, "png"));
    run("heif-enc", ["-q", "90", from, "-o", to]);
    const { status, lines } = scan({ "phone.jpg": readFileSync(to) });
    expect(status).toBe(1);
    expect(near(lines)).toEqual(["phone.jpg = SYN-1 by full"]);
    expect(lines.find(({ type }) => type === "entry")).toMatchObject({ mediaType: "image/heic", extensionFits: false, picture: { status: "hashed", widthPixels: 700, heightPixels: 500 } });
  });
});

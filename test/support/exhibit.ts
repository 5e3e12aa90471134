import { createHash, randomBytes } from "node:crypto";
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { drawPhoto, encode, type Photo } from "./draw.ts";

/** What was planted, by path from the root: the answer that a scan must come to. */
export interface Planted {
  /** Files whose bytes equal a listed picture, with the record id. */
  readonly exact: ReadonlyMap<string, string>;
  /** Files that resemble a listed picture and do not equal it. */
  readonly near: ReadonlyMap<string, string>;
  /** Files that cannot be read by whoever is not root. */
  readonly unreadable: readonly string[];
  /** The synthetic agency's lists: VICS 2.0 with MD5 and SHA-1, and own CSV with PDQ codes. */
  readonly vicsList: string;
  readonly pdqList: string;
}

const listed = 12;
const first = (seed: number): string => `SYN-${String(seed).padStart(4, "0")}`;

/** Pictures of the synthetic agency, drawn by formula: JPEG, quality 92. */
async function listedPicture(seed: number): Promise<{ photo: Photo; jpeg: Buffer }> {
  const photo = drawPhoto(seed, 480 + 16 * seed, 360 + 8 * seed);
  return { photo, jpeg: await encode(photo, "jpeg", { quality: 92 }) };
}

/** Fills a folder with a synthetic exhibit: drawn pictures among documents, copies of listed pictures in every disguise, hostile names. */
export async function fillExhibit(root: string, documents = 150): Promise<Planted> {
  const exact = new Map<string, string>();
  const near = new Map<string, string>();
  const put = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  };
  const pictures = new Map<number, { photo: Photo; jpeg: Buffer }>();
  for (let seed = 1; seed <= listed; seed++) pictures.set(seed, await listedPicture(seed));
  const jpeg = (seed: number): Buffer => pictures.get(seed)!.jpeg;
  const copy = (seed: number, path: string): void => {
    put(path, jpeg(seed));
    exact.set(path, first(seed));
  };
  const altered = async (seed: number, path: string, bytes: Promise<Buffer>): Promise<void> => {
    put(path, await bytes);
    near.set(path, first(seed));
  };

  copy(1, "Users/ann/Pictures/IMG_0001.jpg");
  copy(2, "Users/ann/Pictures/renamed holiday.jpg");
  copy(3, "Users/ann/AppData/Local/cache/deep/er/and/deeper/f_00a3c1");
  copy(4, "Users/ann/Documents/letter.txt");
  copy(5, "Users/ann/Downloads/copy.jpg");
  copy(5, "Users/ann/Downloads/copy (1).jpg");
  copy(6, "Users/ann/Desktop/original.jpg");
  linkSync(join(root, "Users/ann/Desktop/original.jpg"), join(root, "Users/ann/Desktop/second name.jpg"));
  exact.set("Users/ann/Desktop/second name.jpg", first(6));

  await altered(7, "Users/ann/Pictures/re-encoded.jpg", encode(pictures.get(7)!.photo, "jpeg", { quality: 55 }));
  await altered(8, "Users/ann/Pictures/half size.jpg", sharp(jpeg(8)).resize(Math.round((480 + 16 * 8) / 2)).jpeg({ quality: 80 }).toBuffer());
  await altered(9, "Users/ann/Pictures/other format.png", sharp(jpeg(9)).png().toBuffer());
  await altered(10, "Users/ann/Pictures/other format.webp", sharp(jpeg(10)).webp({ quality: 75 }).toBuffer());
  await altered(11, "Users/ann/Pictures/rotated.jpg", sharp(jpeg(11)).rotate(90).jpeg({ quality: 90 }).toBuffer());
  await altered(12, "Users/ann/Pictures/mirrored.jpg", sharp(jpeg(12)).flop().jpeg({ quality: 90 }).toBuffer());
  await altered(1, "Users/ann/Pictures/letterboxed.jpg", sharp(jpeg(1)).extend({ top: 60, bottom: 60, background: "#000" }).jpeg({ quality: 85 }).toBuffer());

  for (let seed = 101; seed <= 124; seed++) put(`Users/ann/Pictures/own/${seed}.jpg`, await encode(drawPhoto(seed, 400, 300), "jpeg", { quality: 85 }));
  for (let number = 0; number < documents; number++)
    put(`Users/ann/Documents/${number % 7}/${number % 3}/note ${number}.txt`, `Synthetic note ${number}\n`.repeat(1 + ((number * 37) % 400)));
  put("Users/ann/Documents/empty.txt", "");
  put("Users/ann/Documents/another empty.txt", "");
  put("Windows/System32/noise.bin", randomBytes(300_000));
  put("Windows/System32/larger.bin", Buffer.alloc(2_500_000, "synthetic "));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/Users/ann/`), Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe])]), "a name that is no UTF-8");
  writeFileSync(`${root}/Users/ann/two\nlines \x1b[31m\u202e.txt`, "a name that would repaint a terminal");
  symlinkSync("/etc/passwd", join(root, "Users/ann/out of the tree"));
  symlinkSync("loop b", join(root, "Users/ann/loop a"));
  symlinkSync("loop a", join(root, "Users/ann/loop b"));

  const unreadable = ["Users/ann/locked.dat"];
  put(unreadable[0]!, "locked");
  chmodSync(join(root, unreadable[0]!), 0o000);
  return { exact, near, unreadable, vicsList: await vicsList(pictures), pdqList: await pdqList(pictures) };
}

type Pictures = ReadonlyMap<number, { readonly photo: Photo; readonly jpeg: Buffer }>;

async function vicsList(pictures: Pictures): Promise<string> {
  const digest = (name: string, bytes: Buffer): string => createHash(name).update(bytes).digest("hex").toUpperCase();
  const value = [...pictures].map(([seed, { jpeg }]) => ({
    MediaID: first(seed),
    Category: 1 + (seed % 2),
    MD5: digest("md5", jpeg),
    SHA1: digest("sha1", jpeg),
    MediaSize: jpeg.length,
    Comments: "synthetic",
  }));
  return JSON.stringify({ "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media", value }, null, 1);
}

async function pdqList(pictures: Pictures): Promise<string> {
  const rows = ["record_id,pdq,pdq_quality,category"];
  for (const [seed, { jpeg }] of pictures) {
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const [full] = pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: 3 });
    rows.push(`${first(seed)},${Buffer.from(full!.code).toString("hex")},${full!.quality},${1 + (seed % 2)}`);
  }
  return `${rows.join("\n")}\n`;
}


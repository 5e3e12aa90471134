import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { photoFile } from "./photo-files.ts";

/** A part of a drive: its share of the files, how many of those are pictures, and the middle of the sizes of the others. */
interface Part {
  readonly place: string;
  readonly perCent: number;
  readonly pictures: number;
  readonly medianBytes: number;
  readonly extensions: readonly string[];
}

/** A family's computer, as its files are spread: most are the system's and of programs, most bytes are in a few large ones. */
const parts: readonly Part[] = [
  { place: "Windows", perCent: 42, pictures: 0.05, medianBytes: 20_000, extensions: ["dll", "mui", "cat", "sys", "xml"] },
  { place: "Program Files", perCent: 20, pictures: 0.08, medianBytes: 30_000, extensions: ["dll", "js", "exe", "json", "dat"] },
  { place: "ProgramData", perCent: 4, pictures: 0.02, medianBytes: 15_000, extensions: ["db", "log", "xml"] },
  { place: "Users/anna/AppData", perCent: 22, pictures: 0.4, medianBytes: 12_000, extensions: ["", "js", "db", "json", "log"] },
  { place: "Users/anna/Documents", perCent: 3, pictures: 0.02, medianBytes: 60_000, extensions: ["docx", "pdf", "xlsx", "txt"] },
  { place: "Users/anna/Pictures", perCent: 0.5, pictures: 1, medianBytes: 0, extensions: ["jpg"] },
  { place: "Users/anna/Videos", perCent: 0.3, pictures: 0, medianBytes: 30_000_000, extensions: ["mp4", "mov"] },
  { place: "Users/anna/Downloads", perCent: 0.6, pictures: 0.1, medianBytes: 2_000_000, extensions: ["exe", "zip", "pdf"] },
  { place: "Users/ben/AppData", perCent: 5.6, pictures: 0.4, medianBytes: 12_000, extensions: ["", "js", "db"] },
  { place: "Archive", perCent: 2, pictures: 0.5, medianBytes: 100_000, extensions: ["pdf", "mp3", "doc"] },
];
const [distinctPhotos, width, height] = [24, 1000, 750];

export interface DrawnTree {
  readonly files: number;
  readonly pictures: number;
  readonly bytes: number;
  readonly planted: { readonly path: string; readonly content: Buffer };
}

/**
 * A tree of so many files, drawn by formulas. Pictures are real, each with bytes of its own; of the others only the first bytes differ and the rest are holes, so
 * that reading them takes their whole size and no room. The planted one is the middle picture of the user's folder of pictures, by name.
 */
export async function drawTree(root: string, count: number): Promise<DrawnTree> {
  const photos = await Promise.all(Array.from({ length: distinctPhotos }, (_, seed) => photoFile(7_000 + seed, width, height)));
  const chance = chances(2026);
  let [files, pictures, bytes] = [0, 0, 0];
  let planted: DrawnTree["planted"] | null = null;
  for (const { place, perCent, pictures: share, medianBytes, extensions } of parts) {
    const own = Math.round((count * perCent) / 100);
    for (let number = 0; number < own; number++) {
      const isPicture = chance() < share;
      const extension = isPicture ? "jpg" : extensions[number % extensions.length]!;
      const path = join(place, `folder ${String(Math.floor(number / 150)).padStart(3, "0")}`, `file ${String(number).padStart(5, "0")}${extension === "" ? "" : `.${extension}`}`);
      if (number % 150 === 0) mkdirSync(dirname(join(root, path)), { recursive: true });
      files += 1;
      if (isPicture) {
        const content = withComment(photos[number % distinctPhotos]!, path);
        writeFileSync(join(root, path), content);
        pictures += 1;
        bytes += content.length;
        if (place.endsWith("Pictures") && number === own >> 1) planted = { path, content };
      } else bytes += hollowFile(join(root, path), path, Math.min(900_000_000, Math.round(medianBytes * Math.exp(1.7 * normal(chance)))));
    }
  }
  if (planted === null) throw new Error("bench: found no picture in the middle of the folder of pictures, expected one");
  return { files, pictures, bytes, planted };
}

function hollowFile(path: string, start: string, sizeBytes: number): number {
  const file = openSync(path, "wx");
  try {
    writeSync(file, start);
    ftruncateSync(file, Math.max(sizeBytes, start.length));
    return Math.max(sizeBytes, start.length);
  } finally {
    closeSync(file);
  }
}

/** A JPEG file with a comment behind its first marker. */
function withComment(photo: Buffer, comment: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(comment.length + 2);
  return Buffer.concat([photo.subarray(0, 2), Buffer.from([0xff, 0xfe]), length, Buffer.from(comment), photo.subarray(2)]);
}

/** Numbers from 0 to 1, the same for the same seed. Source: W. H. Press et al., "Numerical Recipes", the quick and dirty generator. */
function chances(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Source: G. Box and M. Muller, "A note on the generation of random normal deviates", 1958. */
function normal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

import { createCipheriv, createHash } from "node:crypto";
import { closeSync, createWriteStream, mkdirSync, openSync, writeSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { seededRandom } from "../support/random.ts";

/** Files of one sort. */
export interface Corpus {
  readonly name: string;
  /** Units: bytes, one a file. */
  readonly sizes: readonly number[];
}

const full = process.env["BENCH_SIZE"] === "full";
const [smallFiles, mixedBytes, largeBytes] = full ? [100_000, 2 * 10 ** 9, 512 * 2 ** 20] : [20_000, 400 * 10 ** 6, 64 * 2 ** 20];

/** The three of the target; BENCH_SIZE=full makes them as large as it says. */
export function corpora(): readonly Corpus[] {
  const random = seededRandom(7);
  const small = Array.from({ length: smallFiles }, () => 4096 + random(60 * 1024 + 1));
  const mixed: number[] = [];
  for (let sum = 0; sum < mixedBytes; sum += mixed.at(-1)!) mixed.push(logNormal(random));
  return [
    { name: `${smallFiles} files of 4 to 64 KB`, sizes: small },
    { name: `${mixed.length} files of log-normal sizes, ${mixedBytes / 10 ** 9} GB`, sizes: mixed },
    { name: `8 files of ${largeBytes / 2 ** 20} MiB`, sizes: Array<number>(8).fill(largeBytes) },
  ];
}

/** Median 40 KB, a factor of e^2 a deviation; none above 256 MiB. Source: Box and Muller's transformation. */
function logNormal(random: (bound: number) => number): number {
  const uniform = (): number => (random(2 ** 30) + 1) / 2 ** 30;
  const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Math.min(256 * 2 ** 20, Math.round(40_000 * Math.exp(2 * normal)));
}

const pieceBytes = 2 ** 20;

/** Writes a corpus into a folder, 500 files a folder: noise of a cipher, another one for every file. */
export function writeCorpus(folder: string, { sizes }: Corpus): void {
  const zeros = Buffer.alloc(pieceBytes);
  for (const [number, sizeBytes] of sizes.entries()) {
    const place = join(folder, `folder ${String(Math.floor(number / 500)).padStart(4, "0")}`);
    if (number % 500 === 0) mkdirSync(place, { recursive: true });
    const cipher = createCipheriv("aes-128-ctr", seedOf(number), Buffer.alloc(16));
    const file = openSync(join(place, `file ${String(number).padStart(6, "0")}.bin`), "wx");
    for (let at = 0; at < sizeBytes; at += pieceBytes) writeSync(file, cipher.update(zeros.subarray(0, Math.min(pieceBytes, sizeBytes - at))));
    closeSync(file);
  }
}

function seedOf(number: number): Buffer {
  return createHash("sha256").update(`file ${number}`).digest().subarray(0, 16);
}

/** A list of so many records with MD5, SHA-1 and SHA-256 that no file has, and of those given. */
export async function writeList(path: string, records: number, planted: readonly string[]): Promise<void> {
  const out = createWriteStream(path);
  const digest = (algorithm: string, record: number): string => createHash(algorithm).update(`record ${record}`).digest("hex");
  const write = async (text: string): Promise<void> => void (out.write(text) || (await once(out, "drain")));
  await write("record_id,md5,sha1,sha256,category\n");
  for (const [at, digests] of planted.entries()) await write(`P-${at},${digests.split(" ").join(",")},1\n`);
  for (let record = 0; record < records - planted.length; record++) await write(`${record},${digest("md5", record)},${digest("sha1", record)},${digest("sha256", record)},1\n`);
  out.end();
  await once(out, "finish");
}

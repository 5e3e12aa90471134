import { createHash } from "node:crypto";
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { blindmatch } from "./blindmatch.ts";
import { drawPhoto, encode } from "./draw.ts";

/** A scan that is to be disturbed: its command line for a case folder, and the exit status of its undisturbed run. */
export interface Disturbed {
  readonly status: number;
  readonly scanInto: (caseFolder: string) => string[];
}

/** A small exhibit with a list that matches one of its files; with `pictures` a list of PDQ codes as well, for a few small drawn pictures. */
export async function disturbedScan(folder: string, files = 60, pictures = 0): Promise<Disturbed> {
  const [evidence, home] = [join(folder, "evidence"), join(folder, "home")];
  for (const name of ["a", "b", "b/c"]) mkdirSync(join(evidence, name), { recursive: true });
  const content = (number: number): string => `synthetic content ${number}\n`.repeat((number * 37) % 150);
  for (let number = 0; number < files - pictures - 3; number++) writeFileSync(join(evidence, ["a", "b", "b/c"][number % 3]!, `file ${number}.txt`), content(number));
  writeFileSync(join(evidence, "a/two names"), "one file of two names");
  linkSync(join(evidence, "a/two names"), join(evidence, "b/second name"));
  symlinkSync("nowhere", join(evidence, "b/a link"));
  const rows = ["record_id,md5,pdq,pdq_quality,category", `SYN-0,${createHash("md5").update(content(7)).digest("hex")},,,1`];
  for (let seed = 1; seed <= pictures; seed++) {
    const photo = drawPhoto(seed, 200, 160);
    writeFileSync(join(evidence, `b/c/${seed}.jpg`), await encode(photo, "jpeg", { quality: 60 + seed }));
    const [full] = pdqCodes({ data: photo.data, widthPixels: photo.info.width, heightPixels: photo.info.height, channels: 3 });
    rows.push(`SYN-${seed},,${Buffer.from(full!.code).toString("hex")},${full!.quality},1`);
  }
  writeFileSync(join(folder, "list.csv"), `${rows.join("\n")}\n`);
  const imported = blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
  if (imported.status !== 0) throw new Error(imported.err);
  const options = ["--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", "--readers", "1", ...(pictures === 0 ? ["--no-perceptual"] : [])];
  return { status: 1, scanInto: (caseFolder) => ["scan", evidence, "--case", caseFolder, ...options] };
}

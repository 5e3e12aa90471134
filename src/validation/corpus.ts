import { storedPng } from "../perceptual/stored-png.ts";
import { corpusSha256, digestOf, type Exhibit, type Planted } from "./exhibit.ts";
import { betweenBars, bitmapFile, type GoldenPicture, goldenPictures, negativeOf, turnedAway, turningNames } from "./pictures.ts";
import { drawnBytes, type Random, seededRandom } from "./random.ts";

/** A drawn file that a list of the kit knows, or could know. Digests lower-case hex. */
export interface Item {
  readonly bytes: Buffer;
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** What a seed draws: exhibits, what lists are made of, and what must come out nowhere. */
export interface Corpus {
  readonly seed: number;
  readonly sha256: string;
  readonly items: readonly Item[];
  readonly pictures: readonly GoldenPicture[];
  /** By name of its folder. `main` holds nearly everything, `gaps` what cannot be examined or compared, `long` a sparse file, `none` nothing that is to be found. */
  readonly exhibits: { readonly main: Exhibit; readonly gaps: Exhibit; readonly long: Exhibit; readonly none: Exhibit };
  /** Lines that stand in documents of the exhibits, and nowhere else. */
  readonly markers: readonly string[];
}

/** Places of items: which of them stands for what. */
export const roles = { plain: [0, 1, 2, 3, 4, 5], contradicted: 6, md5Only: 7, known: 8, linkedTo: 9, formats: [10, 11, 12, 13, 14, 15, 16, 17], later: 20, everywhere: 22 } as const;

/** Inputs of BLAKE3's published test vectors (byte i is i mod 251) by their length, with the digests. Source: the BLAKE3 authors' test_vectors.json. */
export const blake3Vectors: Readonly<Record<number, string>> = {
  0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
  1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
  1024: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
  1025: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
};

/** What `--largest-file` leaves out of the exhibit `gaps`. */
export const largestFileBytes = 2_000_000;

const itemCount = 24;
// At and around the sizes at which hashes, their windows and the readers' memory end a block.
const sizes = [2, 55, 56, 63, 64, 65, 119, 128, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1_048_577, 8_388_609];
const words = ["holiday", "letters", "Old Photos", "backup", "work", "cache", "misc", "Downloads", "from phone", "2024"];

export function drawCorpus(seed: number): Corpus {
  const random = seededRandom(seed);
  const items = Array.from({ length: itemCount }, (_, number) => itemOf(drawnBytes(`item ${number} of ${seed}`, 200 + random(60_000))));
  const pictures = goldenPictures();
  const markers = Array.from({ length: 40 }, (_, number) => `validation marker ${drawnBytes(`marker ${number} of ${seed}`, 12).toString("hex")}`);
  const exhibits = { main: mainExhibit({ seed, random, items, pictures, markers }), gaps: gapsExhibit({ seed, items, pictures }), long: longExhibit(seed, items), none: noneExhibit(items, markers) };
  return { seed, items, pictures, markers, exhibits, sha256: corpusSha256(Object.values(exhibits)) };
}

/** Paths of the files of the exhibit `main` that hold an item, by its place. */
export function pathsOf(corpus: Corpus, item: number): readonly string[] {
  const { bytes } = corpus.items[item] ?? { bytes: null };
  const firsts = corpus.exhibits.main.filter((planted) => planted.kind === "file" && planted.bytes === bytes).map(({ path }) => path.toString("latin1"));
  const seconds = corpus.exhibits.main.flatMap((planted) => (planted.kind === "second-name" && firsts.includes(planted.of.toString("latin1")) ? [planted.path.toString("latin1")] : []));
  return [...firsts, ...seconds];
}

function itemOf(bytes: Buffer): Item {
  const content = { bytes };
  return { bytes, md5: digestOf("md5", content), sha1: digestOf("sha1", content), sha256: digestOf("sha256", content) };
}

interface Material {
  readonly seed: number;
  readonly random: Random;
  readonly items: readonly Item[];
  readonly pictures: readonly GoldenPicture[];
  readonly markers: readonly string[];
}

function mainExhibit({ seed, random, items, pictures, markers }: Material): Exhibit {
  const exhibit: Planted[] = [];
  const file = (path: string | Buffer, bytes: Buffer | Uint8Array): void => void exhibit.push({ path: Buffer.from(path), kind: "file", bytes: bytes instanceof Buffer ? bytes : Buffer.from(bytes) });
  const item = (number: number, path: string): void => file(path, items[number]!.bytes);
  const somewhere = (): string => Array.from({ length: 1 + random(4) }, () => words[random(words.length)]).join("/");

  for (const [number, marker] of markers.entries()) file(`Documents/${somewhere()}/report ${number}.txt`, Buffer.from(`${`${marker}\n`.repeat(1 + random(200))}number ${number}\n`));
  for (const size of sizes) file(`Documents/sizes/${size}.bin`, drawnBytes(`size ${size} of ${seed}`, size));
  for (const size of Object.keys(blake3Vectors).map(Number)) file(`Documents/vectors/${size}.bin`, Buffer.from(Array.from({ length: size }, (_, at) => at % 251)));
  file("Documents/empty again.txt", Buffer.alloc(0));

  item(0, `Media/${somewhere()}/IMG_2041.jpg`);
  item(0, `Media/${somewhere()}/copied/IMG_2041 (1).jpg`);
  item(1, `Documents/${somewhere()}/letter to the bank.doc`);
  exhibit.push({ path: Buffer.from("Documents/second name of it.doc"), kind: "second-name", of: exhibit.at(-1)!.path });
  item(2, `System/cache/${somewhere()}/f_00a1c3`);
  item(3, `Media/.hidden/${somewhere()}/.thumbs.db`);
  item(4, `Media/${somewhere()}/NO EXTENSION`);
  item(5, `Media/${"deep/".repeat(40)}at the bottom.bin`);
  for (const [role, number] of [["forged", roles.contradicted], ["one digest", roles.md5Only], ["system file", roles.known], ["later find", roles.later], ["everywhere", roles.everywhere]] as const) item(number, `Media/${somewhere()}/${role}.dat`);
  for (const number of roles.formats) item(number, `Media/formats/${somewhere()}/listed ${number}.dat`);

  const [original, thresholds, crowd, later] = pictures.map(({ pixels }) => pixels);
  file("Pictures/original.png", storedPng(original!));
  file("Pictures/original.bmp", bitmapFile(original!));
  for (const name of turningNames) file(`Pictures/turned ${name}.png`, storedPng(turnedAway(original!, name)));
  file("Pictures/between bars.png", storedPng(betweenBars(original!, 30)));
  file("Pictures/negative.png", storedPng(negativeOf(original!)));
  file("Pictures/thresholds.png", storedPng(thresholds!));
  file("Pictures/crowd.png", storedPng(crowd!));
  file("Pictures/later.jpg", storedPng(later!));

  for (const name of hostileNames) file(name, Buffer.from(`under a hostile name, ${name.toString("hex")}`));
  exhibit.push({ path: Buffer.from("link out"), kind: "link", target: "../outside/listed.dat" });
  exhibit.push({ path: Buffer.from("link to nothing"), kind: "link", target: "nowhere" });
  exhibit.push({ path: Buffer.from("link to itself"), kind: "link", target: "link to itself" });
  return exhibit;
}

/** Names that deceive a terminal, a browser, a spreadsheet or an eye, or are no text. */
export const hostileNames: readonly Buffer[] = [
  Buffer.from("bad bytes \xff\xfe", "latin1"),
  Buffer.from("two\nlines \x1b[31m\u202egnp.txt"),
  Buffer.from("<img src=x onerror=alert(1)>.txt"),
  Buffer.from('=cmd|"quoted",;.csv'),
  Buffer.from("back\\slash \\x41 \\u{41}.txt"),
  Buffer.from("e\u0301 and \u00e9 \u200b.txt"),
  Buffer.from("tab\tand return\r.txt"),
];

function gapsExhibit({ seed, items, pictures }: Pick<Material, "seed" | "items" | "pictures">): Exhibit {
  const whole = Buffer.from(storedPng(pictures[0]!.pixels));
  const damaged = Buffer.concat([whole.subarray(0, 60), drawnBytes(`damage of ${seed}`, 4000)]);
  return [
    { path: Buffer.from("damaged.png"), kind: "file", bytes: damaged },
    { path: Buffer.from("whole.png"), kind: "file", bytes: whole },
    { path: Buffer.from("too large.bin"), kind: "file", bytes: drawnBytes(`large of ${seed}`, largestFileBytes + 1) },
    { path: Buffer.from("locked.dat"), kind: "file", bytes: Buffer.from("nobody may read this"), mode: 0 },
    { path: Buffer.from("listed.dat"), kind: "file", bytes: items[roles.everywhere]!.bytes },
  ];
}

function longExhibit(seed: number, items: readonly Item[]): Exhibit {
  return [
    { path: Buffer.from("a listed.dat"), kind: "file", bytes: items[roles.everywhere]!.bytes },
    { path: Buffer.from("sparse.img"), kind: "sparse", zeroBytes: 1_100_000_000, bytes: drawnBytes(`end of ${seed}`, 777) },
    { path: Buffer.from("z behind it.txt"), kind: "file", bytes: Buffer.from("read before the large one") },
  ];
}

function noneExhibit(items: readonly Item[], markers: readonly string[]): Exhibit {
  return [
    { path: Buffer.from("plain document.txt"), kind: "file", bytes: Buffer.from(`${markers[0]}\n`) },
    { path: Buffer.from("program file.dll"), kind: "file", bytes: items[roles.known]!.bytes },
    { path: Buffer.from("nothing in it.dat"), kind: "file", bytes: Buffer.alloc(0) },
    { path: Buffer.from("a single zero.dat"), kind: "file", bytes: Buffer.alloc(1) },
  ];
}

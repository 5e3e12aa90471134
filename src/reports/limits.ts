import type { PassRow, RecordView } from "../record/view.ts";
import { measured } from "./measured.ts";
import { nearCompared } from "./not-searched.ts";
import { grouped } from "./quantity.ts";

/** What a sort of answer says and does not say. `subject` is a fixed word for programs, the rest is for people. */
export interface Limit {
  readonly subject: "exact" | "near" | "no-match" | "error-rates";
  readonly heading: string;
  readonly sentences: readonly string[];
}

/** The limits of what this report says, the same words in every format. */
export function limitsOf(record: RecordView): readonly Limit[] {
  return [
    { subject: "exact", heading: "What an exact match says", sentences: exact },
    { subject: "near", heading: "What a near match says", sentences: nearSentences(record) },
    { subject: "no-match", heading: "What no match says", sentences: noMatch },
    { subject: "error-rates", heading: "Error rates", sentences: errorRates(record) },
  ];
}

const exact: readonly string[] = [
  "An exact match says: the bytes of this file have the same MD5 and SHA-1 (or whichever digests the statement names) as record R of list L; the content was not viewed. That the record describes what its category says is the statement of the list's supplier, not of this program.",
  "An agreement in MD5 alone is marked: collisions exist, for different files of equal MD5 can be made on purpose; for SHA-1 this takes great effort and has been done. SHA-256 and BLAKE3 know no such case.",
];

const noMatch: readonly string[] = ["That no match was found says that none of the files examined is on the lists used. It does not say that the evidence holds no such material."];

function nearSentences(record: RecordView): readonly string[] {
  const { options } = record.header;
  return [
    `A near match is a lead and not an identification: the picture, reduced to 256 bits by the perceptual hash PDQ, differs from a record in at most ${options.nearDistanceBits} bits. Pictures of PDQ quality below ${options.leastQuality} were not compared.${ownThresholds(record)} Pictures with little detail, and single objects on a plain ground, can be near without being related.`,
    "PDQ does not find pictures that were cropped by more than 1 to 2 per cent a side, turned by even a few degrees, set into a collage, taken as a screenshot, or given a caption; of pictures that were made so bright or dark that parts of them are white or black without detail it finds some. Pictures that were turned by quarter turns, mirrored, framed by a plain border (one colour a side) or made negative are compared in these forms as well; one that was made negative and also turned or mirrored is not found.",
    "Of an animation at most 16 frames are compared, the first, the middle, the last and those that differ most from these; of a camera's raw file its embedded previews. A picture with transparency is compared as its colours are stored and as it shows on a white ground; one that shows only on another ground is not found. The thumbnails (up to four) within a JPEG, PNG or WebP file (Exif, JFIF) are compared by themselves; those within AVIF and HEIC files are not. A file counts as a picture when the signature at its beginning says so: formats without a signature are hashed as files and not counted as pictures.",
  ];
}

/** Figures of drawn pictures are no error rates of real ones, and the sentences must not read as if they were. */
function errorRates(record: RecordView): readonly string[] {
  const exactRate = "Exact: that any of a billion files agrees with any of a billion records by chance has a probability below 10^-20 in MD5, and below 10^-30 in SHA-1 or a longer digest. Files that were made to agree are another matter: see above.";
  if (!nearCompared(record)) return [exactRate];
  const { version, bench, pictures, unrelatedPairs, falseMatches, nearestUnrelatedBits, found } = measured;
  const matches = falseMatches === 0 ? "no false match" : `${grouped(falseMatches)} false matches`;
  return [
    exactRate,
    `Near, measured by this project (bench ${bench}, blindmatch ${version}, ${grouped(pictures)} drawn photo-like pictures, threshold 31 bits): ${matches} in ${grouped(unrelatedPairs)} pairs of unrelated pictures, each compared both ways, the nearest of which were ${nearestUnrelatedBits} bits apart.`,
    `Found, of pictures that were ${found.map(({ change, percent }) => `${change}: ${percent} %`).join("; ")}.`,
    "The pictures of this measurement are drawn and few: its figures say how the method behaves, and are no error rates of the pictures of an exhibit. Near matches with real pictures that are not related do occur, and the more so the larger the lists and the exhibit are.",
  ];
}

function ownThresholds({ lists, passes }: RecordView): string {
  const [scan, ...further] = passes;
  const ofPass = ({ options, firstList, listCount }: PassRow): string =>
    lists
      .slice(firstList, firstList + listCount)
      .flatMap(({ sha256 }, index) => {
        const own = options.nearThresholds[sha256];
        return own === undefined ? [] : [` For list ${firstList + index + 1} these were ${own.nearDistanceBits} bits and quality ${own.leastQuality}.`];
      })
      .join("");
  const ofFurther = further.map((pass) => (pass.near === "compared" ? ` In pass ${pass.number} these were ${pass.options.nearDistanceBits} bits and quality ${pass.options.leastQuality}.${ofPass(pass)}` : ""));
  return `${scan === undefined ? "" : ofPass(scan)}${ofFurther.join("")}`;
}

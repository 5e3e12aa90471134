/** Algorithms over the bytes of a file; equality of two digests means equality of the bytes. */
export const cryptographicAlgorithms = ["md5", "sha1", "sha256", "blake3"] as const;
export type CryptographicAlgorithm = (typeof cryptographicAlgorithms)[number];

/** `pdq` is the perceptual one: 256 bits, compared by Hamming distance, a lead and never an identification. */
export type AlgorithmName = CryptographicAlgorithm | "pdq";

/** Length of one digest in bytes. */
export const digestBytes: Readonly<Record<AlgorithmName, number>> = { md5: 16, sha1: 20, sha256: 32, blake3: 32, pdq: 32 };

/** The digests that were computed of one file: always SHA-256, by which contents are told apart; others where the scan asks for them. Shape: raw bytes, `digestBytes` long. */
export type Digests = Readonly<Pick<Record<CryptographicAlgorithm, Uint8Array>, "sha256"> & Partial<Record<CryptographicAlgorithm, Uint8Array>>>;

export type EntryKind = "file" | "folder" | "link" | "fifo" | "socket" | "character-device" | "block-device";

/** Why an entry was not examined, and how a report words it. The keys are what the record stores. */
export const unreadReasons = {
  permission: "access was refused by the operating system",
  io: "the medium or the file system returned a read error",
  vanished: "it was listed but no longer there when it was to be read",
  changed: "its size, times or identity were not those of the plan, or changed while it was read",
  short: "it ended before the size that the file system states",
  timeout: "reading it made no progress before the deadline",
  "reader-lost": "the reader process ended, or answered what cannot be, each time it was tried",
  "not-listed": "a folder that could not be listed, or not to its end; what it holds beyond that is unknown",
  "other-file-system": "something else is mounted there; it was not entered",
  "too-deep": "a folder whose path is longer than 64 KiB, or one of many with long paths; it was not listed, or not whole",
  "folder-loop": "a folder that is reached a second time under another name; it was listed the first time",
  "over-limit": "it is larger than the limit that was asked for",
  "implausible-size": "the file system states a size no medium can hold; its bytes are counted as 0",
} as const;
export type UnreadReason = keyof typeof unreadReasons;

/**
 * One name that the walk found in the source.
 *
 * Shape: `path`: bytes relative to the root, names joined by "/", decoded by `path-text` only. A folder is an entry only when it could not be listed whole (`unread`).
 * Units: times in nanoseconds since 1970 UTC; `sizeBytes` is 0 for all but files.
 */
export interface Entry {
  readonly path: Uint8Array;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  readonly links: number;
  readonly mode: number;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
  readonly accessedNs: bigint;
  readonly createdNs: bigint;
  readonly unread: UnreadReason | null;
  /** The operating system's code (EACCES, EIO ...) behind `unread`. */
  readonly errorCode: string | null;
}

/**
 * An entry in its place in the plan.
 *
 * Shape: `no` counts from 0 without gaps in the order of reading; `sameAs` is the number of an earlier entry that is the same file
 *        under another name (a hard link), which is read once for all its names; null otherwise.
 */
export interface PlannedEntry extends Entry {
  readonly no: number;
  readonly sameAs: number | null;
}

/** What became of the perceptual side of a file whose bytes are a picture. The keys are what the record stores. */
export const pictureStatuses = {
  hashed: "perceptually hashed",
  partial: "damaged; the part that decodes was perceptually hashed",
  preview: "a camera's raw file: the preview in it was perceptually hashed, its raw data were not",
  sampled: "an animation of many different frames: its first, middle and last one and some between them were perceptually hashed, its others were not",
  "first-page": "some of its pages or frames were perceptually hashed; its others were too many, too large or could not be decoded",
  "low-quality": "perceptually hashed, but too plain (PDQ quality below 50): compared only with lists whose own threshold asks for it",
  "too-small": "smaller than 5 pixels on a side: no perceptual hash exists for it",
  off: "not perceptually hashed: it was switched off, or no list holds perceptual codes",
  skipped: "not perceptually hashed, as was asked for: its bytes match a notable list exactly",
  undecodable: "the bytes, or too many of them, could not be decoded",
  unsupported: "a picture format that this version does not decode",
  "too-large": "above the decoder's size limit",
  timeout: "decoding did not end before the deadline",
  crash: "the decoder ended while decoding it, twice",
  violation: "the decoder was ended by its sandbox for doing what no decoder does",
} as const;
export type PictureStatus = keyof typeof pictureStatuses;

/** Statuses that leave a picture without the near comparison that was asked for. */
export const picturesNotCompared: readonly PictureStatus[] = ["partial", "sampled", "first-page", "undecodable", "unsupported", "too-large", "timeout", "crash", "violation"];

/**
 * One perceptual code computed from a decoded picture. Image-derived: never printed, logged or reported.
 *
 * Shape: `code` 32 bytes in the order of PDQ's text form (byte 0 holds bits 255..248); `transform` names how the pixels were prepared:
 *        `frame-N` (of several frames or pages), `over-white`, `trimmed`, then `full` or `nearest-512`, then how they were turned, or `negative`, as far as each applies.
 * Units: `quality` 0..100 as PDQ defines it; `uniformPercent` the share of the picture that is one plain ground, 0..100.
 */
export interface PerceptualCode {
  readonly transform: string;
  readonly quality: number;
  readonly uniformPercent: number;
  readonly code: Uint8Array;
}

export interface Picture {
  readonly status: PictureStatus;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly codes: readonly PerceptualCode[];
}

/**
 * A picture within the bytes of an examined entry, hashed and compared by itself: the entry's path, two slashes and `name` name it.
 * Units: `offsetBytes` from the beginning of the entry's bytes; `digests` are over its `sizeBytes` bytes there.
 */
export interface Embedded {
  readonly name: "thumbnail" | `thumbnail-${number}`;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly digests: Digests;
  readonly picture: Picture;
}

/** What decoding one file's bytes came to. Digests of the pictures within it are the reader's to compute. */
export interface Perceived {
  readonly picture: Picture;
  readonly embedded: readonly Omit<Embedded, "digests">[];
}

/**
 * What reading one entry came to. `without-content`: a link or special file, which holds no bytes of its own and is never opened.
 *
 * Shape: `extensionFits`: whether the extension is one of the media type's; null where either is not known. `failedAtBytes`: the first byte that could not be read.
 */
export type Finding =
  | {
      readonly outcome: "examined";
      readonly no: number;
      readonly digests: Digests;
      readonly mediaType: string | null;
      readonly extensionFits: boolean | null;
      readonly picture: Picture | null;
      readonly embedded: readonly Embedded[];
    }
  | { readonly outcome: "without-content"; readonly no: number }
  | { readonly outcome: "unread"; readonly no: number; readonly reason: UnreadReason; readonly errorCode: string | null; readonly failedAtBytes?: number };

export type Disposition = "alert" | "info" | "ignore";

/** An agency's category scale. A code means nothing without it: the same code differs between countries and tools. */
export interface Scale {
  readonly scale: string;
  readonly version: string;
  readonly source: string;
  readonly entries: readonly { readonly code: string; readonly label: string; readonly disposition: Disposition }[];
}

/**
 * One row of a list.
 *
 * Shape: `where` locates it in its file ("line 12", "value[3]"); digests raw, `digestBytes` long; `category` the agency's own code.
 *        `unmatchable` names fingerprints that the row carries and nobody can compare here (`photodna`).
 */
export interface Reference {
  readonly where: string;
  readonly recordId: string | null;
  readonly category: string | null;
  readonly digests: Readonly<Partial<Record<AlgorithmName, Uint8Array>>>;
  readonly pdqQuality: number | null;
  readonly sizeBytes: number | null;
  readonly unmatchable: readonly string[];
  /** Taken back by a later row of the same list; such a row carries no digest and is counted as refused. */
  readonly retracted?: true;
  /** The list gives the row as context and says that it is not to be searched for; it is counted as refused. */
  readonly contextOnly?: true;
  /** Sensitive, and present only when the operator asked for them. */
  readonly series?: readonly string[];
  readonly tags?: readonly string[];
}

export type ListKind = "notable" | "known";

/** What reading a list counted. rowsRead = rowsLoaded + the sum of `refused`. */
export interface RowCounts {
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  /** Rows refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Single digests dropped from rows that were otherwise loaded, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  readonly digests: Readonly<Partial<Record<AlgorithmName, number>>>;
  /** Rows loaded by category code; "" counts rows without one. */
  readonly categories: Readonly<Record<string, number>>;
  readonly unmatchable: Readonly<Record<string, number>>;
  readonly md5Only: number;
  /** Rows that keep their series or tags; absent unless the operator asked for them and there are any. */
  readonly sensitive?: number;
}

/** What an import counted, over its rows and over the sorted digests of every algorithm (PDQ codes by equality). Shape: null for a list that a version without these counts imported; `crowded` counts rows that share a digest with so many others that a file which has it is matched with a part of them, and is absent when there are none. */
export interface ListCounts extends RowCounts {
  /** Rows of which a digest stands in an earlier row too. */
  readonly duplicates: number | null;
  /** Rows of which a digest stands in a row of another category too; a row without category contradicts none. */
  readonly conflictingCategories: number | null;
  readonly crowded?: number;
}

/** A signature that was verified over the delivered file. Shape: `keyId` upper-case hex as signing tools print it. */
export interface ListSignature {
  readonly keyId: string;
  readonly trustedComment: string;
}

/** A rule of import that somebody set aside, and why. */
export interface ListOverride {
  readonly option: string;
  readonly reason: string;
}

/** An imported list version, as the catalog, the record and the reports name it. Holds no digest of any reference. */
export interface ListDescription {
  /** SHA-256 of the agency's file, lower-case hex: the list's identity. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly agency: string;
  readonly name: string;
  readonly version: string;
  readonly kind: ListKind;
  readonly format: string;
  readonly scale: Scale;
  readonly scaleSha256: string;
  readonly counts: ListCounts;
  /** Null only beside an `unsignedReason`. */
  readonly signature: ListSignature | null;
  readonly unsignedReason: string | null;
  /** SHA-256 of what was inside, when the agency's file was encrypted. */
  readonly plaintextSha256: string | null;
  readonly overrides: readonly ListOverride[];
  /** ISO 8601 with offset. */
  readonly importedAt: string;
}

/** Why a near match deserves less confidence than its distance says, and how a report words it. The keys are what the record stores. */
export const doubts = {
  "poor-quality": "the picture varies too little for its perceptual code to tell much (PDQ quality below 50)",
  "poor-reference": "the list states a PDQ quality below 50 for this reference",
  "plain-ground": "most of the picture is a plain ground: pictures of different objects on plain ground have been measured within the threshold",
  "many-references": "the picture resembles more than 50 references of the list, this one by more than 10 bits; the nearest are listed",
  "many-files": "the reference resembles more than 50 different files of the evidence, this one by more than 10 bits",
} as const;
export type Doubt = keyof typeof doubts;

/** When a picture's code and a reference's count as near. Units: bits that differ, of 256; PDQ quality of the picture, 0..100. */
export interface NearThreshold {
  readonly nearDistanceBits: number;
  readonly leastQuality: number;
}

/** From this share of one plain ground on, a match of the picture deserves less confidence. Units: percent of its samples. Source: `perceptual/uniform.ts`. */
export const plainGroundPercent = 60;

/** Within so few of 256 bits two codes are of one picture saved anew, and that others are near as well is no reason to doubt it. Source: PDQ's own conformance of one picture's codes. */
export const closeBits = 10;

/** So many references near one picture, or different files near one reference, are more than copies of one picture explain. */
export const mostNear = 50;

/**
 * A file that equals, or resembles, a reference.
 *
 * Shape: `list` indexes the scan's lists in their order; `reference` is the row's position among the loaded rows of that list, from 0.
 *        exact: `algorithms` are the cryptographic ones that agree, `contradictedBy` what the reference also states and the file does not
 *        have (an MD5 that agrees while SHA-1 differs is a collision or an error of the list, never an identification).
 *        near: `algorithms` is ["pdq"], `distanceBits` 0..31 of 256, `transform` how the pixels were prepared, `nearReferences` how many references of the list are as near.
 *        `embedded` names the picture within the file that matches, null for the file itself; such a match is given only where the file itself does not match the reference.
 */
export interface Match {
  readonly kind: "exact" | "near";
  readonly list: number;
  readonly reference: number;
  readonly recordId: string | null;
  readonly category: string | null;
  readonly algorithms: readonly AlgorithmName[];
  readonly contradictedBy: readonly (CryptographicAlgorithm | "size")[];
  readonly distanceBits: number | null;
  readonly transform: string | null;
  readonly embedded: Embedded["name"] | null;
  readonly doubts: readonly Doubt[];
  readonly nearReferences: number | null;
}

/** A finding with the matches it led to: what is written down once. */
export interface MatchedFinding {
  readonly finding: Finding;
  readonly matches: readonly Match[];
}

/** A batch of the plan, in order; what one reader is handed at a time. */
export type Batch = readonly PlannedEntry[];

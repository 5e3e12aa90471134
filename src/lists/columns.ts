import type { AlgorithmName } from "../model.ts";

/** What a column or a type line of a list may say. `hash`: a digest whose length or the operator names the algorithm. */
export type ColumnMeaning = AlgorithmName | "hash" | "record_id" | "category" | "scale" | "pdq_quality" | "size_bytes" | "unmatchable";

const aliases: Readonly<Record<ColumnMeaning, readonly string[]>> = {
  md5: ["md5", "md5hash", "hashmd5", "md5sum"],
  sha1: ["sha1", "sha1hash", "hashsha1", "sha1sum"],
  sha256: ["sha256", "sha256hash", "hashsha256", "sha256sum"],
  blake3: ["blake3", "blake3hash", "hashblake3", "b3sum"],
  pdq: ["pdq", "pdqhash", "hashpdq"],
  hash: ["hash", "hashvalue", "digest"],
  record_id: ["recordid", "id", "mediaid", "imageid"],
  category: ["category", "categorycode"],
  scale: ["scale"],
  pdq_quality: ["pdqquality", "quality"],
  size_bytes: ["sizebytes", "size", "filesize", "mediasize"],
  unmatchable: ["photodna", "pdna", "phash", "sha512", "sha384", "sha224", "ssdeep", "tlsh", "whirlpool", "tiger", "tmk", "vpdq"],
};
const meanings = new Map<string, ColumnMeaning>(
  Object.entries(aliases).flatMap(([meaning, names]) => names.map((name) => [name, meaning as ColumnMeaning] as const)),
);

// Names come again with every row; bounded, for a list must not choose how many are remembered.
const plainNames = new Map<string, string>();
const mostPlainNames = 512;

/** A name without case, blanks and marks: "SHA-256 Hash" is "sha256hash". */
export function plainName(name: string): string {
  const known = plainNames.get(name);
  if (known !== undefined) return known;
  const plain = name.toLowerCase().replace(/[\s_.-]/g, "");
  if (plainNames.size < mostPlainNames && name.length <= 64) plainNames.set(name, plain);
  return plain;
}

/** What a column of this name holds, undefined for one that is of no use here. */
export function columnMeaning(name: string): ColumnMeaning | undefined {
  return meanings.get(plainName(name));
}

/** True for a name that has one of an algorithm in it ("sha1_base32", "pdq_rotated"). */
export function namesAlgorithm(name: string): boolean {
  return /md5|sha[1235]|blake|pdq|dna|tlsh|ssdeep|whirlpool/.test(plainName(name));
}

/** True for columns that hold a digest which can be compared. */
export function isDigestColumn(meaning: ColumnMeaning | undefined): meaning is AlgorithmName | "hash" {
  return meaning === "md5" || meaning === "sha1" || meaning === "sha256" || meaning === "blake3" || meaning === "pdq" || meaning === "hash";
}

/** The name under which a fingerprint that nobody can compare here is counted; one word for all unknown ones, for a list must not choose how many names there are. */
export function unmatchableName(name: string): string {
  const plain = plainName(name);
  if (plain === "pdna") return "photodna";
  return aliases.unmatchable.includes(plain) ? plain : "other";
}

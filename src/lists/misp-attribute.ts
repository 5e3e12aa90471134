import type { AlgorithmName } from "../model.ts";
import { unmatchableName } from "./columns.ts";
import { looksLikeDigest } from "./digest-like.ts";
import { type Place, refusal } from "./refusal.ts";
import { hexDigest } from "./values.ts";

const algorithms: Readonly<Record<string, AlgorithmName>> = { md5: "md5", sha1: "sha1", sha256: "sha256" };
const fingerprints: ReadonlySet<string> = new Set(["sha224", "sha384", "sha512", "sha512/224", "sha512/256", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "ssdeep", "tlsh", "imphash", "impfuzzy", "authentihash", "pehash", "vhash", "cdhash", "telfhash"]);

/** What an attribute says of the bytes of a file: a digest, a fingerprint that cannot be compared, or nothing. */
export type Statement = { readonly algorithm: AlgorithmName; readonly digest: Uint8Array } | { readonly unmatchable: string } | null;

/**
 * One MISP attribute by its type: `md5`, `sha1`, `sha256`, each also as `filename|...`, and `malware-sample` (`filename|md5`).
 *
 * Errors: Failure("list-refused") for a value that is none of its type. Types that are no fingerprint say nothing, unless their value looks like a digest.
 */
export function statementOf(type: string, value: string, place: Place): Statement {
  const lower = type.trim().toLowerCase();
  const composite = lower.startsWith("filename|") || lower === "malware-sample";
  const kind = lower === "malware-sample" ? "md5" : lower.replace(/^filename\|/, "");
  const bar = value.lastIndexOf("|");
  if (composite && bar === -1) throw refusal(place, "a value without a bar", "a file name, a bar and a digest");
  const text = (composite ? value.slice(bar + 1) : value).trim();
  const algorithm = Object.hasOwn(algorithms, kind) ? algorithms[kind] : undefined;
  if (algorithm !== undefined) return { algorithm, digest: hexDigest(text, algorithm, place) };
  if (fingerprints.has(kind)) return { unmatchable: unmatchableName(kind) };
  return looksLikeDigest(text) ? { unmatchable: "other" } : null;
}

/** MISP's flags come as true, 1 or "1"; null for one that is not there. Errors: Failure("list-refused") for anything else. */
export function flagOf(value: unknown, name: string, place: Place): boolean | null {
  if (value === undefined || value === null || value === "") return null;
  const text = String(value).toLowerCase();
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw refusal(place, `something else as ${name}`, "true or false");
}

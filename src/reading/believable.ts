import { availableParallelism } from "node:os";
import { type Batch, type CryptographicAlgorithm, digestBytes, type Finding, pictureStatuses, unreadReasons } from "../model.ts";
import { mediaTypes } from "./media-type.ts";
import { findingsOf, type PackedFindings, widthOf } from "./packed-findings.ts";
import type { FromReader } from "./protocol.ts";

/** By how much the clocks of two processes may tell a time apart. */
const slackMs = 60_000;
const processors = availableParallelism();

type Fields = Readonly<Record<string, unknown>>;

/**
 * The findings of this batch, in its order, with these digests, as a reader says them. A reader that evidence took over could say anything; what these say of a file is not checked.
 *
 * Shape: null where what was said has not their form.
 */
export function believedFindings(said: unknown, batch: Batch, algorithms: readonly CryptographicAlgorithm[]): readonly Finding[] | null {
  return arePacked(said, batch, algorithms) ? findingsOf(said, batch.map(({ no }) => no), algorithms) : null;
}

/** What stands apart is a finding by itself; of what stands in the columns there are as many digests, types and answers as there are files. */
function arePacked(said: unknown, batch: Batch, algorithms: readonly CryptographicAlgorithm[]): said is PackedFindings {
  if (!isFields(said)) return false;
  const { apart, digests, extensionFits } = said;
  if (!Array.isArray(apart) || apart.length !== batch.length) return false;
  let packed = 0;
  // By index: of an array with holes `every` would leave these out.
  for (let at = 0; at < apart.length; at++) {
    const finding: unknown = apart[at];
    if (finding === null) packed += 1;
    else if (!isFields(finding) || finding["no"] !== batch[at]?.no || !isFinding(finding, algorithms)) return false;
  }
  return isBytes(digests, packed * widthOf(algorithms)) && isColumn(said["mediaTypes"], packed, isMediaType) && isColumn(extensionFits, packed, isFit);
}

function isColumn(said: unknown, length: number, isOne: (value: unknown) => boolean): boolean {
  if (!Array.isArray(said) || said.length !== length) return false;
  for (let at = 0; at < length; at++) if (!isOne(said[at])) return false;
  return true;
}

function isFit(said: unknown): boolean {
  return said === null || typeof said === "boolean";
}

/** Whether what a reader that is so old sends is one of its messages, as far as the main process looks into it before it has the findings. */
export function isFromReader(said: unknown, ageMs: number): said is FromReader {
  if (!isFields(said)) return false;
  const { kind } = said;
  if (kind === "alive") return isCount(said["bytesRead"]) && isWork(said["work"], ageMs);
  if (kind === "ask") return hasDigests(said["digests"], []) && isCount(said["sizeBytes"]);
  if (kind === "perceived") return hasDigests(said["digests"], []) && isFields(said["perceived"]) && isPicture(said["perceived"]["picture"]) && Array.isArray(said["perceived"]["embedded"]) && said["perceived"]["embedded"].every((part) => isPart(part) && isPicture(part["picture"]));
  if (kind === "facts") return isFields(said["facts"]);
  if (kind === "tried") return [null, "directly", "perhaps-cached"].some((given) => given === said["given"]);
  return kind === "ready" || kind === "doubted" || kind === "findings";
}

function isFinding(finding: Fields, algorithms: readonly CryptographicAlgorithm[]): boolean {
  if (finding["outcome"] === "without-content") return true;
  if (finding["outcome"] === "unread") return isKeyOf(unreadReasons, finding["reason"]) && isErrorCode(finding["errorCode"]) && (finding["failedAtBytes"] === undefined || isCount(finding["failedAtBytes"]));
  const { digests, mediaType, extensionFits, picture, embedded } = finding;
  if (!isMediaType(mediaType) || !isFit(extensionFits)) return false;
  const isWhole = (part: unknown): boolean => isPart(part) && hasOnlyDigests(part["digests"], algorithms) && isPicture(part["picture"]);
  return finding["outcome"] === "examined" && hasOnlyDigests(digests, algorithms) && (picture === null || isPicture(picture)) && Array.isArray(embedded) && embedded.every(isWhole);
}

/** SHA-256 is always among them. */
function hasDigests(said: unknown, algorithms: readonly CryptographicAlgorithm[]): boolean {
  return isFields(said) && ["sha256" as const, ...algorithms].every((name) => isBytes(said[name], digestBytes[name]));
}

/** Also a digest that nobody asked for would be written down. */
function hasOnlyDigests(said: unknown, algorithms: readonly CryptographicAlgorithm[]): boolean {
  return hasDigests(said, algorithms) && Object.keys(said as Fields).length === new Set(["sha256", ...algorithms]).size;
}

/** A text of the reader's choice would go into the record and the reports: so each is one of those that there are. */
function isMediaType(said: unknown): boolean {
  return said === null || (typeof said === "string" && mediaTypes.has(said));
}

function isErrorCode(said: unknown): boolean {
  return said === null || (typeof said === "string" && /^E[A-Z0-9]{1,15}$/.test(said));
}

function isPart(said: unknown): said is Fields {
  return isFields(said) && typeof said["name"] === "string" && /^thumbnail(?:-[1-9][0-9]{0,9})?$/.test(said["name"]) && isCount(said["offsetBytes"]) && isCount(said["sizeBytes"]);
}

const turns = "rotated-90|rotated-180|rotated-270|mirrored|flipped|transposed|anti-transposed";
const transforms = new RegExp(`^(?:frame-[1-9][0-9]{0,9} )?(?:over-white )?(?:trimmed )?(?:full|nearest-512)(?: (?:${turns}))?(?: negative)?$`);

function isPicture(said: unknown): boolean {
  if (!isFields(said) || !isCount(said["widthPixels"]) || !isCount(said["heightPixels"])) return false;
  return isKeyOf(pictureStatuses, said["status"]) && Array.isArray(said["codes"]) && said["codes"].every(isCode);
}

function isCode(said: unknown): boolean {
  if (!isFields(said) || typeof said["transform"] !== "string" || !transforms.test(said["transform"])) return false;
  return isPercent(said["quality"]) && isPercent(said["uniformPercent"]) && isBytes(said["code"], digestBytes.pdq);
}

function isPercent(said: unknown): boolean {
  return typeof said === "number" && said >= 0 && said <= 100;
}

/** It decides nothing: it is shown as how busy readers are, and its sums are logged. None of them can be more than there was time for since the reader started. */
function isWork(said: unknown, ageMs: number): boolean {
  const isWithin = (part: unknown, most: number): boolean => typeof part === "number" && part >= 0 && part <= most;
  const mostMs = ageMs + slackMs;
  return isFields(said) && isWithin(said["busyMs"], mostMs) && isWithin(said["decodingMs"], mostMs) && isWithin(said["cpuMs"], mostMs * processors) && isCount(said["pictures"]);
}

function isFields(said: unknown): said is Fields {
  return typeof said === "object" && said !== null;
}

function isKeyOf(words: object, said: unknown): boolean {
  return typeof said === "string" && Object.hasOwn(words, said);
}

function isBytes(said: unknown, lengthBytes: number): boolean {
  return said instanceof Uint8Array && said.length === lengthBytes;
}

function isCount(said: unknown): boolean {
  return typeof said === "number" && Number.isSafeInteger(said) && said >= 0;
}

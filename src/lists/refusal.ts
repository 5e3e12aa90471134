import { Failure } from "../failure.ts";

/** Where in a list file something stands. Shape: `line` counts from 1; `part` is a finer place ("value[3]"). */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly part?: string;
}

// Lower case throughout, or each word with one capital.
const words = /^(?:[a-z]+(?:[-_/+][a-z]+)*|[A-Z][a-z]+(?:[-_/+]?[A-Z][a-z]{2,}|[-_/+]?Of|[-_/+]?And)*)$/;

/** The failure of a list that does not fit its format: `file:line: found X, expected Y`. Neither text may hold a digest of the list. */
export function refusal(place: Place, found: string, expected: string): Failure {
  const part = place.part === undefined ? "" : `${place.part}: `;
  return new Failure("list-refused", `${place.file}:${place.line}: ${part}found ${found}, expected ${expected}`);
}

/**
 * A short text of a list as a message may quote it.
 *
 * Shape: in quotation marks when it is at most 24 plain characters, without 8 hex digits in a row and, from 20 on, no run of them that is not of words: an MD5
 *        is 22 characters in base64. Else only its length, for it may be (part of) a digest.
 */
export function quotable(text: string): string {
  const runs = text.match(/[\w+/-]{20,}/g) ?? [];
  if (/^[\w .+/-]{1,24}$/.test(text) && !/[0-9a-f]{8}/i.test(text) && runs.every((run) => words.test(run))) return `"${text}"`;
  return text === "" ? "nothing" : `a text of ${text.length} characters`;
}

import { Failure } from "../failure.ts";

/** Where in a list file something stands. Shape: `line` counts from 1; `part` is a finer place ("value[3]"). */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly part?: string;
}

/** The failure of a list that does not fit its format: `file:line: found X, expected Y`. Neither text may hold a digest of the list. */
export function refusal(place: Place, found: string, expected: string): Failure {
  const part = place.part === undefined ? "" : `${place.part}: `;
  return new Failure("list-refused", `${place.file}:${place.line}: ${part}found ${found}, expected ${expected}`);
}

/**
 * A short text of a list as a message may quote it.
 *
 * Shape: in quotation marks when it is at most 24 plain characters without 8 hex digits in a row; else only its length, for it may be (part of) a digest.
 */
export function quotable(text: string): string {
  if (/^[\w .+/-]{1,24}$/.test(text) && !/[0-9a-f]{8}/i.test(text)) return `"${text}"`;
  return text === "" ? "nothing" : `a text of ${text.length} characters`;
}

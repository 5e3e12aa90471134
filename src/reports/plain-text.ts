import type { Digests } from "../model.ts";
import { pathText } from "../path-text.ts";

/**
 * Any text as printable text: what is not printable becomes `\u{hex}`, as in path text, and a backslash stays single.
 *
 * Shape: text that is printable already (a path's, a message's) comes back unchanged; so it may be applied twice.
 */
export function plainText(text: string): string {
  if (plainAscii.test(text)) return text;
  return text
    .split("\\")
    .map((part) => pathText(Buffer.from(part, "utf8")))
    .join("\\");
}

/** Lower-case hex of a digest. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

const plainAscii = /^[ -~]*$/;

const digestForms: readonly RegExp[] = [/[0-9a-f]{32,}/i, /^[a-z2-7]{32}$/i, /^[a-z0-9+/_-]{22,}={1,2}$/i, /^.{129,}$/s];

/** Stands where a list's record id cannot be shown. */
export const withheldRecordId = "withheld, for it has the form of a digest";

/**
 * A list's record id as a report may show it.
 *
 * Shape: some lists use a digest as the id of a row. Such an id is shown only when it is a digest of the matched file itself; else it is withheld,
 *        for a report holds no value of a list that the exhibit does not hold too.
 */
export function recordIdText(recordId: string | null, own: Partial<Digests>): string | null {
  if (recordId === null) return null;
  const isOwn = Object.values(own).some((digest) => hexText(digest) === recordId.toLowerCase());
  if (!isOwn && digestForms.some((form) => form.test(recordId))) return withheldRecordId;
  return plainText(recordId);
}

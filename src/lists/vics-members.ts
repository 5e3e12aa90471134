import { columnMeaning, isDigestColumn, plainName } from "./columns.ts";
import { holdsDigest } from "./digest-like.ts";
import { isObject } from "./json-object.ts";
import { type Place, quotable, refusal } from "./refusal.ts";
import { isMediaKey } from "./vics-media.ts";

/** What the members beside an array of elements say of it. */
export interface MemberNotes {
  /** Errors: Failure("list-refused") for a further page (unless `partial`), and for media that stand in this member, where nobody reads them. */
  note(key: string, value: unknown, line: number): void;
  /** At the end. Errors: Failure("list-refused") when a count of elements was stated and is another (unless `partial`: the count is that of all pages). */
  settle(elements: number): void;
}

// Members of a case that hold no media; the keys of media are looked for in them all the same.
const understood: ReadonlySet<string> = new Set(["casemetadata"]);
const none: ReadonlySet<string> = new Set();

/**
 * Watches the members of a document or case that are not read, so that no media vanish in them.
 *
 * Shape: a further page is a key that ends in "nextLink", whatever its case and prefix, with a value; a count one that ends in "odata.count" or
 *        "@count". Media are objects with a digest or a MediaID, at any depth; so is a digest within an array or object of an unknown name.
 */
export function memberNotes(file: string, partial: boolean, part?: string): MemberNotes {
  let count: { readonly stated: string; readonly line: number } | null = null;
  const placeOf = (line: number): Place => (part === undefined ? { file, line } : { file, line, part });
  return {
    note(key, value, line) {
      if (value === null || value === "") return;
      if (isNextLink(key)) {
        if (!partial) throw refusal(placeOf(line), "a further page that is named (nextLink)", "all pages in one file, or --partial");
        return;
      }
      if (/(?:odata\.|@)count$/.test(key)) {
        if (!/^[0-9]{1,15}$/.test(String(value))) throw refusal(placeOf(line), "something else as the number of elements (odata.count)", "a whole number");
        count = { stated: String(Number(value)), line };
        return;
      }
      if (isMediaKey(key) || (isDigestColumn(columnMeaning(key)) && typeof value !== "object")) throw refusal(placeOf(line), `a digest or id of its own in a ${part === undefined ? "document" : "case"}`, part === undefined ? 'digests and ids within "value"' : "digests and ids within its Media");
      if (holdsMedia(value) || (typeof value === "object" && !understood.has(plainName(key)) && holdsDigest(value, none)))
        throw refusal(placeOf(line), `media or digests in ${quotable(key)}, which nobody reads`, 'media in "value", or in "Media" of a case');
    },
    settle(elements) {
      if (count !== null && !partial && count.stated !== String(elements)) throw refusal(placeOf(count.line), `${elements} elements`, `${count.stated} as odata.count says, or --partial`);
    },
  };
}

/** True for the key under which an OData document names its next page. */
function isNextLink(key: string): boolean {
  return plainName(key).endsWith("nextlink");
}

/** True for a value in which an object states a digest or an id of media, at any depth. */
export function holdsMedia(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsMedia);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, member]) => (isMediaKey(key.toLowerCase()) && member !== null && member !== "") || holdsMedia(member));
}

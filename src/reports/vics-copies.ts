import { createHash } from "node:crypto";
import type { Scale } from "../model.ts";
import type { RecordView } from "../record/view.ts";
import { notableEntries } from "./matched-entries.ts";
import { type Media, type MediaFile, mediaOf } from "./vics-media.ts";

const mostHeldCharacters = 64 * 2 ** 20;

/**
 * The media of a case, copies together: those that are equal in all but their places are one, with a `MediaFiles` element for each place. Readers of the form tell media by MD5, and some keep the first of several.
 *
 * Shape: in the order in which their last copies come. The record is gone through twice. What is held are media of which copies are still to come, up to `heldCharacters` of their text; beyond that all
 *        of them are given as far as they are, and the copies that come later are further media.
 */
export function* mediaTogether(record: RecordView, scale: Scale | null, heldCharacters = mostHeldCharacters): Generator<Media> {
  const toCome = new Map<string, number>();
  for (const media of everyMedia(record, scale)) toCome.set(keyOf(media), (toCome.get(keyOf(media)) ?? 0) + 1);
  const held = new Map<string, { readonly media: Media; readonly files: MediaFile[]; characters: number }>();
  let characters = 0;
  for (const media of everyMedia(record, scale)) {
    const key = keyOf(media);
    const left = toCome.get(key)! - 1;
    toCome.set(key, left);
    const copies = held.get(key) ?? { media, files: [], characters: 0 };
    copies.files.push(...media.MediaFiles);
    if (left === 0) {
      yield { ...copies.media, MediaFiles: copies.files };
      held.delete(key);
      characters -= copies.characters;
      continue;
    }
    const more = JSON.stringify(held.has(key) ? media.MediaFiles : media).length;
    copies.characters += more;
    characters += more;
    held.set(key, copies);
    if (characters <= heldCharacters) continue;
    for (const { media: first, files } of held.values()) yield { ...first, MediaFiles: files };
    held.clear();
    characters = 0;
  }
}

function* everyMedia(record: RecordView, scale: Scale | null): Generator<Media> {
  for (const matched of notableEntries(record)) yield* mediaOf(record, matched, scale);
}

/** Equal for media that differ in nothing but where they lie. */
function keyOf(media: Media): string {
  return createHash("sha256").update(JSON.stringify({ ...media, MediaFiles: [] }), "utf8").digest("base64");
}

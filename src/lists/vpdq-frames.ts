import type { Reference } from "../model.ts";
import { digestReference } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { hexDigest, wholeNumber } from "./values.ts";

const compact = /^([0-9a-f]*),([0-9]{1,3}),[0-9.]{1,20}$/i;

/** One frame of a video as a reference. Errors: Failure("list-refused") for a code or a quality that is none. */
export function frameReference(code: string, quality: string, where: string, recordId: string | null, place: Place): Reference {
  const pdqQuality = wholeNumber(quality, "a PDQ quality", 100, place);
  if (pdqQuality === null) throw refusal(place, "a frame without a quality", "a whole number from 0 to 100");
  return digestReference(where, { pdq: hexDigest(code, "pdq", place) }, { recordId, pdqQuality });
}

/** A frame in its compact form, "hex,quality,seconds". Errors: as `frameReference`, and for text of another form. */
export function compactFrame(text: string, where: string, recordId: string | null, place: Place): Reference {
  const [, code, quality] = compact.exec(text.trim()) ?? [];
  if (code === undefined || quality === undefined) throw refusal(place, "a frame of another form", '"hex,quality,seconds"');
  return frameReference(code, quality, where, recordId, place);
}

/** The frames of a JSON array of compact forms. Errors: as `compactFrame`, and for what is no such array. */
export function compactFrames(json: string, where: string, place: Place): readonly Reference[] {
  let frames: unknown;
  try {
    frames = JSON.parse(json);
  } catch {
    // Not as a cause: the engine's message quotes the text.
    throw refusal(place, "text that is not JSON", "an array of frames");
  }
  if (!Array.isArray(frames) || frames.length === 0) throw refusal(place, "something else", "an array of frames");
  return frames.map((frame: unknown) => {
    if (typeof frame !== "string") throw refusal(place, "a frame of another form", '"hex,quality,seconds"');
    return compactFrame(frame, where, null, place);
  });
}

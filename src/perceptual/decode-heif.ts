import { hasAllTiles } from "./avif-tiles.ts";
import { byteView, type Span } from "./byte-view.ts";
import { boxesOf } from "./chunks.ts";
import { mostFrames } from "./decode-limits.ts";
import { decodeHeic, holdsSequence } from "./decode-heic.ts";
import { decodePages } from "./decode-pages.ts";
import { takePreviews } from "./decode-raw.ts";
import { type DecodedStatus, decodedStatus, type Frames, noLosses } from "./frames.ts";
import { rawPreviewsOf } from "./raw-previews.ts";
import { firstOf } from "./walks.ts";

/**
 * Decodes a file of the HEIF family, whatever its brands say of the coding of its pictures: where one decoder reads none, the other is asked. Of a file
 * that is a camera's raw file by some brand the previews are decoded as well.
 */
export async function decodeHeif(bytes: Uint8Array, mediaType: string, frames: Frames): Promise<DecodedStatus> {
  const previews = brandsOf(bytes).includes("crx ") ? rawPreviewsOf(bytes) : [];
  if (previews.length === 0) return decodeItems(bytes, mediaType, frames);
  let of = previews.length + 1;
  const behindPreviews: Frames = {
    ...frames,
    take: (frame, ofItems, pixels) => {
      of = previews.length + ofItems;
      frames.take(previews.length + frame, of, pixels);
    },
  };
  const status = await decodeItems(bytes, mediaType, behindPreviews);
  const losses = noLosses();
  const decoded = previews.slice(0, Math.max(1, mostFrames - frames.taken()));
  losses.hasMore = status === "first-page" || decoded.length < previews.length;
  losses.hasMissing = status === "undecodable";
  losses.isTooLarge = status === "too-large";
  losses.isDamaged = status === "partial";
  if (frames.taken() < mostFrames) await takePreviews(bytes, decoded, of, frames, losses);
  return decodedStatus(frames, losses);
}

/** Whether a file of the family states a picture of its own, which any viewer shows, rather than tracks alone. */
export function statesPicture(bytes: Uint8Array): boolean {
  const statesOne = (meta: Span): boolean => firstOf(boxesOf(bytes, { offsetBytes: meta.offsetBytes + 4, lengthBytes: Math.max(0, meta.lengthBytes - 4) }), ({ name }) => name === "pitm") !== undefined;
  return firstOf(boxesOf(bytes), (box) => box.name === "meta" && statesOne(box)) !== undefined;
}

async function decodeItems(bytes: Uint8Array, mediaType: string, frames: Frames): Promise<DecodedStatus> {
  const [first, second] = mediaType === "image/avif" ? [decodeAvif, decodeHeic] : [decodeHeic, decodeAvif];
  const status = await first(bytes, frames);
  return status === "undecodable" ? second(bytes, frames) : status;
}

/** The decoding library opens no file of a major brand that it does not know, and gives no frame of an AVIF sequence: the status says that there are others. */
async function decodeAvif(bytes: Uint8Array, frames: Frames): Promise<DecodedStatus> {
  const known = ["avif", "avis"].includes(brandsOf(bytes)[0] ?? "avif") ? bytes : Buffer.from(bytes);
  if (known !== bytes) known.set(Buffer.from("avif"), 8);
  const decoded = await decodePages(known, frames);
  const status = decoded === "hashed" && !(await hasAllTiles(known)) ? "partial" : decoded;
  return (status === "hashed" || status === "partial") && holdsSequence(bytes) ? "first-page" : status;
}

function brandsOf(bytes: Uint8Array): readonly string[] {
  const brands = firstOf(boxesOf(bytes), () => true);
  if (brands?.name !== "ftyp") return [];
  const view = byteView(bytes, false);
  return Array.from({ length: brands.lengthBytes >> 2 }, (_, at) => view.text(brands.offsetBytes + 4 * at, 4) ?? "");
}

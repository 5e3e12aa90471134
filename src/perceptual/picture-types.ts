/** What the decoder reads. AVIF alone of the HEIF family: its other codecs are not in the decoding library. */
const decodable: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/apng", "image/webp", "image/gif", "image/tiff", "image/avif"]);

/**
 * Whether files of a media type are pictures, and whether they are decoded.
 *
 * Shape: `unsupported` for every other image type, known by name or not (HEIC, BMP, JPEG XL, camera raw, Photoshop ...), so that a picture
 *        that was not compared is counted as such. Of SVG too: it is a drawing program rather than pixels, and is never run.
 */
export function pictureSupport(mediaType: string): "decodable" | "unsupported" | "none" {
  const essence = mediaType.split(";", 1)[0]!.trim().toLowerCase();
  if (decodable.has(essence)) return "decodable";
  return essence.startsWith("image/") ? "unsupported" : "none";
}

/** Camera originals: of these a preview is decoded that they hold. */
const raw: ReadonlySet<string> = new Set([
  "image/x-adobe-dng",
  "image/x-canon-cr2",
  "image/x-canon-cr3",
  "image/x-dcraw",
  "image/x-fuji-raf",
  "image/x-nikon-nef",
  "image/x-olympus-orf",
  "image/x-panasonic-rw2",
  "image/x-pentax-pef",
  "image/x-sony-arw",
]);

/** What the decoder reads whole. */
const whole: ReadonlySet<string> = new Set([
  "image/apng",
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/heic",
  "image/heif",
  "image/jpeg",
  "image/png",
  "image/tiff",
  "image/webp",
  "image/x-icon",
]);

/** Every type that is decoded, in an order that both ends of a decoder's pipe know. */
export const decodableTypes: readonly string[] = [...whole, ...raw];

/**
 * Whether files of a media type are pictures, and whether they are decoded.
 *
 * Shape: `unsupported` for every other image type, known by name or not (JPEG XL, JPEG 2000, Photoshop ...), so that a picture
 *        that was not compared is counted as such. Of SVG too: it is a drawing program rather than pixels, and is never run.
 */
export function pictureSupport(mediaType: string): "decodable" | "unsupported" | "none" {
  const essence = essenceOf(mediaType);
  if (decodableTypes.includes(essence)) return "decodable";
  return essence.startsWith("image/") ? "unsupported" : "none";
}

/** Place of a media type among `decodableTypes`. Errors: RangeError for one that is not decoded. */
export function decodableTypeNumber(mediaType: string): number {
  const number = decodableTypes.indexOf(essenceOf(mediaType));
  if (number < 0) throw new RangeError(`picture type: found ${mediaType}, expected one that is decoded`);
  return number;
}

/** Whether a media type is a camera's raw file. */
export function isRaw(mediaType: string): boolean {
  return raw.has(essenceOf(mediaType));
}

function essenceOf(mediaType: string): string {
  return mediaType.split(";", 1)[0]!.trim().toLowerCase();
}

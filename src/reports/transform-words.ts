const words: Readonly<Record<string, string>> = {
  "over-white": "as it shows on a white ground",
  trimmed: "without its border",
  full: "from all its pixels",
  "nearest-512": "squeezed to 512 by 512 pixels",
  "rotated-90": "turned by 90 degrees to the left",
  "rotated-180": "turned by 180 degrees",
  "rotated-270": "turned by 90 degrees to the right",
  mirrored: "mirrored left to right",
  flipped: "mirrored top to bottom",
  transposed: "mirrored along its falling diagonal",
  "anti-transposed": "mirrored along its rising diagonal",
  negative: "as a negative",
};

/** What was done to a picture before it was compared, in words; a part of the name that is not known stands as it is. */
export function transformWords(transform: string): string {
  return transform
    .split(" ")
    .map((part) => words[part] ?? part.replace(/^frame-(\d+)$/, "frame or page $1"))
    .join(", ");
}

import type { Perceived, Picture } from "../model.ts";

/** Whether two answers about a picture say the same, to the bit, of its thumbnails as well. */
export function isSameAnswer(one: Perceived, other: Perceived): boolean {
  return textOf(one) === textOf(other);
}

/** The same words in the same order for what is the same, whoever made the objects. */
function textOf({ picture, embedded }: Perceived): string {
  return JSON.stringify([wordsOf(picture), embedded.map((part) => [part.name, part.offsetBytes, part.sizeBytes, wordsOf(part.picture)])]);
}

function wordsOf({ status, widthPixels, heightPixels, codes }: Picture): readonly unknown[] {
  return [status, widthPixels, heightPixels, codes.map(({ transform, quality, uniformPercent, code }) => [transform, quality, uniformPercent, Buffer.from(code).toString("hex")])];
}

import { digestBytes, type PerceptualCode } from "../model.ts";
import { mostFrames } from "./decode-limits.ts";
import { orientations, placeOf, transformAt, viewNumber, views } from "./transforms.ts";

// One frame: its number (4), which of `views` are there (1, a bit each), then for each view quality (1), uniform percent (1) and a code (32) an orientation.
const presenceAt = 4;
const viewsAt = presenceAt + 1;
const codesAt = 2;
const viewBytes = codesAt + orientations.length * digestBytes.pdq;
const frameBytes = viewsAt + views.length * viewBytes;

/** For each view those that are there with it: what is squeezed at full resolution too, what is trimmed as a whole, what is over white as stored. */
const neededBy: readonly (readonly number[])[] = views.map((view) => [
  ...(view.preparation === "nearest-512" ? [viewNumber({ ...view, preparation: "full" })] : []),
  ...(view.isTrimmed ? [viewNumber({ ...view, isTrimmed: false })] : []),
  ...(view.isOverWhite && !view.isTrimmed ? [viewNumber({ ...view, isOverWhite: false })] : []),
]);

export const frameCodesBytes = frameBytes;
export const replyCodesBytes = mostFrames * frameBytes;

/**
 * Writes codes into their places of a reply that is still all zero.
 *
 * Shape:  `reply` has room for a number of frames, which is its length by `frameCodesBytes`.
 * Errors: RangeError for more frames than there is room for, for a transform that is none, and for a view without one of its orientations.
 */
export function writeCodes(reply: Uint8Array, codes: readonly PerceptualCode[]): void {
  const numbers: number[] = [];
  const seen = new Set<number>();
  for (const { transform, quality, uniformPercent, code } of codes) {
    const place = placeOf(transform);
    if (place === null) throw new RangeError("decoder reply: a transform that is none, expected one of the tables");
    if (!numbers.includes(place.frame)) numbers.push(place.frame);
    if (numbers.length * frameBytes > reply.length) throw new RangeError(`decoder reply: ${numbers.length} frames, expected at most ${reply.length / frameBytes}`);
    const frame = (numbers.length - 1) * frameBytes;
    if (numbers.at(-1) !== place.frame) throw new RangeError(`decoder reply: frame ${place.frame} behind frame ${numbers.at(-1)}, expected the codes of a frame together`);
    const at = frame + viewsAt + place.view * viewBytes;
    new DataView(reply.buffer, reply.byteOffset, reply.byteLength).setUint32(frame, place.frame, true);
    reply[frame + presenceAt]! |= 1 << place.view;
    reply[at] = quality;
    reply[at + 1] = uniformPercent;
    reply.set(code, at + codesAt + place.orientation * digestBytes.pdq);
    seen.add(at * orientations.length + place.orientation);
  }
  const present = numbers.reduce((sum, _, slot) => sum + views.filter((_view, view) => isPresent(reply, slot * frameBytes, view)).length, 0);
  if (seen.size !== codes.length || codes.length !== present * orientations.length) throw new RangeError(`decoder reply: ${codes.length} codes in ${present} views, expected ${orientations.length} in each`);
}

/**
 * The codes of a reply, frame by frame.
 *
 * Shape: null when the places contradict one another: frames out of order, a numbered one beside one that is single, a view without the one that it depends on, a
 *        figure above 100, or anything where nothing is present. None at all when all is zero.
 */
export function readCodes(reply: Uint8Array): readonly PerceptualCode[] | null {
  const numbers: number[] = [];
  const codes: PerceptualCode[] = [];
  for (let frame = 0; frame < reply.length; frame += frameBytes) {
    const number = new DataView(reply.buffer, reply.byteOffset, reply.byteLength).getUint32(frame, true);
    const ofFrame = codesOfFrame(reply.subarray(frame, frame + frameBytes), number);
    if (ofFrame === null) return null;
    if (ofFrame.length === 0) {
      if (!areZero(reply.subarray(frame))) return null;
      break;
    }
    numbers.push(number);
    codes.push(...ofFrame);
  }
  const areInOrder = numbers.every((number, at) => number > (numbers[at - 1] ?? 0));
  return areInOrder || (numbers.length === 1 && numbers[0] === 0) ? codes : null;
}

function codesOfFrame(bytes: Uint8Array, number: number): PerceptualCode[] | null {
  const hasWhole = views.every((_, view) => !isPresent(bytes, 0, view) || neededBy[view]!.every((other) => isPresent(bytes, 0, other)));
  if (!hasWhole || bytes[presenceAt]! >> views.length !== 0) return null;
  const codes: PerceptualCode[] = [];
  for (let view = 0; view < views.length; view++) {
    const ofView = bytes.subarray(viewsAt + view * viewBytes, viewsAt + (view + 1) * viewBytes);
    if (!isPresent(bytes, 0, view)) {
      if (!areZero(ofView)) return null;
      continue;
    }
    const [quality = 0, uniformPercent = 0] = ofView;
    if (quality > 100 || uniformPercent > 100) return null;
    for (let orientation = 0; orientation < orientations.length; orientation++) {
      const at = codesAt + orientation * digestBytes.pdq;
      codes.push({ transform: transformAt({ frame: number, view, orientation }), quality, uniformPercent, code: ofView.slice(at, at + digestBytes.pdq) });
    }
  }
  return codes;
}

/** A loop, for most of each reply is zero, and a function for each byte would take longer than all else that is done with one. */
export function areZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}

function isPresent(bytes: Uint8Array, frame: number, view: number): boolean {
  return ((bytes[frame + presenceAt]! >> view) & 1) === 1;
}

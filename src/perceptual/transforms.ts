/** How a picture was turned before its code was taken, in the order of the kernel's codes; rotations counter-clockwise, mirrored swaps left and right, flipped top and bottom. */
export const orientations = ["as-is", "rotated-90", "rotated-180", "rotated-270", "mirrored", "flipped", "transposed", "anti-transposed"] as const;

/** How the pixels were taken: all of them, or after squeezing the picture to 512x512 by the nearest pixel. Lists hold codes of either kind. */
export type Preparation = "full" | "nearest-512";

/** One way of looking at a frame; each has a code for every one of `orientations`. */
export interface View {
  /** As it shows over a white ground, where the file lets a ground show through; else its colours as they are stored. */
  readonly isOverWhite: boolean;
  /** Without the border around it. */
  readonly isTrimmed: boolean;
  readonly preparation: Preparation;
}

/** All views, in the order in which codes are given. */
export const views: readonly View[] = [false, true].flatMap((isOverWhite) => [
  { isOverWhite, isTrimmed: false, preparation: "full" },
  { isOverWhite, isTrimmed: false, preparation: "nearest-512" },
  { isOverWhite, isTrimmed: true, preparation: "full" },
  { isOverWhite, isTrimmed: true, preparation: "nearest-512" },
]);

/** Place of a view in the table. */
export function viewNumber({ isOverWhite, isTrimmed, preparation }: View): number {
  return views.findIndex((view) => view.isOverWhite === isOverWhite && view.isTrimmed === isTrimmed && view.preparation === preparation);
}

/** Where a code stands. Shape: `frame` from 1, 0 for a picture that is a single one; `view` and `orientation` are places in their tables. */
export interface Place {
  readonly frame: number;
  readonly view: number;
  readonly orientation: number;
}

const names = views.map(({ isOverWhite, isTrimmed, preparation }) =>
  orientations.map((orientation) => [...(isOverWhite ? ["over-white"] : []), ...(isTrimmed ? ["trimmed"] : []), preparation, ...(orientation === "as-is" ? [] : [orientation])].join(" ")),
);
const places = new Map(names.flatMap((ofView, view) => ofView.map((name, orientation) => [name, { view, orientation }] as const)));

/**
 * The name of what was done to the pixels of a code, as matches bear it.
 *
 * Shape:  `frame-N` (several frames or pages only), `over-white`, `trimmed`, the preparation, the orientation, as far as they apply, with spaces between.
 *         An orientation says how the picture at hand has to be turned to resemble the reference.
 * Errors: RangeError for a place outside of the tables.
 */
export function transformAt({ frame, view, orientation }: Place): string {
  const name = names[view]?.[orientation];
  if (name === undefined) throw new RangeError(`transform: view ${view}, orientation ${orientation}, expected ones of the tables`);
  return frame === 0 ? name : `frame-${frame} ${name}`;
}

/** The place that a name stands for, or null when it is no such name. Frames are numbered with 32 bits. */
export function placeOf(transform: string): Place | null {
  const [, number, name] = /^(?:frame-([1-9][0-9]{0,9}) )?(.+)$/.exec(transform) ?? [];
  const place = places.get(name ?? "");
  const frame = Number(number ?? 0);
  return place === undefined || frame > 0xffffffff ? null : { frame, ...place };
}

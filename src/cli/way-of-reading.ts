import type { Medium } from "../evidence/medium.ts";

/** How evidence on a medium is read. Shape: `sideBySide` as of `ReaderSettings`, absent for as many as gain something; `byInode`: in the order of the medium, as far as inode numbers tell it. */
export interface WayOfReading {
  readonly readers: number;
  readonly sideBySide?: number;
  readonly byInode: boolean;
}

/** Going from place to place costs a disk that rotates most of its time: there one reader reads one file after the other, unless more were asked for. */
export function wayOfReading(medium: Medium, askedReaders: number | undefined, cores: number): WayOfReading {
  return medium === "rotating" ? { readers: askedReaders ?? 1, sideBySide: 1, byInode: true } : { readers: askedReaders ?? cores, byInode: false };
}

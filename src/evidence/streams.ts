/**
 * Alternate data streams, as NTFS has them.
 *
 * Shape: names by the path below the root that they belong to, Latin-1 text, one character a byte, "" for the root; `isWhole` is false where those of some
 *        names could not be told.
 */
export interface StreamNames {
  readonly streams: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly isWhole: boolean;
}

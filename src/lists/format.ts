import type { Reference } from "../model.ts";

/** An agency's file as a format sees it. */
export interface ListFile {
  /** Printable name, for messages only. */
  readonly name: string;
  /** The first bytes (at most 64 KiB), as they stand in the file. */
  readonly head: Uint8Array;
  /** The whole file, once, from its first byte; a chunk is not written to after it was handed out. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Where the file lies, for formats that no stream can read; absent when the bytes exist in memory only. Whoever opens it draws `bytes` to the end before. */
  readonly onDisk?: FileOnDisk;
}

/** A list file as another program would open it. */
export interface FileOnDisk {
  readonly path: string;
  /** When it was opened. */
  readonly sizeBytes: number;
  /** How many descriptors of this process hold this very file open; one more after the path was opened, or it led elsewhere. */
  descriptors(): number;
  /** After `bytes` was drawn: reads the file a second time. Errors: Failure("list-refused") unless it is what `bytes` gave out, untouched since it was opened. */
  unchanged(): Promise<void>;
}

/** A row as a format reads it. `emptyCase`: the place of a case without any media, which is no reference and is counted as refused. */
export interface ListRow extends Reference {
  readonly emptyCase?: true;
}

/** What the operator may state about a list that its file does not say. */
export interface ReadOptions {
  /** Algorithm of bare digests whose length does not decide it (64 digits: sha256, blake3 or pdq). */
  readonly algorithm?: "md5" | "sha1" | "sha256" | "blake3" | "pdq";
  /** Category for rows without one: a column that may hold a category under an unknown name is then no loss. */
  readonly category?: string;
  /** Name of the scale the operator chose: a list whose rows name another one is refused. */
  readonly scale?: string;
  /** Keep `series` and `tags`, which may point at victims; they are left unread otherwise. */
  readonly keepSensitive?: boolean;
  /** The file is knowingly a part: further pages that it names at its end are not here. */
  readonly partial?: boolean;
}

/**
 * One list format. To add one: a file here with this interface, a line in `formats.ts`, a folder in fixtures/lists; see src/README.md.
 *
 * `read` yields references in file order, in runs of any length, holding only a bounded part of the file in memory.
 * Errors: Failure("list-refused") `file:line: found X, expected Y` for whatever does not fit the format; never a digest of the list in the message.
 */
export interface ListFormat {
  readonly name: string;
  /** One line for --help: what it is and whose. */
  readonly describes: string;
  /** The only kind of list that comes in this format: known software read as notable would accuse everybody. */
  readonly onlyKind?: "known";
  /** Present when `read` looks at the algorithm that the operator states; given to another format it is a usage error, not passed over. */
  readonly usesAlgorithm?: true;
  /** As `usesAlgorithm`, of `partial`: the format can say that more of the list follows elsewhere. */
  readonly usesPartial?: true;
  /** As `usesAlgorithm`, of `keepSensitive`: the format has fields for series or tags. */
  readonly usesKeepSensitive?: true;
  recognises(head: Uint8Array): boolean;
  read(file: ListFile, options: ReadOptions): AsyncIterable<readonly ListRow[]>;
}

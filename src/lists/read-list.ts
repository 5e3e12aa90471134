import { Failure } from "../failure.ts";
import type { RowCounts, ListKind, Reference, Scale } from "../model.ts";
import { pathText } from "../path-text.ts";
import { countedSifting } from "./counts.ts";
import type { ListFormat, ListRow, ReadOptions } from "./format.ts";
import { formatNamed, recognise } from "./formats.ts";
import { openListFile } from "./list-bytes.ts";
import { quotable } from "./refusal.ts";
import { type Provenance, type UnwrappedFile, unwrapList, type WrappingOptions } from "./unwrap-list.ts";

/** A list that is being read. */
export interface ListReading {
  readonly format: string;
  /** Sifted references in file order, in runs. May be drawn once. Errors: Failure("list-refused"); nothing of the list may then be used. */
  references(): AsyncIterable<readonly Reference[]>;
  /**
   * After the last run.
   *
   * Shape:  `sha256` lower-case hex, of the file as it was delivered, encrypted or not.
   * Errors: Failure("list-refused") when the signature does not verify: nothing may be kept before this has returned; RangeError before the last run.
   */
  finish(): { readonly sha256: string; readonly sizeBytes: number; readonly counts: RowCounts } & Provenance;
}

export interface ListOptions extends WrappingOptions {
  /** Name of the format; recognised by content when absent. */
  readonly format?: string;
  readonly algorithm?: ReadOptions["algorithm"];
  readonly keepSensitive?: boolean;
  readonly partial?: boolean;
  /** What the list is imported as. A format of known software alone is refused unless it says "known". */
  readonly kind?: ListKind;
  /** Code for rows without one. */
  readonly category?: string;
  readonly scale: Scale;
}

/**
 * Opens an agency's list: recognises its format, reads it once while hashing it, checks categories against the scale, sifts.
 *
 * Errors: Failure("usage") for a path, format or category that does not exist, and an option (algorithm, partial, keepSensitive) that the format has no use for; Failure("list-refused") for all that the list itself is at
 *         fault for, among it a category that the scale does not have, a list without a single usable row, and what `unwrapList` finds.
 */
export async function openList(path: string, options: ListOptions): Promise<ListReading> {
  const named = options.format === undefined ? null : formatNamed(options.format);
  const fallback = fallbackCategory(options);
  const delivered = await openListFile(path, pathText(Buffer.from(path)));
  let file: UnwrappedFile | null = null;
  try {
    file = await unwrapList(delivered, options);
    const format = named ?? recognise(file.head, file.name);
    refuseOtherKind(format, file.name, options.kind);
    refuseUseless(format, options);
    return reading(file, format, options, fallback);
  } catch (thrown) {
    await (file ?? delivered).close();
    throw thrown;
  }
}

function reading(file: UnwrappedFile, format: ListFormat, options: ListOptions, fallback: string | null): ListReading {
  const { scale } = options;
  const sifting = countedSifting();
  const codes = new Set(scale.entries.map(({ code }) => code));
  let state: "unread" | "begun" | "finished" = "unread";

  async function* references(): AsyncGenerator<readonly Reference[]> {
    if (state !== "unread") throw new RangeError("the references of a list are drawn once");
    state = "begun";
    try {
      for await (const run of format.read(file, readOptions(options, fallback))) {
        const admitted: Reference[] = [];
        for (const row of run) {
          const reference = withCategory(row, fallback);
          if (reference.category !== null && !codes.has(reference.category)) throw unmapped(file.name, reference.where, reference.category, scale);
          const kept = sifting.admit(reference);
          if (kept !== null) admitted.push(kept);
        }
        if (admitted.length > 0) yield admitted;
      }
      const { rowsRead, rowsLoaded, refused } = sifting.counts();
      if (rowsRead === 0) throw new Failure("list-refused", `${file.name}: found no rows, expected at least one`);
      if (rowsLoaded === 0) throw new Failure("list-refused", `${file.name}: found no usable row (${tally(refused)}), expected at least one digest that can be matched`);
      if (file.identity() === null) throw new Failure("list-refused", `${file.name}: it was not read to its end, expected the whole file`);
      state = "finished";
    } finally {
      await file.close();
    }
  }

  return {
    format: format.name,
    references,
    finish() {
      const identity = file.identity();
      if (state !== "finished" || identity === null) throw new RangeError("a list is finished after its last run");
      return { ...identity, counts: sifting.counts(), ...file.provenance() };
    },
  };
}

function readOptions({ scale, algorithm, keepSensitive = false, partial = false }: ListOptions, category: string | null): ReadOptions {
  return { scale: scale.scale, keepSensitive, partial, ...(algorithm === undefined ? {} : { algorithm }), ...(category === null ? {} : { category }) };
}

/** An option that the reader would not look at is one that the operator relied on in vain. */
function refuseUseless({ name, usesAlgorithm, usesPartial, usesKeepSensitive }: ListFormat, { algorithm, partial, keepSensitive }: ListOptions): void {
  if (algorithm !== undefined && usesAlgorithm !== true) throw new Failure("usage", `--algorithm: found ${algorithm} for a list of format ${name}, expected none: its rows name their algorithms`);
  if (partial === true && usesPartial !== true) throw new Failure("usage", `--partial: found it for a list of format ${name}, expected none: a file of that format does not say that more follows`);
  if (keepSensitive === true && usesKeepSensitive !== true) throw new Failure("usage", `--keep-sensitive-fields: found it for a list of format ${name}, expected none: it has no series or tags`);
}

function refuseOtherKind({ name, onlyKind }: ListFormat, file: string, kind: ListKind | undefined): void {
  if (onlyKind === undefined || kind === onlyKind) return;
  throw new Failure("list-refused", `${file}: found a list of format ${name} to be imported as ${kind ?? "a kind that was not stated"}, expected kind ${onlyKind}: it names known software`);
}

function fallbackCategory({ category, scale }: ListOptions): string | null {
  const code = category?.trim();
  if (code === undefined) return null;
  if (!scale.entries.some((entry) => entry.code === code)) throw new Failure("usage", `--category: found ${quotable(code)}, expected ${codesOf(scale)}`);
  return code;
}

function withCategory(row: ListRow, fallback: string | null): ListRow {
  const category = row.category?.trim() || fallback;
  return category === row.category ? row : { ...row, category };
}

function unmapped(file: string, where: string, category: string, scale: Scale): Failure {
  const line = /^line (\d+)$/.exec(where)?.[1];
  return new Failure("list-refused", `${file}:${line ?? ` ${where}`}: found category ${quotable(category)}, expected ${codesOf(scale)}`);
}

function codesOf({ scale, entries }: Scale): string {
  return `one of the codes of scale ${scale}: ${entries.map(({ code }) => code).join(", ")}`;
}

function tally(refused: RowCounts["refused"]): string {
  return Object.entries(refused)
    .map(([reason, rows]) => `${rows} ${reason}`)
    .join(", ");
}

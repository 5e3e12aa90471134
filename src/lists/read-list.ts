import { Failure } from "../failure.ts";
import type { ListCounts, Reference, Scale } from "../model.ts";
import { pathText } from "../path-text.ts";
import { countedSifting } from "./counts.ts";
import type { ListFormat, ReadOptions } from "./format.ts";
import { formatNamed, recognise } from "./formats.ts";
import { type OpenedListFile, openListFile } from "./list-bytes.ts";
import { quotable } from "./refusal.ts";

/** A list that is being read. */
export interface ListReading {
  readonly format: string;
  /** Sifted references in file order, in runs. May be drawn once. Errors: Failure("list-refused"); nothing of the list may then be used. */
  references(): AsyncIterable<readonly Reference[]>;
  /** After the last run. Errors: RangeError before it. Shape: `sha256` lower-case hex, of the bytes that the references were read from. */
  finish(): { readonly sha256: string; readonly sizeBytes: number; readonly counts: ListCounts };
}

export interface ListOptions {
  /** Name of the format; recognised by content when absent. */
  readonly format?: string;
  readonly algorithm?: ReadOptions["algorithm"];
  /** Code for rows without one. */
  readonly category?: string;
  readonly scale: Scale;
}

/**
 * Opens an agency's list: recognises its format, reads it once while hashing it, checks categories against the scale, sifts.
 *
 * Errors: Failure("usage") for a path, format or category that does not exist; Failure("list-refused") for all that the list itself is at
 *         fault for, among it a category that the scale does not have and a list without a single usable row.
 */
export async function openList(path: string, options: ListOptions): Promise<ListReading> {
  const named = options.format === undefined ? null : formatNamed(options.format);
  const fallback = fallbackCategory(options);
  const file = await openListFile(path, pathText(Buffer.from(path)));
  try {
    const format = named ?? recognise(file.head, file.name);
    return reading(file, format, options, fallback);
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

function reading(file: OpenedListFile, format: ListFormat, { algorithm, scale }: ListOptions, fallback: string | null): ListReading {
  const sifting = countedSifting();
  const codes = new Set(scale.entries.map(({ code }) => code));
  let state: "unread" | "begun" | "finished" = "unread";

  async function* references(): AsyncGenerator<readonly Reference[]> {
    if (state !== "unread") throw new RangeError("the references of a list are drawn once");
    state = "begun";
    try {
      for await (const run of format.read(file, { scale: scale.scale, ...(algorithm === undefined ? {} : { algorithm }) })) {
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
      return { ...identity, counts: sifting.counts() };
    },
  };
}

function fallbackCategory({ category, scale }: ListOptions): string | null {
  const code = category?.trim();
  if (code === undefined) return null;
  if (!scale.entries.some((entry) => entry.code === code)) throw new Failure("usage", `--category: found ${quotable(code)}, expected ${codesOf(scale)}`);
  return code;
}

function withCategory(row: Reference, fallback: string | null): Reference {
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

function tally(refused: ListCounts["refused"]): string {
  return Object.entries(refused)
    .map(([reason, rows]) => `${rows} ${reason}`)
    .join(", ");
}

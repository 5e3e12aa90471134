import type { PlannedEntry } from "../model.ts";
import { isSmall } from "./arena.ts";
import type { Beneath } from "./ask-beneath.ts";
import type { Given, Place } from "./try-files.ts";

/** How a device is asked. */
export interface Asking {
  /** Whether one of these files gives something: each is one question, which a device that hangs does not answer. */
  readonly tryFiles: (files: readonly PlannedEntry[], place: Place) => Promise<Given | null>;
  readonly askBeneath: () => Promise<Beneath>;
  /** Files that gave something before: a cache may hold them. */
  readonly readWell: readonly PlannedEntry[];
  /** Files whose last half no cache holds, as far as is known: see `notReadBehind`. */
  readonly notRead: readonly PlannedEntry[];
}

/**
 * Whether the device answers still, though a file does not. What a cache could have said is no answer: so all that lies beneath caches has to answer itself, and a file that was read well has to give
 * a block directly; else one that was not read yet has to give one.
 *
 * Shape: where none of those is known and what lies beneath cannot be asked, the word of a file that was read well is all there is, and is taken.
 */
export async function deviceAnswers({ tryFiles, askBeneath, readWell, notRead }: Asking): Promise<boolean> {
  const beneath = await askBeneath();
  if (beneath === "silent") return false;
  const well = readWell.length === 0 ? null : await tryFiles(readWell, "anywhere");
  if (well !== null && (beneath === "answers" || (beneath === "none" && well === "directly"))) return true;
  for (const file of spread(notRead)) if ((await tryFiles([file], "last-half")) !== null) return true;
  if (notRead.length > 0) return false;
  return readWell.length === 0 ? beneath === "answers" : well !== null;
}

/**
 * Files behind a hung one in its batch that were not read, or not far, when the batch as a whole was tried.
 *
 * Shape: `inTurns`: the order of `readFiles` where large files are read in turns. Before a small one those that are larger than it were read; beside a large one all small ones were, and of large
 *        ones what comes first.
 */
export function notReadBehind(hung: PlannedEntry, behind: readonly PlannedEntry[], inTurns: boolean): readonly PlannedEntry[] {
  const wasRead = ({ sizeBytes }: PlannedEntry): boolean => inTurns && isSmall(sizeBytes) && (!isSmall(hung.sizeBytes) || sizeBytes > hung.sizeBytes);
  return behind.filter((entry) => entry.kind === "file" && entry.unread === null && entry.sizeBytes > 0 && !wasRead(entry));
}

/** The last, the middle and the first one: what hangs lies together more often than not. */
function spread(files: readonly PlannedEntry[]): readonly PlannedEntry[] {
  return [...new Set([files.at(-1), files[files.length >> 1], files[0]])].filter((file) => file !== undefined);
}

/** So many are remembered below each root. */
const mostRemembered = 4;

/** Files that were read to their end: of each root the largest, for a small one may lie within what the kernel holds of its folder. */
export interface ReadWell {
  add(root: Uint8Array, files: readonly PlannedEntry[]): void;
  below(root: Uint8Array): readonly PlannedEntry[];
}

export function startReadWell(): ReadWell {
  const known = new Map<string, readonly PlannedEntry[]>();
  const placeOf = (root: Uint8Array): string => Buffer.from(root).toString("latin1");
  return {
    add(root, files) {
      const before = known.get(placeOf(root)) ?? [];
      const least = before.length < mostRemembered ? 0 : before.at(-1)!.sizeBytes;
      const larger = files.filter(({ sizeBytes }) => sizeBytes > least);
      if (larger.length > 0) known.set(placeOf(root), [...before, ...larger].sort((one, other) => other.sizeBytes - one.sizeBytes).slice(0, mostRemembered));
    },
    below: (root) => known.get(placeOf(root)) ?? [],
  };
}

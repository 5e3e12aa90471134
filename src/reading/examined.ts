import type { Digests, Embedded, Finding, Perceived } from "../model.ts";
import { startDigests } from "./algorithm.ts";
import { extensionFits } from "./extensions.ts";
import { mediaTypeOf } from "./media-type.ts";
import type { EntryToRead } from "./packed-batch.ts";
import type { ReadingParts } from "./reading-parts.ts";

/** What was read of a file to its end. Shape: `head` holds its first `mediaTypeBytes`; `whole` is null when it was not kept. */
export interface ReadFile {
  readonly entry: EntryToRead;
  readonly digests: Digests;
  readonly head: Uint8Array;
  readonly whole: Uint8Array | null;
}

/** The finding of a file that was read, after whatever is to be perceived of it was. */
export async function examined({ entry, digests, head, whole }: ReadFile, parts: ReadingParts): Promise<Finding> {
  const mediaType = mediaTypeOf(head);
  const perceived = mediaType === null ? null : await parts.perceive(mediaType, whole ?? "too-large", digests, entry.sizeBytes);
  const embedded = whole === null ? [] : embeddedIn(whole, perceived?.embedded ?? [], parts.digests);
  return { outcome: "examined", no: entry.no, digests, mediaType, extensionFits: extensionFits(mediaType, entry.path), picture: perceived?.picture ?? null, embedded };
}

/** Digests as they are named everywhere: MD5 first. */
export function withMd5(md5: Uint8Array | undefined, others: Digests): Digests {
  return md5 === undefined ? others : { md5, ...others };
}

/** Digests of the pictures that the decoder found within a file: it only says where they are, and what lies outside of the file is not there. */
function embeddedIn(whole: Uint8Array, found: Perceived["embedded"], names: ReadingParts["digests"]): Embedded[] {
  return found.flatMap((part) => {
    const bytes = whole.subarray(part.offsetBytes, part.offsetBytes + part.sizeBytes);
    if (part.sizeBytes === 0 || bytes.length !== part.sizeBytes) return [];
    const running = startDigests(names);
    running.update(bytes);
    return [{ ...part, digests: running.finish() }];
  });
}

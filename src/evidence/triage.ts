import type { EntryKind } from "../model.ts";
import { extensionsOf, gatheringBeginnings, gatheringFolders, rootFolders, systemFolders, userFolders, volumeFolders } from "./triage-words.ts";

type Place = "gathering" | "user" | "elsewhere" | "system";
type Sort = keyof typeof extensionsOf | "nameless" | "other";

/** How early an entry is read, by where it lies and what its name says that it holds: 0 first. */
const classes: Readonly<Record<Place, Readonly<Record<Sort, number>>>> = {
  gathering: { picture: 0, video: 1, archive: 1, nameless: 1, other: 2 },
  user: { picture: 1, video: 2, archive: 2, nameless: 2, other: 3 },
  elsewhere: { picture: 2, video: 2, archive: 2, nameless: 3, other: 3 },
  system: { picture: 4, video: 4, archive: 4, nameless: 4, other: 4 },
};

/** The class of entries that are read last. */
export const lastTriageClass = 4;

/** Sizes that a picture or a video without an extension may have: browsers and messengers keep such files. Units: bytes. */
const believable = { least: 2 * 1024, most: 64 * 1024 * 1024 } as const;

const gathering: ReadonlySet<string> = new Set(gatheringFolders);
const user: ReadonlySet<string> = new Set(userFolders);
const system: ReadonlySet<string> = new Set(systemFolders);
const atRoot: ReadonlySet<string> = new Set(rootFolders);
const volumes: ReadonlySet<string> = new Set(volumeFolders);
const sortOfExtension: ReadonlyMap<string, Sort> = new Map(Object.entries(extensionsOf).flatMap(([sort, extensions]) => extensions.map((extension) => [extension, sort as Sort])));

/** At so few folders below the root of the evidence a folder of an operating system is one: it may be a partition's, beside others. */
const systemDepth = 2;

/**
 * How early an entry is to be read, so that what is looked for comes early: likely places and types first, operating systems and programs last. It orders and
 * leaves nothing out; whoever knows it can put files where they are read last.
 *
 * Shape: 0 to `lastTriageClass`, from the path, the size and the kind alone; names in either case, composed or not.
 */
export function triageClass(path: Uint8Array, sizeBytes: number, kind: EntryKind): number {
  if (kind !== "file") return lastTriageClass;
  const text = Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
  // Names that HFS+ stored are decomposed. A text as long as its bytes has nothing to compose.
  const names = (text.length === path.byteLength ? text : text.normalize("NFC")).toLowerCase().split("/");
  const place = placeOf(names);
  return place === "system" ? lastTriageClass : classes[place][sortOf(names[names.length - 1] ?? "", sizeBytes)];
}

/** The first folder that says something decides, but for folders within a user's and for volumes that lie within a system's. */
function placeOf(names: readonly string[]): Place {
  let place: Place = "elsewhere";
  let systemEnd = systemDepth;
  const folders = names.length - 1;
  for (let at = 0; at < folders; at++) {
    const name = names[at] ?? "";
    const both = at + 1 < folders ? `${name}/${names[at + 1] ?? ""}` : "";
    if (gathering.has(name) || gatheringBeginnings.some((beginning) => name.startsWith(beginning))) return "gathering";
    if (user.has(name) || user.has(both)) {
      place = "user";
      systemEnd = 0;
    } else if (at === 0 && atRoot.has(name)) place = "user";
    else if (at < systemEnd && (system.has(name) || system.has(both))) {
      if (at + 3 > folders || !volumes.has(`${both}/${names[at + 2] ?? ""}`)) return "system";
      place = "elsewhere";
      at += 2;
      systemEnd = at + 1 + systemDepth;
    }
  }
  return place;
}

function sortOf(name: string, sizeBytes: number): Sort {
  const dot = name.lastIndexOf(".");
  if (dot > 0) return sortOfExtension.get(name.slice(dot + 1)) ?? "other";
  return sizeBytes >= believable.least && sizeBytes <= believable.most ? "nameless" : "other";
}

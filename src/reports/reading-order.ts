import type { LogBodies } from "../record/view.ts";
import type { History } from "./history.ts";
import { counted } from "./quantity.ts";

type Medium = LogBodies["medium"];

const likelyFirst =
  "Likely places and types were read first (folders of users, pictures, videos, archives), folders of operating systems and programs last, files of 1 GiB and more after all others; among equals";

const orders = {
  path: `${likelyFirst} by path`,
  inode: `${likelyFirst} by inode number, for the medium rotated when the plan was made`,
  none: "Entries were read in the order of their paths, files of 1 GiB and more after all others",
} as const;

const media: Readonly<Record<Medium["medium"], string>> = {
  rotating: "The operating system says that the evidence lies on a disk that rotates",
  "not-rotating": "The operating system says that the evidence lies on what does not rotate",
  untold: "Whether the evidence lies on a disk that rotates cannot be told, and was taken for no",
};

/** In which order the evidence was read, on what it lay and by how many readers. */
export function readingOrderSentence({ plannedOrder, media }: Pick<History, "plannedOrder" | "media">): string {
  return [orders[plannedOrder ?? "none"], ...media.map(mediumSentence)].map((sentence) => `${sentence}.`).join(" ");
}

function mediumSentence({ medium, device, readers }: Medium): string {
  return `${media[medium]}${device === null ? "" : ` (device ${device})`}: ${counted(readers, "reader", "readers")}`;
}

/** That a scan was ended early on purpose, and after what; null where it was not, or went on. */
export function stoppedSentence({ stopped }: Pick<History, "stopped">): string | null {
  if (stopped === null) return null;
  return `The scan was stopped before its end, as was asked for: it was to stop after ${counted(stopped.after, "entry", "entries")} with an exact or near match, and ${counted(stopped.matched, "was", "were")} found. Entries not yet reached are not examined.`;
}

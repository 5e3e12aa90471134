import type { RecordView } from "../record/view.ts";

/** Where the times of entries come from, for they are only as good as that. */
export function timesSentence({ header }: RecordView): string {
  const { fileSystem } = header.evidenceIdentity;
  return `The times, sizes and inode numbers of entries are those that the file system (${fileSystem}, as the kernel read it) stated when the plan was made, before anything was read; nothing was compared with another clock. Where it states no time of creation, none is recorded.`;
}

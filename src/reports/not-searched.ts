import { type ListDescription, picturesNotCompared, type PictureStatus, pictureStatuses } from "../model.ts";
import type { PassNear, PassRow, RecordView, Totals } from "../record/view.ts";
import { historyOf, mountStates } from "./history.ts";
import { counted, joined } from "./quantity.ts";

/** Something that the scan did not search. `subject` is a fixed word for programs, `sentence` is for people. */
export interface NotSearched {
  readonly subject: string;
  readonly sentence: string;
}

const never: readonly NotSearched[] = [
  { subject: "deleted", sentence: "Deleted files and unallocated space: only what the mounted file system lists was read." },
  { subject: "containers", sentence: "What lies inside archives, containers, documents and mail, and the frames of videos: each such file was hashed as a whole, not its parts." },
  { subject: "encrypted", sentence: "The contents of encrypted files: their bytes were hashed as they are stored." },
  { subject: "unrecognised-formats", sentence: "Pictures in formats that no signature at the beginning of a file tells: they were hashed as files and are not counted as pictures." },
  { subject: "elsewhere", sentence: "Other partitions of the drive, and other file systems mounted within the evidence: they were not entered." },
];

/** True when pictures were compared with perceptual codes in any pass: it was asked for, a list holds such codes, and the case has those of its pictures. */
export function nearCompared({ passes }: Pick<RecordView, "passes">): boolean {
  return passes.some(({ near }) => near === "compared");
}

/** True when no notable list holds a record that was compared with anything: whatever the evidence holds, there was nothing to find. */
export function nothingToFind({ lists, passes }: Pick<RecordView, "lists" | "passes">): boolean {
  return !passes.some(({ near, firstList, listCount }) =>
    lists.slice(firstList, firstList + listCount).some(({ kind, counts }) => kind === "notable" && Object.entries(counts.digests).some(([name, count]) => count > 0 && (name !== "pdq" || near === "compared"))),
  );
}

/** Why, where that is so. */
export function whyNothingToFind({ lists }: Pick<RecordView, "lists">): string {
  const why = lists.some(({ kind }) => kind === "notable") ? "No record of the notable lists could be compared" : "No notable list was used";
  return `${why}: nothing could be found, whatever the evidence holds.`;
}

/** What a reader might take for searched and was not: first what no scan of this version searches, then what holds for this one. */
export function notSearched(record: RecordView, totals: Totals = record.totals()): readonly NotSearched[] {
  return [...never, streams(record), ...emptyLists(record), ...partOfMount(record), ...pending(totals), ...folders(totals), ...near(record), ...pictures(record, totals), ...thumbnails(record, totals), ...fingerprints(record.lists)];
}

function emptyLists(record: RecordView): readonly NotSearched[] {
  const { lists } = record;
  const empty = lists.flatMap((list, index) => (list.kind === "notable" && list.counts.rowsLoaded === 0 ? [`${index + 1}`] : []));
  return [
    ...when(nothingToFind(record), "nothing-to-find", `Anything at all. ${whyNothingToFind(record)}`),
    ...when(empty.length > 0, "lists-empty", `Records of list ${joined(empty)}: none could be loaded.`),
  ];
}

function streams(record: RecordView): NotSearched {
  const history = historyOf(record);
  if (history.streamsSearched) return { subject: "attributes", sentence: "Extended attributes. Alternate data streams were searched: each is an entry, its name behind a colon." };
  const isNtfs = mountStates(history).some(({ fileSystem }) => /^(fuseblk|ntfs|ntfs3|fuse\.ntfs.*)$/.test(fileSystem));
  const advice = isNtfs ? " If this is NTFS, they can be searched when it is mounted by ntfs-3g with streams_interface=windows, and getfattr is installed." : "";
  return { subject: "streams", sentence: `Alternate data streams and extended attributes.${advice}` };
}

/** The root of the evidence is not that of its file system. */
function partOfMount(record: RecordView): readonly NotSearched[] {
  const mount = mountStates(historyOf(record)).at(-1);
  if (mount === undefined) return [];
  const isPart = mount.rootInFileSystem !== "/" || mount.mountPoint !== record.header.evidence;
  return when(isPart, "rest-of-file-system", "The rest of the file system: the evidence was a folder of it, not its root.");
}

function pending(totals: Totals): readonly NotSearched[] {
  if (totals.pending.entries === 0) return [];
  return [{ subject: "pending", sentence: `${counted(totals.pending.entries, "entry", "entries")} that the scan had not reached when this report was made.` }];
}

function folders(totals: Totals): readonly NotSearched[] {
  const unlisted = totals.unreadByReason["not-listed"]?.entries ?? 0;
  const mounted = totals.unreadByReason["other-file-system"]?.entries ?? 0;
  return [
    ...when(unlisted > 0, "folders-unlisted", `What ${counted(unlisted, "folder holds that", "folders hold that")} could not be listed whole: how much that is, is unknown.`),
    ...when(mounted > 0, "folders-mounted", `What lies in ${counted(mounted, "place", "places")} where something else is mounted.`),
  ];
}

function near(record: RecordView): readonly NotSearched[] {
  const limits = { subject: "near-limits", sentence: "Pictures that were cropped by more than 1 to 2 per cent a side, turned by a few degrees, set into a collage, taken as a screenshot, given a caption or a border of several colours, or both made negative and turned or mirrored: perceptual matching (PDQ) does not find them." };
  return [...(nearCompared(record) ? [limits] : []), ...record.passes.flatMap((pass) => nearOfPass(record, pass))];
}

const notCompared: Readonly<Record<Exclude<PassNear, "compared">, { readonly subject: string; readonly why: (of: string) => string }>> = {
  "switched-off": { subject: "near-off", why: () => "near matching was switched off" },
  "no-codes-in-lists": { subject: "near-no-codes", why: (of) => `no list${of} holds perceptual codes` },
  "compared-earlier": { subject: "near-earlier", why: () => "an earlier pass compared the perceptual codes of its lists already" },
  "no-codes-kept": { subject: "near-no-codes-kept", why: (of) => `lists${of} hold perceptual codes, but the case kept none of its pictures (scan --keep-codes), which only another scan of the evidence can make good` },
};

function nearOfPass(record: RecordView, { number, near, firstList, listCount }: PassRow): readonly NotSearched[] {
  const several = record.passes.length > 1;
  if (near !== "compared") {
    const { subject, why } = notCompared[near];
    return [{ subject, sentence: `Resembling pictures${several ? ` in pass ${number}` : ""}: ${why(several ? " of it" : "")}, so only exact copies could be found.` }];
  }
  const lists = record.lists.slice(firstList, firstList + listCount);
  const without = lists.flatMap((list, index) => (list.kind === "notable" && !hasPerceptualCodes(list) ? [`${firstList + index + 1}`] : []));
  return when(without.length > 0, "near-lists", `Pictures that resemble a record of list ${joined(without)}: no perceptual codes are in it, so only exact copies could be found.`);
}

function pictures(record: RecordView, totals: Totals): readonly NotSearched[] {
  if (!nearCompared(record)) return [];
  const limited = (Object.keys(pictureStatuses) as PictureStatus[]).filter((status) => status !== "hashed" && status !== "off");
  return limited.flatMap((status) => {
    const count = totals.pictures[status] ?? 0;
    return when(count > 0, `pictures-${status}`, `${counted(count, "picture", "pictures")} in the near comparison: ${pictureStatuses[status]}. Exact comparison is not affected.`);
  });
}

/** Thumbnails that told nothing: those that were compared in part, as previews are, told something. */
function thumbnails(record: RecordView, totals: Totals): readonly NotSearched[] {
  if (!nearCompared(record)) return [];
  const lost = picturesNotCompared.reduce((sum, status) => sum + (status === "partial" ? 0 : (totals.embeddedPictures[status] ?? 0)), 0);
  return when(lost > 0, "thumbnails", `${counted(lost, "thumbnail", "thumbnails")} within pictures in the near comparison: they could not be decoded. Their digests were compared, and the pictures themselves are counted apart.`);
}

function fingerprints(lists: readonly ListDescription[]): readonly NotSearched[] {
  return lists.flatMap((list, index) =>
    Object.entries(list.kind === "notable" ? list.counts.unmatchable : {}).flatMap(([kind, count]) =>
      when(count > 0, "fingerprints", `${counted(count, "fingerprint", "fingerprints")} (${kind}) of list ${index + 1}: this program cannot compare them.`),
    ),
  );
}

function when(holds: boolean, subject: string, sentence: string): readonly NotSearched[] {
  return holds ? [{ subject, sentence }] : [];
}

function hasPerceptualCodes(list: ListDescription): boolean {
  return (list.counts.digests.pdq ?? 0) > 0;
}

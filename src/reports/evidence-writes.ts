import { type MountConcern, mountConcerns } from "../mount-concerns.ts";
import type { MountState } from "../record/view.ts";
import { changesOf, changesSentence, imageChanged, mountSentences, sameCounters } from "./evidence-changes.ts";
import { type History, type MountSession, mountStates } from "./history.ts";
import { counted, joined } from "./quantity.ts";

type Device = NonNullable<MountState["device"]>;
type Verdict = "none" | "changed" | "recorded" | "unknown";

/**
 * Whether anything was written to the evidence, as far as the device's write counters, and whatever else was looked at twice, tell.
 *
 * Shape: `recorded`: the counters did not stay the same; `changed`: they tell of nothing, but the mount, the times of entries or the image are not as they were; `none`: the
 *        counters stayed the same; `unknown`: there is nothing to compare, and `sentence` says why. Allowed or not makes no difference.
 */
export interface EvidenceWrites {
  readonly verdict: Verdict;
  readonly sentence: string;
  /** How it was mounted, in every state that was taken. */
  readonly mountSentence: string;
  /** What the times of a sample of entries, and digests of the whole image where they were asked for, say. */
  readonly furtherSentences: readonly string[];
}

export function evidenceWrites(history: History): EvidenceWrites {
  const others = changesOf(history).filter((change) => change !== "writes");
  const { verdict, sentence } = compared(history.sessions, others.length > 0);
  const told = others.length === 0 ? { verdict, sentence } : { verdict: verdict === "recorded" ? verdict : ("changed" as const), sentence: `${changesSentence(others)} ${sentence}` };
  return { ...told, mountSentence: mountSentence(mountStates(history)), furtherSentences: [...mountSentences(history), ...timesSentences(history), ...imageSentences(history)] };
}

function timesSentences({ times }: History): readonly string[] {
  return times.map(({ sampled, read, changed, gone, untold }) => {
    const found = [
      ...(changed > 0 ? [`${counted(changed, "was", "were")} changed`] : []),
      ...(gone > 0 ? [`${counted(gone, "was", "were")} gone`] : []),
      ...(read > 0 ? [`${counted(read, "had", "had")} another access time`] : []),
      ...(untold > 0 ? [`the device did not tell those of ${counted(untold, "entry", "entries")} any more`] : []),
    ];
    const all = `The times of ${counted(sampled, "entry", "entries")} (last access, last change of content, last change of status) were noted before any was read and looked at again at the end${times.length === 1 ? "" : " of a session"}`;
    return found.length === 0 ? `${all}: all were the same.` : `${all}: ${joined(found)}.`;
  });
}

function imageSentences(history: History): readonly string[] {
  const { images } = history;
  const [first] = images;
  if (first === undefined) return [];
  const stated = first.stated.length === 0 ? "" : ` It agrees with what was stated of it (${joined(first.stated)}).`;
  const sha256 = first.digests["sha256"] ?? "not computed";
  if (imageChanged(history)) return [`The image or device (${first.image}) was NOT the same at every look: its SHA-256 was ${joined([...new Set(images.map(({ digests }) => digests["sha256"] ?? "not computed"))])}.`];
  const after = images.some(({ when }) => when === "after");
  return [after ? `The whole image or device (${first.image}, ${first.sizeBytes} bytes) had the same SHA-256 before and after: ${sha256}.${stated}` : `Before the scan the whole image or device (${first.image}, ${first.sizeBytes} bytes) had the SHA-256 ${sha256}; it was not read again after it.${stated}`];
}

function compared(sessions: readonly MountSession[], isChanged: boolean): { readonly verdict: Verdict; readonly sentence: string } {
  const pairs = sessions.map(({ before, after }) => ({ before: before?.mount?.device ?? null, after: after?.mount?.device ?? null }));
  const changed = pairs.find(({ before, after }) => before !== null && after !== null && before.number === after.number && !sameCounters(before, after));
  if (changed?.before && changed.after) {
    return {
      verdict: "recorded",
      sentence: `The device that holds the evidence recorded writes while the scan ran (before: ${counters(changed.before)}; after: ${counters(changed.after)}): this report cannot show that the evidence stayed untouched.`,
    };
  }
  // Counters only rise: equal at the very start and the very end covers a session that was cut off before it could note its own end.
  const first = pairs[0]?.before ?? null;
  const last = pairs.at(-1)?.after ?? null;
  if (first !== null && last !== null && sameCounters(first, last)) return { verdict: "none", sentence: unchanged(first, isChanged) };
  if (last !== null && pairs.every(({ before, after }) => before !== null && after !== null && sameCounters(before, after))) {
    return { verdict: "none", sentence: `${unchanged(last, isChanged)} This holds for each of the ${pairs.length} sessions by itself; the evidence was attached anew between them.` };
  }
  return { verdict: "unknown", sentence: `It cannot be told from write counters whether anything was written to the evidence: ${whyUnknown(sessions)}.` };
}

/** That nothing was written is said only where nothing else speaks against it. */
function unchanged(device: Device, isChanged: boolean): string {
  const same = `write counters were the same before and after (${counters(device)}).`;
  return isChanged ? `The device that holds the evidence tells of no write: its ${same}` : `Nothing was written to the device that holds the evidence: its ${same}`;
}

function whyUnknown(sessions: readonly MountSession[]): string {
  if (sessions.length === 0) return "no mount state was recorded";
  if (sessions.some(({ before }) => before === null)) return "no state was recorded before the scan";
  if (sessions.some(({ after }) => after === null)) return "a session ended before it could record the state after it";
  if (sessions.some(({ before, after }) => before?.mount === null || after?.mount === null)) return "the system did not tell how the evidence is mounted";
  if (sessions.some(({ before, after }) => before?.mount?.device === null || after?.mount?.device === null)) return "its file system has no block device";
  return "the states before and after are of different devices";
}

function mountSentence(states: readonly MountState[]): string {
  if (states.length === 0) return "How the evidence was mounted was not recorded.";
  const concerns = (Object.keys(mountConcerns) as MountConcern[]).filter((concern) => states.some((state) => state.concerns.includes(concern)));
  const mount = concerns.includes("writable") ? "It was NOT mounted read-only" : "It was mounted read-only";
  const others = concerns.filter((concern) => concern !== "writable").map((concern) => mountConcerns[concern]);
  const devices = states.map((state) => state.device).filter((device) => device !== null);
  const device = devices.length === 0 ? "its file system has no block device" : `the device itself was ${devices.every(({ readOnly }) => readOnly) ? "read-only" : "not set read-only"} for the operating system`;
  const against = others.length === 0 ? "" : ` Against the mount stands: ${others.join("; ")}.`;
  const journal = others.length > 0 || states.every((state) => state.leavesJournal) ? "" : " No option kept a journal from being replayed when it was mounted: that the device is read-only now does not show that it was so then.";
  const folders = concerns.includes("writable") ? " Access times of folders may have changed, because they were listed." : "";
  return `${mount}; ${device}.${against}${journal}${folders}`;
}

function counters(device: Device): string {
  return `${device.writesCompleted} writes completed, ${device.sectorsWritten} sectors written`;
}

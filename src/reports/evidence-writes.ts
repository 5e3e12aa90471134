import { type MountConcern, mountConcerns } from "../mount-concerns.ts";
import type { MountState } from "../record/view.ts";
import { type History, type MountSession, mountStates } from "./history.ts";
import { counted, joined } from "./quantity.ts";

type Device = NonNullable<MountState["device"]>;
type Verdict = "none" | "recorded" | "unknown";

/**
 * Whether anything was written to the evidence, as far as the device's write counters tell.
 *
 * Shape: `none`: the counters stayed the same; `recorded`: they did not; `unknown`: there is nothing to compare, and `sentence` says why.
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
  const { verdict, sentence } = compared(history.sessions);
  return { verdict, sentence, mountSentence: mountSentence(mountStates(history)), furtherSentences: [...timesSentences(history), ...imageSentences(history)] };
}

/**
 * True when the evidence is not what it was, or was mounted another way, and nobody had allowed that it is mounted writable. The whole image stays the same even then,
 * and so does what is mounted read-only, whatever else was allowed.
 */
export function evidenceChanged(history: History): boolean {
  if (imageChanged(history)) return true;
  const states = mountStates(history);
  const isWritable = states.length === 0 || states.some(({ concerns }) => concerns.includes("writable"));
  if (isWritable && history.overrides.some(({ option }) => option === "--allow-writable")) return false;
  if (compared(history.sessions).verdict === "recorded") return true;
  return history.times.some(({ changed, gone }) => changed + gone > 0) || history.sessions.some(({ before, after }) => remounted(before?.mount ?? null, after?.mount ?? null));
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

function imageChanged({ images }: History): boolean {
  return images.some(({ image, digests }) => images.some((other) => other.image === image && other.digests["sha256"] !== digests["sha256"]));
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

function remounted(before: MountState | null, after: MountState | null): boolean {
  if (before === null || after === null) return false;
  const names = ["source", "mountPoint", "rootInFileSystem", "fileSystem", "mountOptions", "superOptions"] as const;
  return names.some((name) => before[name] !== after[name]) || before.concerns.join() !== after.concerns.join() || before.device?.readOnly !== after.device?.readOnly;
}

function compared(sessions: readonly MountSession[]): { readonly verdict: Verdict; readonly sentence: string } {
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
  if (first !== null && last !== null && sameCounters(first, last)) return { verdict: "none", sentence: unchanged(first) };
  if (last !== null && pairs.every(({ before, after }) => before !== null && after !== null && sameCounters(before, after))) {
    return { verdict: "none", sentence: `${unchanged(last)} This holds for each of the ${pairs.length} sessions by itself; the evidence was attached anew between them.` };
  }
  return { verdict: "unknown", sentence: `It cannot be told from write counters whether anything was written to the evidence: ${whyUnknown(sessions)}.` };
}

function unchanged(device: Device): string {
  return `Nothing was written to the device that holds the evidence: its write counters were the same before and after (${counters(device)}).`;
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

function sameCounters(one: Device, other: Device): boolean {
  return one.number === other.number && one.writesCompleted === other.writesCompleted && one.sectorsWritten === other.sectorsWritten;
}

function counters(device: Device): string {
  return `${device.writesCompleted} writes completed, ${device.sectorsWritten} sectors written`;
}

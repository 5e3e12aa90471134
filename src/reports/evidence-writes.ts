import type { MountState } from "../record/view.ts";
import { type History, type MountSession, mountStates } from "./history.ts";

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
}

export function evidenceWrites(history: History): EvidenceWrites {
  const { verdict, sentence } = compared(history.sessions);
  return { verdict, sentence, mountSentence: mountSentence(mountStates(history)) };
}

/** True when a session ended with the device written to, or the evidence mounted another way, and nobody had allowed it to be writable. */
export function evidenceChanged(history: History): boolean {
  if (history.overrides.some(({ option }) => option === "--allow-writable")) return false;
  return compared(history.sessions).verdict === "recorded" || history.sessions.some(({ before, after }) => remounted(before?.mount ?? null, after?.mount ?? null));
}

function remounted(before: MountState | null, after: MountState | null): boolean {
  if (before === null || after === null) return false;
  return (["source", "mountPoint", "fileSystem", "mountOptions", "superOptions"] as const).some((name) => before[name] !== after[name]);
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
  const writable = states.filter((state) => !state.readOnly).length;
  const mount = writable === 0 ? "It was mounted read-only" : "It was NOT mounted read-only";
  const devices = states.map((state) => state.device).filter((device) => device !== null);
  if (devices.length === 0) return `${mount}; its file system has no block device.`;
  const locked = devices.every((device) => device.readOnly);
  return `${mount}; the device itself was ${locked ? "read-only" : "not set read-only"} for the operating system.`;
}

function sameCounters(one: Device, other: Device): boolean {
  return one.number === other.number && one.writesCompleted === other.writesCompleted && one.sectorsWritten === other.sectorsWritten;
}

function counters(device: Device): string {
  return `${device.writesCompleted} writes completed, ${device.sectorsWritten} sectors written`;
}

import type { MountState } from "../record/view.ts";
import { type History, type MountSession, mountStates } from "./history.ts";
import { joined } from "./quantity.ts";

/** What is not as it was. */
export type Change = "writes" | "mount" | "times" | "image";

const changeTexts: Readonly<Record<Change, string>> = {
  writes: "its device recorded writes",
  mount: "it was not mounted as before",
  times: "some of its entries were changed or gone",
  image: "its image or device has another SHA-256",
};

/** Every sign that the evidence is not what it was, or is mounted another way, whether or not that was allowed. */
export function changesOf(history: History): readonly Change[] {
  return [
    ...(history.sessions.some(hasRecordedWrites) ? (["writes"] as const) : []),
    ...(history.sessions.some(({ before, after }) => remounted(before?.mount ?? null, after?.mount ?? null).length > 0) ? (["mount"] as const) : []),
    ...(history.times.some(({ changed, gone }) => changed + gone > 0) ? (["times"] as const) : []),
    ...(imageChanged(history) ? (["image"] as const) : []),
  ];
}

/**
 * The changes that nobody had allowed: what was found cannot stand. The whole image stays the same whatever was allowed, and so does what is mounted
 * read-only.
 */
export function forbiddenChanges(history: History): readonly Change[] {
  const changes = changesOf(history);
  const states = mountStates(history);
  const isWritable = states.length === 0 || states.some(({ concerns }) => concerns.includes("writable"));
  const isAllowed = isWritable && history.overrides.some(({ option }) => option === "--allow-writable");
  return isAllowed ? changes.filter((change) => change === "image") : changes;
}

/** Null where there is none. */
export function changesSentence(changes: readonly Change[]): string | null {
  return changes.length === 0 ? null : `The evidence did not stay as it was: ${joined(changes.map((change) => changeTexts[change]))}.`;
}

/** What stands before the answer where a change was not allowed; null else. */
export function forbiddenChangesSentence(history: History): string | null {
  const sentence = changesSentence(forbiddenChanges(history));
  return sentence === null ? null : `${sentence} What was found cannot stand.`;
}

export function imageChanged({ images }: History): boolean {
  return images.some(({ image, digests }) => images.some((other) => other.image === image && other.digests["sha256"] !== digests["sha256"]));
}

/** Of each session that ended with another mount than it began with, what differs. */
export function mountSentences({ sessions }: History): readonly string[] {
  return sessions.flatMap(({ before, after }) => {
    const differences = remounted(before?.mount ?? null, after?.mount ?? null);
    return differences.length === 0 ? [] : [`The mount was NOT the same before and after${sessions.length === 1 ? "" : " a session"}: ${differences.map(([name, was, is]) => `${name} ${was} before, ${is} after`).join("; ")}.`];
  });
}

const comparedFacts: readonly (readonly [name: string, of: (mount: MountState) => string])[] = [
  ["source", ({ source }) => source],
  ["mount point", ({ mountPoint }) => mountPoint],
  ["folder of the file system", ({ rootInFileSystem }) => rootInFileSystem],
  ["file system", ({ fileSystem }) => fileSystem],
  ["options of the mount", ({ mountOptions }) => mountOptions],
  ["options of the file system", ({ superOptions }) => superOptions],
  ["against the mount", ({ concerns }) => (concerns.length === 0 ? "nothing" : concerns.join(", "))],
  ["block device", ({ device }) => (device === null ? "none" : device.readOnly ? "read-only" : "not read-only")],
];

function remounted(before: MountState | null, after: MountState | null): readonly (readonly [name: string, was: string, is: string])[] {
  if (before === null || after === null) return [];
  return comparedFacts.flatMap(([name, of]) => (of(before) === of(after) ? [] : [[name, of(before), of(after)] as const]));
}

function hasRecordedWrites({ before, after }: MountSession): boolean {
  const [was, is] = [before?.mount?.device ?? null, after?.mount?.device ?? null];
  return was !== null && is !== null && was.number === is.number && !sameCounters(was, is);
}

/** Whether two looks were at one device, and it had recorded no write between them. */
export function sameCounters(one: NonNullable<MountState["device"]>, other: NonNullable<MountState["device"]>): boolean {
  return one.number === other.number && one.writesCompleted === other.writesCompleted && one.sectorsWritten === other.sectorsWritten;
}

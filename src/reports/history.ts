import { Failure } from "../failure.ts";
import { confinements, isolations } from "../isolation.ts";
import type { LogBodies, LogRow, MountState, RecordView } from "../record/view.ts";
import { counted } from "./quantity.ts";

/** One stretch of the scan between a start or resumption and its end. `null`: the log holds no such row; a row with mount null was taken and found none. */
export interface MountSession {
  readonly before: LogBodies["mount-state"] | null;
  readonly after: LogBodies["mount-state"] | null;
}

/** What the log tells besides its batches. Times are those of the log rows: ISO 8601 with offset; null when the row is missing. */
export interface History {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of all sessions of the scan together, as far as they are timed. */
  readonly elapsedMs: number | null;
  /** How long each stage was at work in all sessions that tell, and how many these are; null where none does. */
  readonly stages: { readonly sessions: number; readonly ms: Readonly<Record<string, number>> } | null;
  /** How often the scan was begun or gone on with; `untimed`: of those, how many left nothing that tells how long they took. */
  readonly scanSessions: { readonly count: number; readonly untimed: number };
  readonly resultsHead: string | null;
  readonly sessions: readonly MountSession[];
  /** Whether alternate data streams were searched: false where a session could not. */
  readonly streamsSearched: boolean;
  readonly times: readonly LogBodies["times"][];
  readonly images: readonly LogBodies["image"][];
  readonly overrides: readonly LogBodies["override"][];
  readonly warnings: readonly string[];
  readonly selftests: readonly string[];
  /** How pictures were decoded, each way that a session had once. */
  readonly isolations: readonly LogBodies["isolation"][];
  /** How readers were confined, each way that a session had once. */
  readonly confinements: readonly LogBodies["confinement"][];
  readonly custody: readonly CustodyRow[];
  /** What the plan is ordered by within a class; null for plans without classes, and before there is one. */
  readonly plannedOrder: "inode" | "path" | null;
  /** What the evidence lay on and how many readers read it, each combination that a session had once. */
  readonly media: readonly LogBodies["medium"][];
  /** Where the scan was stopped, as was asked for, and did not go on. */
  readonly stopped: LogBodies["stopped"] | null;
}

const custodyKinds = ["opened", "resumed", "confinement", "isolation", "interrupted", "stopped", "closed", "report", "clock", "migrated", "pass", "sealed"] as const;
export type CustodyRow = Extract<LogRow, { readonly kind: (typeof custodyKinds)[number] }>;

/** Reads the log once. Errors: Failure("record-damaged") when the log does not begin with its `opened` row. */
export function historyOf(record: RecordView): History {
  let first: LogRow | null = null;
  let closed: Extract<LogRow, { readonly kind: "closed" }> | null = null;
  const sessions: { before: LogBodies["mount-state"] | null; after: LogBodies["mount-state"] | null }[] = [];
  const streams: boolean[] = [];
  const times: LogBodies["times"][] = [];
  const images: LogBodies["image"][] = [];
  const overrides: LogBodies["override"][] = [];
  const warnings: string[] = [];
  const selftests: string[] = [];
  const isolated = new Map<string, LogBodies["isolation"]>();
  const confined = new Map<string, LogBodies["confinement"]>();
  const custody: CustodyRow[] = [];
  const timed: boolean[] = [];
  const media = new Map<string, LogBodies["medium"]>();
  let plannedOrder: History["plannedOrder"] = null;
  let stopped: History["stopped"] = null;
  const staged: Readonly<Record<string, number>>[] = [];
  for (const row of record.log()) {
    first ??= row;
    if (isCustody(row)) custody.push(row);
    if (row.kind === "opened" || row.kind === "resumed") timed.push(false);
    if (row.kind === "closed" || ((row.kind === "batch" || row.kind === "interrupted" || row.kind === "stopped") && row.body.elapsedMs !== undefined)) timed.splice(-1, 1, true);
    if ((row.kind === "closed" || row.kind === "interrupted" || row.kind === "stopped") && row.body.stagesMs !== undefined) staged.push(row.body.stagesMs);
    if (row.kind === "closed") closed = row;
    else if (row.kind === "streams") streams.push(row.body.searched);
    else if (row.kind === "planned") plannedOrder = row.body.order ?? null;
    else if (row.kind === "medium") media.set(JSON.stringify(row.body), row.body);
    else if (row.kind === "stopped") stopped = row.body;
    else if (row.kind === "resumed") stopped = null;
    else if (row.kind === "times") times.push(row.body);
    else if (row.kind === "image") images.push(row.body);
    else if (row.kind === "override") overrides.push(row.body);
    else if (row.kind === "warning") warnings.push(row.body.message);
    else if (row.kind === "isolation") isolated.set(JSON.stringify(row.body), row.body);
    else if (row.kind === "confinement") confined.set(JSON.stringify(row.body), row.body);
    else if (row.kind === "selftest") selftests.push(...row.body.checks);
    else if (row.kind === "mount-state" && row.body.when === "before") sessions.push({ before: row.body, after: null });
    else if (row.kind === "mount-state") (sessions.at(-1) ?? newSession(sessions)).after = row.body;
  }
  if (first?.kind !== "opened") throw new Failure("record-damaged", `record: the log begins with ${first?.kind ?? "no row"}, expected opened`);
  const unsafe = [
    ...[...confined.values()].filter(({ confinement }) => confinement === "plain").map(confinementSentence),
    ...[...isolated.values()].filter(({ isolation }) => isolation === "process").map(isolationSentence),
  ];
  return {
    startedAt: first.at,
    endedAt: closed?.at ?? null,
    elapsedMs: closed?.body.elapsedMs ?? null,
    stages: staged.length === 0 ? null : { sessions: staged.length, ms: summed(staged) },
    scanSessions: { count: timed.length, untimed: timed.filter((isTimed) => !isTimed).length },
    resultsHead: closed?.body.resultsHead ?? null,
    sessions,
    streamsSearched: streams.length > 0 && streams.every((searched) => searched),
    times,
    images,
    overrides,
    warnings: [...new Set([...warnings, ...unsafe])],
    selftests: [...new Set(selftests)],
    isolations: [...isolated.values()],
    confinements: [...confined.values()],
    custody,
    plannedOrder,
    media: [...media.values()],
    stopped,
  };
}

function summed(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const part of parts) for (const [name, value] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

/** How pictures were decoded, and what was tried to show it. */
export function isolationSentence({ isolation, probes }: LogBodies["isolation"]): string {
  const tried = probes.length === 0 ? "" : ` Before the scan it was tried from inside, and was not possible, to ${probes.join("; ")}.`;
  return `${begun(isolations[isolation])}.${tried}`;
}

/** How the evidence was read, and why not in a stronger way. */
export function confinementSentence({ confinement, refused }: LogBodies["confinement"]): string {
  const why = refused.map((stronger) => ` A stronger way (${stronger.confinement}) did not hold: ${stronger.found}.`).join("");
  return `${begun(confinements[confinement])}.${why}`;
}

/** How long the scan took, and in how many sessions where it was interrupted. Null before its end. */
export function elapsedSentence({ elapsedMs, scanSessions: { count, untimed } }: History): string | null {
  if (elapsedMs === null) return null;
  const seconds = counted(Math.round(elapsedMs / 1000), "second", "seconds");
  if (count === 1) return seconds;
  return `${seconds} in ${counted(count, "session", "sessions")}${untimed === 0 ? "" : `, and the time of ${counted(untimed, "session", "sessions")} that nothing tells`}`;
}

function begun(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** Every mount state that was found, in the order of the log. */
export function mountStates(history: History): readonly MountState[] {
  return history.sessions.flatMap(({ before, after }) => [before?.mount ?? null, after?.mount ?? null]).filter((mount) => mount !== null);
}

function isCustody(row: LogRow): row is CustodyRow {
  return custodyKinds.some((kind) => kind === row.kind);
}

function newSession(sessions: { before: LogBodies["mount-state"] | null; after: LogBodies["mount-state"] | null }[]): { after: LogBodies["mount-state"] | null } {
  const session = { before: null, after: null };
  sessions.push(session);
  return session;
}

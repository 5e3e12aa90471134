import type { Entry } from "../model.ts";
import type { ScanEvent } from "../scan.ts";
import { ratesBetween, type StageCounts, stageSentence } from "./stage-rates.ts";
import type { StageTimes } from "./stages.ts";

/** How a scan speaks while it runs. Never a file name. */
export interface Progress {
  tell(event: ScanEvent): void;
  /** How many names the walk has found so far. */
  walked(entries: number): void;
  /** That the walk found so many bytes which are not going to be read. */
  leavesOut(bytes: number): void;
  /** What an earlier session of the scan came to; its counts go on from there. */
  begin(earlier: Counts): void;
  /** A sentence for the person in front of it. */
  say(text: string): void;
  done(): void;
}

export type ProgressStyle = "terminal" | "lines" | "json" | "quiet";

export interface Counts {
  entries: number;
  bytes: number;
  unread: number;
  /** Of `bytes`, those of the unread: nobody read them, so they are no part of any speed. */
  unreadBytes: number;
  exact: number;
  contradicted: number;
  near: number;
}

interface Screen {
  readonly err: (text: string) => void;
  readonly out: (text: string) => void;
  readonly columns: () => number;
  readonly elapsedMs: () => number;
  /** Bytes read of what is not counted yet. */
  readonly bytesInFlight: () => number;
  readonly readers: number;
  readonly stageTimes: () => StageTimes;
}

const terminalEveryMs = 100;
const lineEveryMs = 5000;
const jsonEveryMs = 1000;

/**
 * Progress in one of four styles: one line that is rewritten on a terminal, a plain line every few seconds elsewhere, JSON events on standard
 * output (one object a line), or nothing.
 */
export function progressIn(style: ProgressStyle, screen: Screen): Progress {
  const counts: Counts = { entries: 0, bytes: 0, unread: 0, unreadBytes: 0, exact: 0, contradicted: 0, near: 0 };
  let totals = { entries: 0, bytes: 0 };
  let begun = { entries: 0, readBytes: 0, atMs: 0 };
  let leftOutBytes = 0;
  /** The most that was read at once: where a reader was given up, what it had read is no longer. */
  let mostReadBytes = 0;
  let rows = 0;
  let stagesBegun: StageCounts | null = null;
  let stagesShown: StageCounts | null = null;
  let shownAtMs = -Infinity;
  let onLine = false;
  let fresh = false;
  let timer: NodeJS.Timeout | undefined;

  const everyMs = style === "terminal" ? terminalEveryMs : style === "json" ? jsonEveryMs : lineEveryMs;
  const clearLine = (): void => {
    if (onLine) screen.err("\r\x1b[K");
    onLine = false;
  };
  const stageCounts = (): StageCounts => ({ ...screen.stageTimes(), entries: counts.entries, rows });
  const ratesSinceShown = () => {
    const [then, now] = [stagesShown, stageCounts()];
    stagesShown = now;
    return then === null ? {} : ratesBetween(then, now, screen.readers);
  };
  const state = () => {
    const elapsedMs = screen.elapsedMs() - begun.atMs;
    const bytes = counts.bytes + screen.bytesInFlight();
    const readBytes = bytes - counts.unreadBytes;
    mostReadBytes = Math.max(mostReadBytes, readBytes);
    const rate = elapsedMs > 0 ? ((readBytes - begun.readBytes) / elapsedMs) * 1000 : 0;
    // The time was spent on bytes that count no longer. A little is always missing: findings that wait for those of an earlier batch.
    const isBehind = readBytes - begun.readBytes < (mostReadBytes - begun.readBytes) / 2;
    return { ...counts, bytes, ofEntries: totals.entries, ofBytes: totals.bytes, bytesPerSecond: isBehind ? null : Math.round(rate), secondsLeft: isBehind ? null : secondsLeft(elapsedMs, bytes, readBytes) };
  };
  const walkOf = (entries: number) => {
    const ms = Math.round(screen.stageTimes().own.walk);
    return { ms, entriesPerSecond: Math.round((entries / Math.max(ms, 1)) * 1000) };
  };
  /** What the time went into, from the plan to the end. */
  const tellStages = (): void => {
    if (stagesBegun === null || style === "quiet") return;
    const rates = ratesBetween(stagesBegun, stageCounts(), screen.readers);
    if (style === "json") screen.out(`${JSON.stringify({ event: "stages", readers: screen.readers, ...rates })}\n`);
    else screen.err(`${stageSentence(rates, screen.stageTimes().own.walk, screen.readers)}\n`);
  };
  // Bytes and names both cost time; the slower of the two forecasts is the honest one.
  const secondsLeft = (elapsedMs: number, bytes: number, readBytes: number): number | null => {
    const doneEntries = counts.entries - begun.entries;
    const doneBytes = readBytes - begun.readBytes;
    const bytesToRead = Math.max(0, totals.bytes - bytes - Math.max(0, leftOutBytes - counts.unreadBytes));
    if (elapsedMs < 500 || (doneEntries === 0 && doneBytes === 0)) return null;
    const byEntries = doneEntries > 0 ? (totals.entries - counts.entries) / doneEntries : 0;
    const byBytes = doneBytes > 0 ? bytesToRead / doneBytes : 0;
    return Math.max(0, Math.round((Math.max(byEntries, byBytes) * elapsedMs) / 1000));
  };
  const show = (last: boolean): void => {
    const atMs = screen.elapsedMs();
    if (style === "quiet" || !fresh || (!last && atMs - shownAtMs < everyMs)) return;
    shownAtMs = atMs;
    fresh = false;
    const now = state();
    if (style === "json") return screen.out(`${JSON.stringify({ event: "progress", ...now, ...(last ? {} : ratesSinceShown()) })}\n`);
    const line = sentence(now);
    if (style === "lines") return screen.err(`${line}\n`);
    screen.err(`\r\x1b[K${line.slice(0, Math.max(20, screen.columns() - 1))}`);
    onLine = true;
  };

  return {
    tell(event) {
      if (event.event === "progress") {
        for (const key of ["entries", "bytes", "unread", "unreadBytes"] as const) counts[key] += event[key];
        for (const sort of ["exact", "contradicted", "near"] as const) counts[sort] = event.matched[sort];
        rows += event.rows;
        fresh = true;
        return show(false);
      }
      clearLine();
      if (event.event === "walking") begun.atMs = shownAtMs = screen.elapsedMs();
      if (event.event === "planned") {
        shownAtMs = -Infinity;
        totals = { entries: event.entries, bytes: Number(event.bytes) };
        mostReadBytes = counts.bytes - counts.unreadBytes;
        begun = { entries: counts.entries, readBytes: mostReadBytes, atMs: screen.elapsedMs() };
        stagesBegun = stagesShown = stageCounts();
        // A large file may take hours: the line moves while it is read, too.
        timer = setInterval(() => {
          fresh = true;
          show(false);
        }, everyMs).unref();
      }
      if (style === "json") return screen.out(`${JSON.stringify(event.event === "planned" ? { ...event, walk: walkOf(event.entries) } : event)}\n`);
      if (style !== "quiet") screen.err(event.event === "walking" ? "listing the evidence ...\n" : `${event.entries} entries, ${size(Number(event.bytes))} to examine\n`);
    },
    walked(entries) {
      const atMs = screen.elapsedMs();
      if (style === "quiet" || atMs - shownAtMs < everyMs) return;
      shownAtMs = atMs;
      const entriesPerSecond = Math.round((entries / (atMs - begun.atMs)) * 1000);
      if (style === "json") return screen.out(`${JSON.stringify({ event: "walking", entries, entriesPerSecond })}\n`);
      screen.err(style === "lines" ? `${entries} entries listed\n` : `\r\x1b[K${entries} entries listed`);
      onLine = style === "terminal";
    },
    leavesOut: (bytes) => void (leftOutBytes += bytes),
    begin: (earlier) => void Object.assign(counts, earlier),
    say(text) {
      clearLine();
      if (style !== "quiet") screen.err(`${text}\n`);
    },
    done() {
      clearInterval(timer);
      show(true);
      if (onLine) screen.err("\n");
      onLine = false;
      tellStages();
    },
  };
}

/** The same entries; `walked` is told of every so many, `leavesOut` of each that is not going to be read. */
export function* countedEntries(entries: Iterable<Entry>, { walked, leavesOut }: Pick<Progress, "walked" | "leavesOut">): Generator<Entry> {
  let count = 0;
  for (const entry of entries) {
    if (entry.unread !== null) leavesOut(entry.sizeBytes);
    yield entry;
    if (++count % 4096 === 0) walked(count);
  }
}

function sentence(now: Counts & { ofEntries: number; ofBytes: number; bytesPerSecond: number | null; secondsLeft: number | null }): string {
  const parts = [
    `${now.entries}/${now.ofEntries} entries`,
    `${size(now.bytes)}/${size(now.ofBytes)}`,
    now.bytesPerSecond === null ? "speed unknown" : `${size(now.bytesPerSecond)}/s`,
    now.entries === now.ofEntries ? "done" : now.secondsLeft === null ? "time left unknown" : `${duration(now.secondsLeft)} left`,
    `exact ${now.exact}`,
    `near ${now.near}`,
    ...(now.contradicted > 0 ? [`contradicted ${now.contradicted}`] : []),
    `unread ${now.unread}`,
  ];
  return parts.join("  ");
}

/** Decimal units, three figures. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${units[unit]}`;
}

function duration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

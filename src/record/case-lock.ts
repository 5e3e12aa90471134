import { randomBytes } from "node:crypto";
import { closeSync, fchmodSync, fsyncSync, linkSync, openSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import type { LogClock } from "./log-clock.ts";

/** Who writes. The clock and the processes of this machine are cli's to know. `version`: this program's. */
export interface Custody extends LogClock {
  readonly version: string;
  readonly processId: number;
  readonly host: string;
  readonly isAlive: (processId: number) => boolean;
  /** What tells a process from every other that had or will have its number on this machine: when both started. Null where nothing tells. */
  readonly startOf: (processId: number) => string | null;
}

/** The right to write a record. `takenOver`: what was found of an owner that is gone, null when nobody had it. */
export interface CaseLock {
  readonly takenOver: string | null;
  /** May be called again. */
  release(): void;
}

/** File name of the lock inside its case folder. */
export const lockFileName = "record.lock";

/**
 * Takes the lock of a case. The lock of a process of this host that has ended is taken over.
 *
 * Errors: Failure("record-locked") naming the owner that lives, or that cannot be seen from this host.
 */
export function lockCase(folder: string, custody: Custody): CaseLock {
  const path = join(folder, lockFileName);
  const own = JSON.stringify({ processId: custody.processId, host: custody.host, startedAt: custody.now(), start: custody.startOf(custody.processId) });
  let takenOver: string | null = null;
  for (let left = 8; left > 0; left--) {
    if (created(path, own, custody.processId)) {
      removeStrays(folder, custody);
      return { takenOver, release: () => removeIf(path, own, custody.processId) };
    }
    const found = textOf(path);
    if (found === null) continue;
    takenOver = staleOwner(path, found, custody);
    removeIf(path, found, custody.processId);
  }
  throw new Failure("record-locked", `${pathText(Buffer.from(path))}: found locks of others again and again, expected none; start one scan of a case at a time`);
}

/** The owner in words when it is gone. Errors: Failure("record-locked") when it is not, or nobody can tell. */
function staleOwner(path: string, found: string, custody: Custody): string {
  const where = pathText(Buffer.from(path));
  const owner = parsed(found);
  if (owner === null) throw new Failure("record-locked", `${where}: found a lock without an owner, expected none; if no other blindmatch writes to this case, delete that file`);
  const name = `process ${owner.processId} on ${pathText(Buffer.from(owner.host))}, started ${pathText(Buffer.from(owner.startedAt))}`;
  if (owner.host !== custody.host)
    throw new Failure("record-locked", `${where}: found the lock of ${name}, expected none; it cannot be seen from ${custody.host} whether that process still runs: make sure that it does not, then delete that file`);
  if (custody.isAlive(owner.processId) && !isAnother(owner.start, custody.startOf(owner.processId)))
    throw new Failure("record-locked", `${where}: found the lock of ${name}, which is running, expected none; if that process is no blindmatch, delete that file`);
  return `found the lock of ${name}, which is not running any more, expected none: taken over`;
}

/** Numbers of processes come again, after a power cut at the latest: a lock's number may be that of another process, even our own. */
function isAnother(start: string | null, now: string | null): boolean {
  return start !== null && now !== null && start !== now;
}

/** Written aside and linked to its name: a lock that is there names its owner, whenever a kill, a full disk or a power cut comes. */
function created(path: string, text: string, processId: number): boolean {
  const aside = asideOf(path, processId);
  try {
    const file = openSync(aside, "wx", 0o600);
    try {
      fchmodSync(file, 0o600);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    linkSync(aside, path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A name of a process's own beside the lock. */
function asideOf(path: string, processId: number): string {
  return `${path}.${processId}-${randomBytes(6).toString("hex")}`;
}

/** Removes what processes of this host that have ended left beside the lock. */
function removeStrays(folder: string, { processId, isAlive }: Custody): void {
  for (const name of readdirSync(folder)) {
    const owner = /^record\.lock\.(\d+)-[0-9a-f]{12}$/.exec(name)?.[1];
    if (owner !== undefined && (Number(owner) === processId || !isAlive(Number(owner)))) rmSync(join(folder, name), { force: true });
  }
}

/** Removes the lock when it is the one that is meant. Renamed first: of two that find the same stale lock only one gets it. */
function removeIf(path: string, text: string, processId: number): void {
  if (textOf(path) !== text) return;
  const aside = asideOf(path, processId);
  try {
    renameSync(path, aside);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return;
    throw thrown;
  }
  if (textOf(aside) === text) unlinkSync(aside);
  else renameSync(aside, path);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

/** Shape: `start` null in a lock that an earlier version wrote. */
function parsed(text: string): { readonly processId: number; readonly host: string; readonly startedAt: string; readonly start: string | null } | null {
  try {
    const { processId, host, startedAt, start } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return typeof processId === "number" && Number.isSafeInteger(processId) && processId > 0 && typeof host === "string" && typeof startedAt === "string"
      ? { processId, host, startedAt, start: typeof start === "string" ? start : null }
      : null;
  } catch {
    return null;
  }
}

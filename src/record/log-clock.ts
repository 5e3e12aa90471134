import type { LogBodies } from "./view.ts";

/** The machine's two clocks: the wall's, which somebody may set, and the monotonic one, by which durations are told. */
export interface LogClock {
  /** Wall time, ISO 8601 with offset. */
  readonly now: () => string;
  /** What `now` said, in milliseconds since 1970. */
  readonly wallMs: (at: string) => number;
  /** Monotonic time since this session of the program began. */
  readonly elapsedMs: () => number;
}

/** Both clocks at one moment of a session. */
export interface ClockReading {
  readonly wallMs: number;
  readonly elapsedMs: number;
}

/** Wall and monotonic clock apart by more than this: one of them was set, or the machine slept. Units: milliseconds. */
export const clockToleranceMs = 2000;

/**
 * What is to be said of the clocks before a row is written at `reading`; null when they moved together.
 *
 * Shape: `since`: the session's earlier reading, null before its first row; then all that can be told is whether the wall clock is behind the last row
 *        of the session before (`lastAt`).
 */
export function clockMovement(reading: ClockReading, since: ClockReading | null, lastAt: number | null): LogBodies["clock"] | null {
  if (since !== null) {
    const wallMs = Math.round(reading.wallMs - since.wallMs);
    const monotonicMs = Math.round(reading.elapsedMs - since.elapsedMs);
    return Math.abs(wallMs - monotonicMs) > clockToleranceMs ? { wallMs, monotonicMs } : null;
  }
  return lastAt !== null && reading.wallMs < lastAt ? { wallMs: Math.round(reading.wallMs - lastAt), monotonicMs: null } : null;
}

import { existsSync, readFileSync } from "node:fs";
import type { ClockState } from "../record/view.ts";

/** The wall clock, ISO 8601 with the zone's offset and milliseconds: a label, never used for durations. */
export function now(date: Date = new Date()): string {
  const offsetMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, "0");
  return `${local}${sign}${two(offsetMinutes / 60)}:${two(offsetMinutes % 60)}`;
}

/** IANA name of the zone that `now` speaks in. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const clockSource = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
const synchronisedSince = "/run/systemd/timesync/synchronized";

/** What the kernel counts time by, and whether the service that keeps it right says that it does. Shape: null for what this machine does not tell. */
export function clockState(): ClockState {
  return { source: sourceName(), synchronised: existsSync(synchronisedSince) ? true : null };
}

function sourceName(): string | null {
  try {
    return readFileSync(clockSource, "utf8").trim();
  } catch {
    // A container may hide it.
    return null;
  }
}

/**
 * What readers have done since they started, added up over them.
 *
 * Units: milliseconds; `busyMs` and `decodingMs` of the clock, `decodingMs` the part of the former in which a reader waited for its decoder; `cpuMs` of the
 *        readers' processor time, without their decoders'.
 */
export interface ReadersWork {
  readonly busyMs: number;
  readonly decodingMs: number;
  readonly cpuMs: number;
  readonly pictures: number;
  readonly bytesRead: number;
}

export const noWork: ReadersWork = { busyMs: 0, decodingMs: 0, cpuMs: 0, pictures: 0, bytesRead: 0 };

export function addWork(one: ReadersWork, other: ReadersWork): ReadersWork {
  return added(one, other, 1);
}

export function workSince(now: ReadersWork, then: ReadersWork): ReadersWork {
  return added(now, then, -1);
}

function added(one: ReadersWork, other: ReadersWork, sign: 1 | -1): ReadersWork {
  return {
    busyMs: one.busyMs + sign * other.busyMs,
    decodingMs: one.decodingMs + sign * other.decodingMs,
    cpuMs: one.cpuMs + sign * other.cpuMs,
    pictures: one.pictures + sign * other.pictures,
    bytesRead: one.bytesRead + sign * other.bytesRead,
  };
}

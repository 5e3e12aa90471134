import { type Place, refusal } from "./refusal.ts";

/** Which version of each object of a bundle is the latest so far. */
export interface ObjectVersions {
  /** Remembers a version; false when a later one of that object came before. Errors: Failure("list-refused") above 1,000,000 objects (`most`). */
  isLatest(id: string, modified: string, place: Place): boolean;
}

/** More objects than this are refused: up to 0.6 KB of memory each. */
const mostObjects = 1_000_000;
const longestTimeCharacters = 40;

export function objectVersions(most = mostObjects): ObjectVersions {
  const latest = new Map<string, string>();
  return {
    isLatest(id, modified, place) {
      const time = comparableTime(modified, place);
      const earlier = latest.get(id);
      if (earlier !== undefined && time < earlier) return false;
      if (earlier === undefined && latest.size === most) throw refusal(place, `more than ${most} objects of which there may be later versions`, "at most as many in one bundle: split it by objects");
      latest.set(id, time);
      return true;
    },
  };
}

// "05Z" and "05.000Z" are one time; as texts they are not in order.
function comparableTime(time: string, place: Place): string {
  if (time.length > longestTimeCharacters) throw refusal(place, `a time of ${time.length} characters as modified`, "a timestamp");
  const [seconds = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}

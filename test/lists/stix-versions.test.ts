import { describe, expect, it } from "vitest";
import { objectVersions } from "../../src/lists/stix-versions.ts";

const place = { file: "bundle", line: 7 };
const refused = (message: string) => expect.objectContaining({ code: "list-refused", message });

describe("versions of the objects of a bundle", () => {
  it("are told from earlier ones by their times, however many decimals these have", () => {
    const versions = objectVersions();
    const order = ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:04.999Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.09Z", "2026-01-02T03:04:06Z"];
    expect(order.map((modified) => versions.isLatest("a", modified, place))).toEqual([true, true, false, true, false, true]);
    expect(versions.isLatest("b", order[0]!, place)).toBe(true);
  });

  it("are remembered of so many objects and no more, and a text that is no time not at all", () => {
    const versions = objectVersions(2);
    for (const id of ["a", "b", "a"]) expect(versions.isLatest(id, "2026-01-02T03:04:05Z", place)).toBe(true);
    expect(() => versions.isLatest("c", "2026-01-02T03:04:05Z", place)).toThrow(refused("bundle:7: found more than 2 objects of which there may be later versions, expected at most as many in one bundle: split it by objects"));
    expect(versions.isLatest("b", "2026-01-02T03:04:06Z", place)).toBe(true);
    expect(() => versions.isLatest("a", "2".repeat(1 << 20), place)).toThrow(refused("bundle:7: found a time of 1048576 characters as modified, expected a timestamp"));
  });
});

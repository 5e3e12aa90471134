import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, it, vi } from "vitest";
import type { RecordView } from "../../src/record/view.ts";
import { annexOf } from "../../src/sealing/names-annex.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { examined, list, match, recordView, unreadEntry } from "../support/record-view.ts";

const entries = Array.from({ length: 20 }, (_, no) => (no === 19 ? unreadEntry(no, `e${no}`, "io", "EIO") : examined(no, `e${no}`)));
const record = recordView({ entries, lists: [list(), list()], matches: [1, 1, 9, 17].map((no) => match(no)), passes: [{}] });
// As in a case of several passes: what matched before comes again.
const again: RecordView = { ...record, matches: () => [...record.matches(), ...record.matches()] };

/** Entries that the annex names, where a set holds as few members as given. */
async function named(view: RecordView, all: boolean, mostMembers = Number.POSITIVE_INFINITY): Promise<number[]> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const pieces: Uint8Array[] = [];
  const add = Set.prototype.add;
  const limited = vi.spyOn(Set.prototype, "add").mockImplementation(function (this: Set<unknown>, member: unknown) {
    if (typeof member === "number" && this.size >= mostMembers) throw new RangeError("Set maximum size exceeded");
    return add.call(this, member);
  });
  try {
    for await (const piece of annexOf(view, { report: "r.csv", madeAt: "2026-04-17T12:00:00+02:00", key: "ab".repeat(32), all }, [recipient])) pieces.push(piece);
  } finally {
    limited.mockRestore();
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return jsonLines(await decrypter.decrypt(Buffer.concat(pieces), "text")).flatMap((line) => (line["type"] === "name" ? [line["entry"] as number] : []));
}

it("the annex names each entry that the report has a row of once, however often it matches", async () => {
  expect((await named(again, false)).sort((one, other) => one - other)).toEqual([1, 9, 17, 19]);
  expect(await named(again, true)).toEqual(entries.map(({ no }) => no));
});

it("the annex is not bounded by how many numbers a set can hold", async () => {
  expect(await named(again, true, 3)).toHaveLength(20);
  expect(await named(again, false, 3)).toHaveLength(4);
});

import { describe, expect, it } from "vitest";
import type { Match } from "../../src/model.ts";
import type { MatchRow } from "../../src/record/view.ts";
import { chainText, containersOf } from "../../src/reports/container-chain.ts";
import { csv } from "../../src/reports/csv.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { matchedEntries } from "../../src/reports/matched-entries.ts";
import { uuidsOf } from "../../src/reports/record-uuid.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { digestsOf, examined, list, match, recordView, type StatedRecord } from "../support/record-view.ts";
import { csvRows } from "../support/report-text.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const thumbnail = { name: "thumbnail" as const, offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(80), picture: { status: "hashed" as const, widthPixels: 160, heightPixels: 120 } };

function recordWith(path: string, stated: Partial<Match> = {}, more: StatedRecord = {}) {
  return recordView({ entries: [examined(0, path, { embedded: [thumbnail] })], lists: [list()], matches: [match(0, stated)], ...more });
}
const firstOf = (rows: Iterable<MatchRow>): MatchRow => [...rows][0]!;

describe("what a match lies in", () => {
  const chain = (path: string, stated: Partial<Match> = {}, more: StatedRecord = {}): string => {
    const record = recordWith(path, stated, more);
    return chainText(containersOf(record)(firstOf(record.matches())));
  };
  const streams = (searched: boolean): StatedRecord => ({ log: [{ kind: "streams", body: { searched } }] });

  it("is the file, and the picture within it", () => {
    expect(chain("DCIM/a.jpg")).toBe("file DCIM/a.jpg");
    expect(chain("DCIM/a.jpg", { embedded: "thumbnail" })).toBe("file DCIM/a.jpg; thumbnail at byte 540, 7012 bytes");
  });

  it("is a stream of a file only where streams were listed", () => {
    expect(chain("d:e/letter.txt:hidden", {}, streams(true))).toBe("file d:e/letter.txt; stream hidden");
    expect(chain("d:e/letter.txt", {}, streams(true))).toBe("file d:e/letter.txt");
    for (const more of [{}, streams(false)]) expect(chain("letter.txt:hidden", {}, more)).toBe("file letter.txt:hidden");
    expect(chain("a:b", { embedded: "thumbnail" }, streams(true))).toBe("file a; stream b; thumbnail at byte 540, 7012 bytes");
  });

  it("stands in the rows of JSON Lines and CSV, with the digests of the picture", () => {
    const record = recordWith("a:b", { embedded: "thumbnail" }, streams(true));
    expect(jsonLines([...jsonl.render(record, options)].join("")).find(({ type }) => type === "match")).toMatchObject({
      container: [
        { kind: "file", path: "a", pathBase64: "YQ==" },
        { kind: "stream", name: "b", nameBase64: "Yg==" },
        { kind: "picture", name: "thumbnail", offsetBytes: 540, sizeBytes: 7012 },
      ],
    });
    const [header, ...rows] = csvRows([...csv.render(record, options)].join("").slice(1));
    const row = rows.find(([type]) => type === "match")!;
    const cell = (name: string): string => row[header!.indexOf(name)]!;
    expect([cell("container"), cell("embedded_offset"), cell("embedded_size_bytes"), cell("embedded_sha1"), cell("md5_only")]).toEqual(["file a; stream b; thumbnail at byte 540, 7012 bytes", "540", "7012", Buffer.from(digestsOf(80).sha1!).toString("hex"), "false"]);
  });
});

describe("entries that match", () => {
  it("come once each, with the matches of every pass", () => {
    const entries = [0, 1, 2, 3].map((no) => examined(no, `${no}`));
    const record = recordView({ entries, lists: [list(), list({ sha256: "6b".repeat(32) })], passes: [{}], matches: [match(0), match(2), match(2, { reference: 50 }), match(1, { list: 1 }), match(2, { list: 1 }), match(3, { list: 1 })] });
    expect([...matchedEntries(record)].map(({ entry, matches }) => [entry.no, matches.map(({ number }) => number)])).toEqual([[0, [1]], [1, [4]], [2, [2, 3, 5]], [3, [6]]]);
  });
});

describe("ids of what a record tells of", () => {
  it("are UUIDs of version 5, the same for the same thing of the same case alone", () => {
    const [one, same, other] = [uuidsOf(recordView()), uuidsOf(recordView({ entries: [examined(0, "a")] })), uuidsOf({ ...recordView(), log: () => [...recordView().log()].map((row) => ({ ...row, hash: "9".repeat(64) })) })];
    expect(one("file", 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(other("file", 1)).toBe("eb12d210-6d4b-5dd2-994f-2119ca28ea2c"); // Python: uuid5(uuid5(NAMESPACE_URL, "urn:blindmatch:record:" + "9" * 64), '["file",1]')
    expect(same("file", 1)).toBe(one("file", 1));
    expect(new Set([one("file", 1), one("file", 11), one("file", "1"), one("files", 1), other("file", 1)]).size).toBe(5);
  });
});

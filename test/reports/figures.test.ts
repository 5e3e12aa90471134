import { describe, expect, it } from "vitest";
import { html } from "../../src/reports/html.ts";
import { examined, list, match, pendingEntry, recordView, unreadEntry } from "../support/record-view.ts";

const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" };
const figures = (record: ReturnType<typeof recordView>): string => /<section id="figures">.*?<\/section>/s.exec([...html.render(record, options)].join(""))![0];
const rowsOf = (text: string, caption: string): readonly string[] => [...(text.split(`<caption>${caption}`)[1]?.split("</table>")[0] ?? "").matchAll(/<tr><th scope="row">.*/g)].map(([row]) => row);
const widths = (row: string): readonly number[] => [...row.matchAll(/<rect[^>]* width="([\d.]+)%"|<rect width="([\d.]+)%"/g)].map(([, one, other]) => Number(one ?? other));
const hundred = Array.from({ length: 100 }, (_, no) => examined(no, `${no}`));

describe("the figures of the html report", () => {
  it("draw the entries by outcome to scale, and what is little so that it is seen", () => {
    const record = recordView({ entries: [...Array.from({ length: 997 }, (_, no) => examined(no, `${no}`)), unreadEntry(997, "x", "io"), pendingEntry(998, "y"), pendingEntry(999, "z")], complete: false });
    const rows = rowsOf(figures(record), "Entries by outcome");
    expect(rows.map((row) => />([^<]+)<\/th><td class="number">([\d,]+)</.exec(row)!.slice(1))).toEqual([["Examined", "997"], ["Not examined", "1"], ["Not yet reached", "2"], ["Seen: the sum of these", "1,000"]]);
    expect(rows.map(widths)).toEqual([[99.7], [0.4], [0.4], [100]]);
    expect(figures(recordView())).not.toContain("<rect");
  });

  it("draw where in the plan the matches lie, each sort by itself, with the same in figures", () => {
    const near = { kind: "near", algorithms: ["pdq"], distanceBits: 3, transform: "full", nearReferences: 1 } as const;
    const record = recordView({ entries: hundred, matches: [match(0), match(4), match(5), match(99), match(99, { category: "9" }), match(50, near)], lists: [list()] });
    const [exact, other, ...rest] = rowsOf(figures(record), "Where in the plan");
    expect(rest).toEqual([]);
    expect([...exact!.matchAll(/x="([\d.]+)%" y="([\d.]+)%"/g)].map(([, x, y]) => [Number(x), Number(y)])).toEqual([[0, 0], [5, 50], [95, 50]]);
    expect([exact, other]).toEqual([expect.stringContaining('>Exact</th><td class="number">4</td><td class="number">2</td>'), expect.stringContaining('>Near</th><td class="number">1</td><td class="number">1</td>')]);
    const table = rowsOf(figures(record), "Matches by part of the plan").map((row) => [...row.matchAll(/>([\d, to]+)</g)].map(([, cell]) => cell));
    expect([table.length, table[0], table[1], table[10], table[19]]).toEqual([20, ["0 to 4", "2", "0"], ["5 to 9", "1", "0"], ["50 to 54", "0", "1"], ["95 to 99", "1", "0"]]);
    expect(figures(recordView({ entries: hundred, lists: [list()] }))).not.toContain("strip");
  });

  it("draw how long each stage was at work where the record tells, and nothing where it does not", () => {
    const closed = { kind: "closed", body: { resultsHead: "22".repeat(32), elapsedMs: 90_000, stagesMs: { read: 50_000, decode: 20_000, match: 0 } } } as const;
    const interrupted = { kind: "interrupted", body: { nextEntry: 5, stagesMs: { read: 30_000, decode: 0, match: 0 } } } as const;
    const resumed = { kind: "resumed", body: { nextEntry: 5 } } as const;
    const drawn = figures(recordView({ entries: hundred, logAfter: [interrupted, resumed, resumed, closed] }));
    const rows = rowsOf(drawn, "How long each stage was at work in 2 sessions of the scan (of 1 more it is not known)");
    expect(rows.map((row) => [/>(\w+)<\/th><td class="number">(\d+)</.exec(row)!.slice(1), widths(row)])).toEqual([[["read", "80"], [100]], [["decode", "20"], [25]], [["match", "0"], []]]);
    expect(figures(recordView({ entries: hundred, logAfter: [closed] }))).toContain("How long each stage was at work in 1 session of the scan;");
    expect(figures(recordView({ entries: hundred }))).not.toContain("stage");
  });
});

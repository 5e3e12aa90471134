import { Ajv2020, type AnySchema } from "ajv/dist/2020.js";
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { RecordView } from "../../src/record/view.ts";
import { formats } from "../../src/reports/formats.ts";
import { jsonl } from "../../src/reports/jsonl.ts";
import { jsonlSchema } from "../../src/reports/jsonl-schema.ts";
import { notSearched } from "../../src/reports/not-searched.ts";
import { redactedView } from "../../src/reports/redacted-view.ts";
import { changesOf } from "../../src/record/same-case.ts";
import { exitStatusOf } from "../../src/reports/summary.ts";
import { jsonLines } from "../support/blindmatch.ts";
import { examined, list, match, mount, recordView, type StatedRecord } from "../support/record-view.ts";

const options = { all: true, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0", fileName: "shown-without.csv" };
const keyed = (path: Uint8Array): string => createHmac("sha256", "key").update(path).digest("hex");
const redactedText = (record: RecordView): string => able.map((format) => [...format.render(redactedView(record, keyed), options)].join("")).join("\n");
const able = formats.filter(({ restrictable }) => restrictable === true);

const part = mount({ mountPoint: "/mnt/x", rootInFileSystem: "/home", superOptions: "ro,subvol=/home" });
const stated = (evidence: string, commandLine: readonly string[], more: StatedRecord = {}): RecordView =>
  recordView({
    entries: [examined(0, "letter"), examined(1, "letter:hidden.jpg", { mediaType: "image/jpeg", extensionFits: true })],
    lists: [list(), list({ name: "later", sha256: "6b".repeat(32) })],
    matches: [match(0), match(1)],
    header: { evidence, commandLine },
    passes: [{ near: "compared", commandLine: ["rematch", `${evidence}/sub`] }],
    ...more,
    log: [
      { kind: "mount-state", body: { when: "before", mount: part } },
      { kind: "streams", body: { searched: true } },
      { kind: "resumed", body: { nextEntry: 1, commandLine, host: "bench-3", user: "kbrandt" } },
      { kind: "warning", body: { message: `not all of ${evidence}/more was listed` } },
      { kind: "confinement", body: { confinement: "plain", refused: [{ confinement: "nobody", found: `bwrap: '${evidence}' is not there` }] } },
      { kind: "override", body: { option: "--allow-writable", reason: `mounted at ${evidence}` } },
      { kind: "mount-state", body: { when: "after", mount: part } },
      ...(more.log ?? []),
    ],
    logAfter: [{ kind: "pass", body: { pass: 2, lists: [], options: {}, near: "compared", examiner: "K. Brandt", commandLine: ["rematch", `--x=${evidence}`], host: "bench-2", user: "kbrandt", timeZone: "UTC", versions: {}, clock: { source: null, synchronised: null }, entries: 4, matches: 2, matchesHead: "33".repeat(32) } }],
  });

describe("a redacted report", () => {
  it.each<[string, readonly string[]]>([
    ["as it is", ["scan", "/mnt/x/home/Zoltan/Priv", "--case", "c"]],
    ["from another folder", ["scan", "--readers", "2", "../home/Zoltan/Priv/"]],
    ["from the folder above", ["scan", "--quiet", "Zoltan/Priv"]],
    ["within another argument", ["scan", "c", "--image=/mnt/x/home/Zoltan/Priv/sub"]],
    ["through a link", ["scan", "/links/Zoltan"]],
    ["through a link beside it", ["scan", "Zoltan-link"]],
    ["through a link beside it, after options", ["scan", "--case-number", "1", "--list", "a", "b", "--quiet", "Zoltan-link"]],
    ["as names of other files", ["scan", "x", "--case", "cases/Zoltan", "--home", "Zoltan", "--key-file=Zoltan", "--ewf", "Priv.E01", "--", "Zoltan"]],
  ])("holds no folder of the evidence, however the command named it: %s (REQ-67)", (_, commandLine) => {
    const record = stated("/mnt/x/home/Zoltan/Priv", commandLine);
    const shown = [...jsonl.render(record, options)].join("");
    expect(shown).toContain("Zoltan");
    const text = redactedText(record);
    expect(text.match(/.{30}(Zoltan|Priv\b|\/home|\/mnt\/x).{20}/)).toBeNull();
    expect(text).toMatch(/Evidence read from<\/dt><dd>.{0,40}redacted-[0-9a-f]{16}/);
  });

  it.each(["/mnt/y/Anna Varga", "/mnt/y/Anna\\\\Varga", "/mnt/y/Anna\\u{202e}Varga (2)"])("holds no folder that a later session read it from: %s (REQ-67)", (later) => {
    const opened = (evidence: string) => ({ header: { ...stated(evidence, []).header }, lists: [] });
    const [change = ""] = changesOf(opened("/mnt/x/home/Zoltan Kiss"), opened(later));
    const record = stated("/mnt/x/home/Zoltan Kiss", ["scan", "x"], {
      log: [
        { kind: "resumed", body: { nextEntry: 1, commandLine: ["scan", "--quiet", later.slice(5)], host: "bench-3", user: "kbrandt" } },
        { kind: "warning", body: { message: `resumed under other circumstances: ${change}` } },
        { kind: "mount-state", body: { when: "before", mount: mount({ mountPoint: "/mnt/y" }) } },
      ],
    });
    expect([...jsonl.render(record, options)].join("")).toMatch(/evidence root: found .*Zoltan.*Varga/);
    expect(redactedText(record).match(/.{30}(Zoltan|Kiss|Anna|Varga).{20}/)).toBeNull();
  });

  it("keeps of a command what is no path", () => {
    const words = ["scan", "--case-number", "KB/7", "--list", "agency/notable", "--near-threshold", "notable=20/50", "--readers=2", "--json", "--no-perceptual", "--allow-writable", "a reason", "--exhibit", "7"];
    const [{ header }] = jsonLines([...jsonl.render(redactedView(stated("/mnt/x", words), keyed), options)].join("")) as unknown as [{ header: { commandLine: unknown } }];
    expect(header.commandLine).toEqual(words);
  });

  it("comes to the same as one with names", () => {
    const moved = { kind: "mount-state" as const, body: { when: "after", mount: { ...part, rootInFileSystem: "/home2" } } };
    for (const record of [stated("/mnt/x", ["scan", "/mnt/x"]), stated("/mnt/x/home", ["scan", "x"]), recordView({ entries: [examined(0, "a")], lists: [list()] }), recordView({ log: [{ kind: "mount-state", body: { when: "before", mount: part } }, moved] })]) {
      const view = redactedView(record, keyed);
      expect([exitStatusOf(view), notSearched(view)]).toEqual([exitStatusOf(record), notSearched(record)]);
    }
    expect(exitStatusOf(redactedView(recordView({ log: [{ kind: "mount-state", body: { when: "before", mount: part } }, moved], mountAfter: null }), keyed))).toBe(6);
  });

  it("says in its run line what is redacted and what is left, and one with names does not", () => {
    const record = stated("/mnt/x/home", ["scan", "/mnt/x/home"]);
    const validate = new Ajv2020({ strictTypes: false }).compile(jsonlSchema as AnySchema);
    const lines = jsonLines([...jsonl.render(redactedView(record, keyed), options)].join(""));
    expect(lines.filter((line) => !validate(line))).toEqual([]);
    expect(lines[0]).toMatchObject({ report: { names: "redacted", redaction: expect.stringMatching(/^Names are redacted: .*shown-without\.csv\.names\.age.* What is left: digests, sizes, times/) } });
    expect(jsonLines([...jsonl.render(record, options)].join(""))[0]).toMatchObject({ report: { names: "shown", redaction: null } });
  });

  it("keeps that an entry is a stream, and of which file (REQ-67)", () => {
    const lines = jsonLines([...jsonl.render(redactedView(stated("/mnt/x", ["scan", "/mnt/x"]), keyed), options)].join(""));
    const [file, stream] = [keyed(Buffer.from("letter")), keyed(Buffer.from("letter:hidden.jpg"))];
    expect(lines.filter(({ type }) => type === "match")).toMatchObject([
      { path: `depth-0/${file}`, container: [{ kind: "file", path: `depth-0/${file}` }] },
      { path: `depth-0/${file}:${stream}.jpg`, container: [{ kind: "file", path: `depth-0/${file}` }, { kind: "stream", name: `${stream}.jpg` }] },
    ]);
  });

  it("takes a colon for part of the name where streams were not listed", () => {
    const view = redactedView(recordView({ entries: [examined(0, "a:b")], lists: [list()], matches: [match(0)] }), keyed);
    expect([...view.entries()].map(({ path }) => Buffer.from(path).toString())).toEqual([`depth-0/${keyed(Buffer.from("a:b"))}`]);
  });
});

import { describe, expect, it } from "vitest";
import type { LogBodies, LogKind, MountState } from "../../src/record/view.ts";
import { forbiddenChanges } from "../../src/reports/evidence-changes.ts";
import { evidenceWrites } from "../../src/reports/evidence-writes.ts";
import { historyOf } from "../../src/reports/history.ts";
import { mount, recordView, type StatedRecord } from "../support/record-view.ts";

const writes = (stated: StatedRecord) => evidenceWrites(historyOf(recordView(stated)));
const device = (writesCompleted: string, number = "7:7") => mount({ device: { number, readOnly: true, writesCompleted, sectorsWritten: "297964" } });
const row = (when: "before" | "after", state: MountState | null): { kind: LogKind; body: object } => ({ kind: "mount-state", body: { when, mount: state } });

describe("writes to the evidence", () => {
  it("are none when the counters are the same before and after", () => {
    expect(writes({}).verdict).toBe("none");
  });

  it("are recorded when either counter differs, and the sentence does not say that nothing was written", () => {
    const states = [device("516"), mount({ device: { number: "7:7", readOnly: true, writesCompleted: "515", sectorsWritten: "297965" } })];
    for (const mountAfter of states) {
      const told = writes({ mountAfter });
      expect(told.verdict).toBe("recorded");
      expect(told.sentence).not.toContain("Nothing was written");
    }
  });

  it.each<[string, StatedRecord]>([
    ["the scan has not ended", { complete: false }],
    ["no state was taken afterwards", { mountAfter: null }],
    ["the device is another one afterwards", { mountAfter: device("515", "7:8") }],
    ["there is no block device", { log: [row("before", mount({ device: null }))], mountAfter: mount({ device: null }) }],
  ])("cannot be told when %s", (_, stated) => {
    const told = writes(stated);
    expect([told.verdict, told.sentence.startsWith("It cannot be told from write counters")]).toEqual(["unknown", true]);
  });

  it("are none over a session that was cut off, when the counters at both ends are the same", () => {
    expect(writes({ log: [row("before", device("515"))] }).verdict).toBe("none");
  });

  it("are recorded when they fall into one of several sessions", () => {
    expect(writes({ log: [row("after", device("520")), row("before", device("515"))] }).verdict).toBe("recorded");
  });

  it("are judged session by session when the device was attached anew", () => {
    const log = [row("after", device("515")), row("before", device("9", "7:3"))];
    expect(writes({ log, mountAfter: device("9", "7:3") }).verdict).toBe("none");
    expect(writes({ log, mountAfter: device("10", "7:3") }).verdict).toBe("recorded");
  });

  it("cannot be told over a session that was cut off before the device was attached anew", () => {
    expect(writes({ log: [row("before", device("9", "7:3"))], mountAfter: device("9", "7:3") }).verdict).toBe("unknown");
  });

  it("are changes where anything else is not as it was, allowed or not, and no sentence says that nothing was written (REQ-14)", () => {
    const changes: readonly [StatedRecord, string][] = [
      [{ log: [times({ changed: 1 })] }, "some of its entries were changed or gone"],
      [{ log: [image("before", "aa"), image("after", "ab")] }, "its image or device has another SHA-256"],
      [{ mountAfter: mount({ mountOptions: "ro,noexec,nodev" }) }, "it was not mounted as before"],
      [{ mountAfter: mount({ device: null }) }, "it was not mounted as before"],
    ];
    for (const [stated, text] of changes) {
      for (const log of [[], [{ kind: "override" as const, body: { option: "--allow-writable", reason: "a folder" } }]]) {
        const told = writes({ ...stated, log: [...(stated.log ?? []), ...log] });
        expect([told.verdict, told.sentence]).toEqual(["changed", expect.stringMatching(new RegExp(`^The evidence did not stay as it was: ${text}\\. `))]);
        expect(told.sentence).not.toContain("Nothing was written");
      }
    }
    const both = writes({ log: [times({ gone: 2 })], mountAfter: device("516") });
    expect([both.verdict, both.sentence]).toEqual(["recorded", expect.stringMatching(/^The evidence did not stay as it was: some of its entries were changed or gone\. The device that holds the evidence recorded writes/)]);
  });

  it("name each thing in which the mount afterwards is another one than before", () => {
    const after = mount({ source: "/dev/loop8", mountPoint: "/mnt/other", rootInFileSystem: "/sub", fileSystem: "ext3", mountOptions: "ro,exec,suid", superOptions: "ro", concerns: ["device"], device: { number: "7:8", readOnly: false, writesCompleted: "0", sectorsWritten: "0" } });
    expect(writes({ mountAfter: after }).furtherSentences).toEqual([
      "The mount was NOT the same before and after: source /dev/loop7 before, /dev/loop8 after; mount point /mnt/exhibit-7 before, /mnt/other after; folder of the file system / before, /sub after; file system ext4 before, ext3 after; options of the mount ro,noexec,nosuid,nodev before, ro,exec,suid after; options of the file system ro,norecovery before, ro after; against the mount nothing before, device after; block device read-only before, not read-only after.",
    ]);
    expect(writes({}).furtherSentences).toEqual([]);
  });

  it("stand beside how it was mounted, in every state", () => {
    expect(writes({}).mountSentence).toBe("It was mounted read-only; the device itself was read-only for the operating system.");
    expect(writes({ mountAfter: mount({ concerns: ["writable"] }) }).mountSentence).toContain("NOT mounted read-only");
  });

  it("cannot be ruled out by a mount that something stands against, which is said", () => {
    expect(writes({ mountAfter: mount({ concerns: ["device", "journal"] }) }).mountSentence).toMatch(/^It was mounted read-only;.*Against the mount stands: the block device.*; its journal may have been replayed/);
  });
});

const times = (stated: Partial<LogBodies["times"]>): { kind: LogKind; body: object } => ({ kind: "times", body: { sampled: 10, read: 0, changed: 0, gone: 0, untold: 0, ...stated } });
const image = (when: "before" | "after", sha256: string, stated: readonly string[] = []): { kind: LogKind; body: object } => ({
  kind: "image",
  body: { when, image: "/images/7.dd", sizeBytes: "4096", digests: { sha256 }, stated },
});

describe("evidence that is not what it was", () => {
  const changed = (stated: StatedRecord): boolean => forbiddenChanges(historyOf(recordView(stated))).length > 0;
  const override = { kind: "override" as const, body: { option: "--allow-writable", reason: "a folder" } };

  it("is told by the times of entries, unless it was allowed to be writable", () => {
    expect(changed({ log: [times({})] })).toBe(false);
    expect(changed({ log: [times({ read: 3, untold: 2 })] })).toBe(false);
    for (const stated of [{ changed: 1 }, { gone: 1 }]) {
      expect(changed({ log: [times(stated)] })).toBe(true);
      expect(changed({ log: [times(stated), override], mountAfter: mount({ concerns: ["writable"] }) })).toBe(false);
      expect(changed({ log: [times(stated), override], mountAfter: mount({ concerns: ["device"] }) }), "the mount itself was read-only").toBe(true);
    }
    expect(writes({ log: [times({})] }).furtherSentences).toEqual([expect.stringMatching(/^The times of 10 entries .*: all were the same\.$/)]);
    expect(writes({ log: [times({ read: 1, changed: 2, gone: 1, untold: 4 })] }).furtherSentences[0]).toMatch(/: 2 were changed, 1 was gone, 1 had another access time and the device did not tell those of 4 entries any more\.$/);
  });

  it("is told by the digest of the whole image, whatever was allowed", () => {
    const same = [image("before", "aa", ["md5 bb by --image-digest"]), image("after", "aa")];
    expect(changed({ log: same })).toBe(false);
    expect(writes({ log: same }).furtherSentences).toEqual(["The whole image or device (/images/7.dd, 4096 bytes) had the same SHA-256 before and after: aa. It agrees with what was stated of it (md5 bb by --image-digest)."]);
    const other = [image("before", "aa"), image("after", "ab")];
    expect(changed({ log: other })).toBe(true);
    expect(changed({ log: [...other, override] })).toBe(true);
    expect(writes({ log: other }).furtherSentences[0]).toContain("NOT the same at every look: its SHA-256 was aa and ab");
    expect(writes({ log: [image("before", "aa")] }).furtherSentences[0]).toContain("it was not read again");
  });
});

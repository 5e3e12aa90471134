import type { RecordView } from "../../src/record/view.ts";
import { digestsOf, examined, list, match, mount, pendingEntry, pictureEntry, recordView, unreadEntry } from "../support/record-view.ts";

export const pdqLike = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

export const hostileNames: readonly (string | Uint8Array)[] = [
  "\u001b[2J\u001b]0;owned\u0007.jpg",
  "invoice\u202egpj.exe",
  "two\nlines\r\nand\ttab",
  '=HYPERLINK("http://example.invalid","x")',
  "  +cmd|' /C calc'!A0",
  "-1+1",
  "@SUM(A1)",
  "<img onerror=alert(1) src='x'>",
  "</style><script>alert(1)</script>",
  "]]>&amp;&#x41;\"'`",
  "back\\slash\\u{41}",
  Buffer.from([0xff, 0xfe, 0x2f, 0xc3, 0x28, 0x80]),
  Buffer.from([0xfb, 0xef, 0xbe]),
  "n".repeat(255),
  "\u05e2\u05d1\u05e8\u05d9\u05ea/\u0645\u0644\u0641 \u200b\u2800.png",
  "nul\u0000\u0085\u2028\ud83d\ude00",
];

const known = list(
  { name: "operating systems", kind: "known", agency: "Example Standards Office", sha256: "6b".repeat(32), signature: { keyId: "0123456789ABCDEF", trustedComment: "Example Standards Office: operating systems 2026-03, known" } },
  0,
);
const mixedEntries = [
  examined(0, "DCIM/0001.jpg"),
  examined(1, "DCIM/0002.jpg"),
  examined(2, "system/library.dll"),
  pictureEntry(3, "DCIM/0003.png", "hashed"),
  examined(4, "DCIM/copy of 0001.jpg", { sameAs: 0, links: 2 }),
  examined(5, "link", { kind: "link", outcome: "without-content", sizeBytes: 0, digests: {}, mediaType: null }),
  examined(6, "nothing.bin"),
  examined(7, "aside.bin", { mediaType: "image/png", extensionFits: false }),
  examined(8, "DCIM/0008.jpg", {
    mediaType: "image/jpeg",
    picture: { status: "hashed", widthPixels: 4000, heightPixels: 3000 },
    embedded: [{ name: "thumbnail", offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(80), picture: { status: "hashed", widthPixels: 160, heightPixels: 120 } }],
  }),
];
const mixedMatches = [
  match(0, { recordId: "R-1" }),
  match(0, { list: 2, recordId: null, category: null, algorithms: ["sha256"], reference: 7 }),
  match(1, { algorithms: ["md5"], contradictedBy: ["sha1", "size"], recordId: "R-2", category: "2" }),
  match(2, { list: 1, recordId: "os-1" }),
  match(3, { kind: "near", algorithms: ["pdq"], distanceBits: 17, transform: "full", recordId: pdqLike, nearReferences: 2 }),
  match(4, { algorithms: ["md5"], recordId: Buffer.from(digestsOf(4).md5!).toString("hex") }),
  match(7, { category: "9" }),
  match(8, { kind: "near", algorithms: ["pdq"], distanceBits: 4, transform: "trimmed full rotated-90", embedded: "thumbnail", nearReferences: 1, recordId: "R-8" }),
  match(8, { kind: "near", algorithms: ["pdq"], distanceBits: 30, transform: "frame-3 nearest-512 negative", doubts: ["plain-ground", "many-references"], nearReferences: 61, recordId: "R-9", reference: 8 }),
];
const unsigned = list(
  {
    name: "without codes",
    sha256: "7c".repeat(32),
    plaintextSha256: "8d".repeat(32),
    signature: null,
    unsignedReason: "the agency does not sign, handed over in person",
    overrides: [
      { option: "older-version", reason: "version 2026-04 was withdrawn" },
      { option: "same-version", reason: "delivered again after a mistake" },
    ],
  },
  0,
);
export const mixed = recordView({ entries: mixedEntries, matches: mixedMatches, lists: [list(), known, unsigned], options: { nearThresholds: { ["7c".repeat(32)]: { nearDistanceBits: 20, leastQuality: 30 } } }, firstMatch: { entry: 0, elapsedMs: 1499, reached: { entries: 2, bytes: 2001n } }, log: [{ kind: "medium", body: { medium: "not-rotating", device: "7:7", readers: 2 } }, { kind: "confinement", body: { confinement: "nobody", refused: [] } }, { kind: "isolation", body: { isolation: "sandbox", probes: ["read a file of this machine", "start a shell"] } }] });

const { md5, sha1, sha256 } = digestsOf(0);

export const cases: Readonly<Record<string, RecordView>> = {
  empty: recordView(),
  mixed,
  hostile: recordView({
    entries: hostileNames.map((name, no) => (no % 5 === 4 ? unreadEntry(no, name, "io", "EIO") : examined(no, name))),
    matches: hostileNames.flatMap((name, no) => (no % 5 === 4 ? [] : [match(no, { recordId: String(name) }), match(no, { kind: "near", algorithms: ["pdq"], distanceBits: 3, transform: String(name), category: "=1\u202e<b>" })])),
    lists: [list({ agency: '<script>alert("a")</script>', name: "=1+1\n\u001b[31m", version: "@\u202e1", signature: { keyId: "<k>", trustedComment: "=1+1\t\u202e<script>" }, overrides: [{ option: "=<o>", reason: "@\u001b]0;x\u0007" }], scale: { scale: "<i>", version: "\u0000", source: "\u2066", entries: [{ code: "1", label: "\u001b<&\"'>", disposition: "alert" }] } })],
    header: { caseNumber: "<b>\u001b", exhibit: "=\u202e", examiner: "\"'&", organisation: "\n", commandLine: ["\u001b[2J", "</dd>"] },
    log: [
      { kind: "override", body: { option: "<o>", reason: "=cmd\n\u202e<script>" } },
      { kind: "warning", body: { message: "\u001b[0m\u2029 -- <!-- " } },
      { kind: "report", body: { format: "csv", all: true, fileName: "\u202e\n<x>" } },
    ],
  }),
  partial: recordView({
    entries: [examined(0, "a.bin", { digests: { md5, sha1, sha256 } }), unreadEntry(1, "b.bin", "permission", "EACCES"), pendingEntry(2, "c.bin"), pendingEntry(3, "d.bin")],
    matches: [match(0)],
    lists: [list()],
    complete: false,
    options: { digests: ["md5", "sha1", "sha256"] },
    firstMatch: { entry: 0, elapsedMs: null, reached: { entries: 1, bytes: 1000n } },
    log: [
      { kind: "medium", body: { medium: "untold", device: null, readers: 2 } },
      { kind: "interrupted", body: { nextEntry: 1 } },
      { kind: "resumed", body: { nextEntry: 1, commandLine: ["blindmatch", "scan"], host: "bench-3", user: "kbrandt" } },
      { kind: "medium", body: { medium: "rotating", device: "8:1", readers: 1 } },
      { kind: "stopped", body: { after: 1, matched: 1, nextEntry: 2, elapsedMs: 900 } },
    ],
  }),
  passes: recordView({
    entries: [examined(0, "a.bin"), pictureEntry(1, "b.png", "hashed"), pictureEntry(2, "c.png", "hashed"), examined(3, "d.bin")],
    lists: [list({}, 0), list({ name: "later", version: "2026-05", sha256: "6b".repeat(32) }), list({ name: "later still", version: "2026-06", sha256: "7c".repeat(32) }), known],
    options: { keepCodes: true },
    header: { clock: { source: "tsc", synchronised: true } },
    passes: [
      { near: "compared", options: { nearDistanceBits: 20, leastQuality: 50, nearThresholds: { ["6b".repeat(32)]: { nearDistanceBits: 12, leastQuality: 60 } } } },
      { near: "no-codes-kept", listCount: 2, examiner: "<b>L. Okafor</b>", host: "=lab\u202e" },
    ],
    matches: [match(0, { recordId: "R-1" }), match(0, { list: 1, recordId: "R-1" }), match(1, { list: 1, kind: "near", algorithms: ["pdq"], distanceBits: 9, transform: "full", nearReferences: 1, recordId: "R-2" }), match(0, { list: 3, recordId: "os-1" }), match(3, { list: 2, recordId: "R-3" })],
    log: [
      { kind: "resumed", body: { nextEntry: 1, commandLine: ["blindmatch", "scan"], host: "bench-3", user: "kbrandt", clock: { source: null, synchronised: null } } },
      { kind: "clock", body: { wallMs: -3_600_000, monotonicMs: 1500 } },
      { kind: "batch", body: { firstEntry: 0, lastEntry: 3, matches: 1, resultsHead: "22".repeat(32), elapsedMs: 60_000 } },
    ],
    logAfter: [
      { kind: "clock", body: { wallMs: -1000, monotonicMs: null } },
      { kind: "migrated", body: { from: 4, to: 5, version: "0.1.0" } },
      { kind: "pass", body: { pass: 2, lists: [{}], options: {}, near: "compared", examiner: "K. Brandt", commandLine: ["rematch", "<x>"], host: "bench-2", user: "kbrandt", timeZone: "UTC", versions: { node: "20.20.2" }, clock: { source: "tsc", synchronised: null }, entries: 4, matches: 2, matchesHead: "33".repeat(32) } },
    ],
  }),
  overrides: recordView({
    entries: [
      ...["undecodable", "unsupported", "too-large", "timeout", "crash", "too-small", "partial", "hashed"].map((status, no) => pictureEntry(no, `p${no}.png`, status as "crash")),
      unreadEntry(8, "locked", "not-listed", "EACCES"),
      unreadEntry(9, "inner", "other-file-system"),
      unreadEntry(10, "bad", "io", "EIO"),
      { ...unreadEntry(11, "worse", "io", "EIO"), failedAtBytes: 1_052_672 },
      { ...pictureEntry(18, "p18.jpg", "hashed"), embedded: [{ name: "thumbnail" as const, offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(81), picture: { status: "undecodable" as const, widthPixels: 0, heightPixels: 0 } }] },
      ...["preview", "sampled", "first-page", "low-quality", "skipped", "off"].map((status, at) => pictureEntry(12 + at, `p${12 + at}.png`, status as "preview")),
    ],
    lists: [list()],
    log: [
      { kind: "confinement", body: { confinement: "read-only", refused: [{ confinement: "nobody", found: "the evidence could not be listed from inside" }] } },
      { kind: "confinement", body: { confinement: "plain", refused: [{ confinement: "read-only", found: "reader: its process ended (bwrap: <b>no</b>)" }] } },
      { kind: "isolation", body: { isolation: "per-file", probes: ["read a file of this machine"] } },
      { kind: "isolation", body: { isolation: "process", probes: [] } },
      { kind: "override", body: { option: "--allow-writable", reason: "write blocker is in hardware, tag 12" } },
      { kind: "image", body: { when: "before", image: "/images/exhibit-7.dd", sizeBytes: "1048576", digests: { sha256: "a1".repeat(32) }, stated: [] } },
      { kind: "times", body: { sampled: 18, read: 2, changed: 1, gone: 1, untold: 3 } },
      { kind: "image", body: { when: "after", image: "/images/exhibit-7.dd", sizeBytes: "1048576", digests: { sha256: "a2".repeat(32) }, stated: [] } },
      { kind: "warning", body: { message: "the clock of this machine is not synchronised" } },
    ],
    mountAfter: mount({ rootInFileSystem: "/home", concerns: ["writable", "device", "journal"], device: { number: "7:7", readOnly: false, writesCompleted: "525", sectorsWritten: "298044" } }),
  }),
};

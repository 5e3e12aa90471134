import { writeFileSync, mkdirSync } from "node:fs";
import { html } from "../src/reports/html.ts";
import { digestsOf, examined, list, match, mount, pictureEntry, recordView, unreadEntry, pendingEntry } from "./support/record-view.ts";
const options = { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0", fileName: "report.html" };
const write = (name: string, record: any, more = {}) => { mkdirSync("/tmp/shots", {recursive:true}); writeFileSync(`/tmp/shots/${name}.html`, [...html.render(record, {...options, ...more})].join("")); };
const known = list({ name: "operating systems", kind: "known", agency: "Example Standards Office", sha256: "6b".repeat(32) }, 0);
const n = Number(process.argv[2] ?? 60);
const entries = Array.from({length: n}, (_, no) => no % 7 === 3 ? pictureEntry(no, `DCIM/100CANON/IMG_${1000+no}.png`, "hashed") : no % 11 === 5 ? unreadEntry(no, `Users/ann/locked ${no}.dat`, "permission", "EACCES") : examined(no, `Users/ann/Pictures/holiday 2019/a name of ordinary length ${no}.jpg`, { mediaType: "image/jpeg", extensionFits: no % 5 !== 1, picture: { status: no % 13 === 0 ? "undecodable" : "hashed", widthPixels: 4000, heightPixels: 3000 }, embedded: no % 4 === 0 ? [{ name: "thumbnail", offsetBytes: 540, sizeBytes: 7012, digests: digestsOf(no+80), picture: { status: "hashed", widthPixels: 160, heightPixels: 120 } }] : [] }));
const matches = entries.filter(e => e.outcome === "examined" && e.no > n/3).flatMap((e, i) => [
  i % 6 === 0 ? match(e.no, { algorithms: ["md5"], contradictedBy: ["sha1"], category: "2" }) :
  i % 3 === 0 ? match(e.no, { kind: "near", algorithms: ["pdq"], distanceBits: (e.no * 7) % 31, transform: "trimmed full rotated-90", nearReferences: 2, recordId: `R-${e.no}`, ...(i % 5 === 0 ? {doubts: ["plain-ground"]} : {}), ...(e.embedded.length ? {embedded: "thumbnail"} : {}) } as any) :
  match(e.no, { category: String(1 + e.no % 2), recordId: `SYN-${e.no}`, algorithms: i % 4 === 1 ? ["md5"] : ["md5", "sha1"] })]);
const lists = [list(), known, list({ name: "stills", agency: "Other Agency", version: "2026-05", sha256: "7c".repeat(32), signature: null, unsignedReason: "handed over in person" }, 0)];
const log = [{ kind: "override", body: { option: "--allow-writable", reason: "write blocker is in hardware, tag 12" } }, { kind: "warning", body: { message: "decoder: a canary was answered wrongly; 12 pictures were decoded again" } }] as any;
write("many", recordView({ entries, matches, lists, log }));
write("none", recordView({ entries: entries.filter(e => e.outcome !== "unread").map((e, no) => ({...e, no, picture: null, embedded: [], mediaType: "application/pdf", extensionFits: null})), lists: [list()] }));
write("one", recordView({ entries: [examined(0, "a.bin")], matches: [match(0)], lists: [list()] }));
write("partial", recordView({ entries: [...entries, pendingEntry(n, "later")], matches, lists, complete: false, log }));
write("counts", recordView({ entries, matches, lists, log }), { countsOnly: true });

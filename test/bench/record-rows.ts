import { hash } from "node:crypto";
import { cryptographicAlgorithms, type Entry, type MatchedFinding } from "../../src/model.ts";
import type { Opening } from "../../src/record/open-record.ts";
import { header, lists } from "../record/sample-case.ts";

/** Opens a record of the bench: all four digests, a list of SHA-1 and MD5. */
export function benchOpening(): Opening {
  return {
    header: { ...header, options: { ...header.options, digests: cryptographicAlgorithms } },
    lists,
    version: "bench",
    now: () => "2026-01-01T00:00:00.000+00:00",
    wallMs: () => 0,
    elapsedMs: () => 0,
    processId: process.pid,
    host: "bench",
    isAlive: () => true,
    startOf: () => null,
  };
}

/** Files as a walk of a home folder finds them. */
export function* benchEntries(rows: number): Generator<Entry> {
  for (let no = 0; no < rows; no++) {
    const nth = BigInt(no);
    const path = `Users/somebody/Documents/${String(Math.floor(no / 1000)).padStart(5, "0")}/a file with a name of ordinary length ${String(no).padStart(8, "0")}.bin`;
    yield {
      ...{ path: Buffer.from(path), kind: "file", sizeBytes: 1000 + (no % 9000), device: 7n, inode: nth + 1n, links: 1, mode: 0o100644 },
      ...{ modifiedNs: 1_600_000_000_000_000_001n + nth, changedNs: 1_600_000_000_000_000_002n + nth, accessedNs: 1_600_000_000_000_000_003n, createdNs: 1_600_000_000_000_000_004n },
      ...{ unread: null, errorCode: null },
    };
  }
}

/** The result of an entry: every tenth a picture, every hundredth with a match. */
export function benchResult(no: number): MatchedFinding {
  const [one, other] = [hash("sha512", `one ${no}`, "buffer"), hash("sha512", `other ${no}`, "buffer")];
  const isPicture = no % 10 === 0;
  return {
    finding: {
      outcome: "examined",
      no,
      digests: { md5: one.subarray(0, 16), sha1: one.subarray(16, 36), sha256: other.subarray(0, 32), blake3: other.subarray(32) },
      mediaType: isPicture ? "image/jpeg" : null,
      extensionFits: isPicture ? true : null,
      picture: isPicture ? { status: "hashed", widthPixels: 4000, heightPixels: 3000, codes: [] } : null,
      embedded: [],
    },
    matches:
      no % 100 === 0
        ? [{ kind: "exact", list: 0, reference: no, recordId: `SYN-${no}`, category: "1", algorithms: ["md5", "sha1"], contradictedBy: [], distanceBits: null, transform: null, embedded: null, doubts: [], nearReferences: null }]
        : [],
  };
}

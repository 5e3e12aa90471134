import fc from "fast-check";
import { expect, it } from "vitest";
import { cryptographicAlgorithms, digestBytes, type Digests, type Finding, type PlannedEntry } from "../../src/model.ts";
import { believedFindings } from "../../src/reading/believable.ts";
import { entriesOf, packedBatch } from "../../src/reading/packed-batch.ts";
import { packedFindings } from "../../src/reading/packed-findings.ts";
import { entry } from "../record/sample-case.ts";

const wide = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n });
const planned = fc.record({ path: fc.uint8Array({ maxLength: 9 }), sizeBytes: fc.maxSafeNat(), inode: wide, modifiedNs: wide, changedNs: wide, isLink: fc.boolean(), isTwin: fc.boolean(), isUnread: fc.boolean() });

it("a batch unpacks to what a reader is to know of its entries, whatever their names, sizes and times are", () => {
  fc.assert(
    fc.property(fc.array(planned, { maxLength: 20 }), (drawn) => {
      const batch = drawn.map(({ path, isLink, isTwin, isUnread, ...facts }, at): PlannedEntry => ({
        ...entry(path, { ...facts, kind: isLink ? "link" : "file", unread: isUnread ? "permission" : null, errorCode: isUnread ? "EACCES" : null }),
        no: 7 + at,
        sameAs: isTwin ? 6 + at : null,
      }));
      const told = batch.map(({ no, sameAs, path, kind, sizeBytes, inode, modifiedNs, changedNs, unread, errorCode }) => ({ no, sameAs, path: Uint8Array.from(path), kind, sizeBytes, inode, modifiedNs, changedNs, unread, errorCode }));
      expect(entriesOf(packedBatch(batch)).map((one) => ({ ...one, path: Uint8Array.from(one.path) }))).toEqual(told);
    }),
    { numRuns: 50 },
  );
});

const algorithms = fc.subarray([...cryptographicAlgorithms]).map((some) => [...new Set([...some, "sha256" as const])]);
const kinds = fc.array(fc.constantFrom("plain", "typed", "picture", "embedded", "unread", "link"), { maxLength: 20 });

it("findings come out as they went in, those that stand in columns and those apart, in any mixture and with any digests", () => {
  fc.assert(
    fc.property(kinds, algorithms, fc.nat(200), (drawn, names, seed) => {
      const digestsOf = (at: number): Digests => Object.fromEntries(cryptographicAlgorithms.filter((name) => names.includes(name)).map((name) => [name, new Uint8Array(digestBytes[name]).fill(seed + at)])) as unknown as Digests;
      const picture = { status: "hashed", widthPixels: 8, heightPixels: 9, codes: [{ transform: "full", quality: 70, uniformPercent: 1, code: new Uint8Array(32) }] } as const;
      const findings = drawn.map((kind, at): Finding => {
        const no = 3 + at;
        if (kind === "unread") return { outcome: "unread", no, reason: "io", errorCode: "EIO", failedAtBytes: 4096 };
        if (kind === "link") return { outcome: "without-content", no };
        const own = { outcome: "examined", no, digests: digestsOf(at), mediaType: kind === "plain" ? null : "video/mp4", extensionFits: kind === "plain" ? null : at % 2 === 0, picture: null, embedded: [] } as const;
        if (kind === "picture") return { ...own, picture };
        return kind === "embedded" ? { ...own, embedded: [{ name: "thumbnail", offsetBytes: 1, sizeBytes: 2, digests: digestsOf(at), picture }] } : own;
      });
      const batch = findings.map(({ no }): PlannedEntry => ({ ...entry("name"), no, sameAs: null }));
      expect(believedFindings(packedFindings(findings, names), batch, names)).toEqual(findings);
    }),
    { numRuns: 100 },
  );
});

import { hash } from "node:crypto";
import type { Digests, Finding, ListDescription, Match, MatchedFinding } from "../../src/model.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { entry, examined, lists, match, nearMatch, opening } from "../record/sample-case.ts";

/** How many rows of each sort the report of a case has. */
export interface Numbers {
  readonly exact: number;
  readonly contradicted?: number;
  readonly near?: number;
  readonly doubtful?: number;
  readonly io?: number;
  readonly permission?: number;
  /** Pictures that could not be decoded. */
  readonly undecodable?: number;
}
type Sort = keyof Numbers;

const sorts: readonly Sort[] = ["exact", "contradicted", "near", "doubtful", "io", "permission", "undecodable"];
const notable: ListDescription = { ...lists[0]!, counts: { ...lists[0]!.counts, digests: { md5: 9, pdq: 9 } } };
/** Rows of a list that one file matches. */
const matchesEach = 4;

/** Makes the finished record of such a case by the record's own writer; the sorts lie scattered among the entries. */
export function caseWith(folder: string, numbers: Numbers): void {
  const left: Record<Sort, number> = { contradicted: 0, near: 0, doubtful: 0, io: 0, permission: 0, undecodable: 0, ...numbers };
  const files: { readonly sort: Sort; readonly rows: number }[] = [];
  for (let nth = 0; sorts.some((sort) => left[sort] > 0); nth++)
    for (const sort of sorts.filter((sort) => left[sort] > 0)) {
      const rows = Math.min(left[sort], ["io", "permission", "undecodable"].includes(sort) ? 1 : matchesEach);
      left[sort] -= rows;
      files.push({ sort, rows });
    }
  const { writer } = createOrResumeRecord(folder, opening({ lists: [notable] }));
  const entries = files.map(({ sort }, no) => {
    const path = `DCIM/${String(Math.floor(no / 1000)).padStart(4, "0")}/a picture with a name of ordinary length ${String(no).padStart(7, "0")}.jpg`;
    return entry(path, { inode: BigInt(no + 1), sizeBytes: 1000, ...(sort === "io" || sort === "permission" ? { unread: sort, errorCode: "EIO" } : {}) });
  });
  writer.writePlan(entries, () => 1);
  for (const batch of writer.batches()) writer.append(batch.map(({ no }) => resultOf(no, files[no]!)));
  writer.finish(1);
}

function resultOf(no: number, { sort, rows }: { readonly sort: Sort; readonly rows: number }): MatchedFinding {
  if (sort === "io" || sort === "permission") return { finding: { outcome: "unread", no, reason: sort, errorCode: "EIO" }, matches: [] };
  const status = sort === "undecodable" ? sort : "hashed";
  const finding: Finding = examined(no, { digests: digestsOf(no), mediaType: "image/jpeg", extensionFits: true, embedded: [], picture: { status, widthPixels: 640, heightPixels: 480, codes: [] } });
  return { finding, matches: sort === "undecodable" ? [] : Array.from({ length: rows }, (_, nth) => matchOf(no * matchesEach + nth, sort)) };
}

function matchOf(reference: number, sort: Exclude<Sort, "io" | "permission" | "undecodable">): Match {
  const recordId = `SYN-${reference}`;
  if (sort === "exact") return match({ reference, recordId });
  if (sort === "contradicted") return match({ reference, recordId, algorithms: ["md5"], contradictedBy: ["sha1"] });
  return nearMatch({ reference, recordId, doubts: sort === "near" ? [] : ["plain-ground"] });
}

function digestsOf(no: number): Required<Digests> {
  const bytes = hash("sha512", String(no), "buffer");
  return { md5: bytes.subarray(0, 16), sha1: bytes.subarray(16, 36), sha256: bytes.subarray(32), blake3: bytes.subarray(8, 40) };
}

import { type CryptographicAlgorithm, cryptographicAlgorithms, digestBytes, type Digests, type Finding } from "../model.ts";

/**
 * Findings of a batch on their way from a reader: what most of them are, a file that is no picture, column by column.
 *
 * Shape: `apart` has one element a finding, in order: null for one that stands in the columns, else the finding itself. The columns have one place for each null;
 *        `digests` those of such a file behind each other, in the order of `cryptographicAlgorithms`.
 */
export interface PackedFindings {
  readonly apart: readonly (Finding | null)[];
  readonly digests: Uint8Array;
  readonly mediaTypes: readonly (string | null)[];
  readonly extensionFits: readonly (boolean | null)[];
}

/** Shape: every examined file has these digests and no other. */
export function packedFindings(findings: readonly Finding[], algorithms: readonly CryptographicAlgorithm[]): PackedFindings {
  const names = inOrder(algorithms);
  const digests = new Uint8Array(findings.length * widthOf(names));
  const mediaTypes: (string | null)[] = [];
  const extensionFits: (boolean | null)[] = [];
  let end = 0;
  const apart = findings.map((finding) => {
    if (finding.outcome !== "examined" || finding.picture !== null || finding.embedded.length > 0) return finding;
    for (const name of names) {
      digests.set(finding.digests[name]!, end);
      end += digestBytes[name];
    }
    mediaTypes.push(finding.mediaType);
    extensionFits.push(finding.extensionFits);
    return null;
  });
  return { apart, digests: digests.subarray(0, end), mediaTypes, extensionFits };
}

/** The findings of entries with these numbers. Shape: of columns that are known to have the places they should. */
export function findingsOf({ apart, digests, mediaTypes, extensionFits }: PackedFindings, numbers: readonly number[], algorithms: readonly CryptographicAlgorithm[]): readonly Finding[] {
  const names = inOrder(algorithms);
  let [place, from] = [0, 0];
  return apart.map((finding, at) => {
    if (finding !== null) return finding;
    const own: Partial<Record<CryptographicAlgorithm, Uint8Array>> = {};
    for (const name of names) {
      own[name] = new Uint8Array(digests.buffer, digests.byteOffset + from, digestBytes[name]);
      from += digestBytes[name];
    }
    const found: Finding = { outcome: "examined", no: numbers[at]!, digests: own as Digests, mediaType: mediaTypes[place]!, extensionFits: extensionFits[place]!, picture: null, embedded: [] };
    place += 1;
    return found;
  });
}

/** Bytes of one file's digests. */
export function widthOf(algorithms: readonly CryptographicAlgorithm[]): number {
  return algorithms.reduce((sum, name) => sum + digestBytes[name], 0);
}

function inOrder(algorithms: readonly CryptographicAlgorithm[]): readonly CryptographicAlgorithm[] {
  return cryptographicAlgorithms.filter((name) => algorithms.includes(name));
}

import { siftReasons } from "../lists/hygiene.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { mostEqual } from "../reference/most-equal.ts";
import { operatorStatement } from "../reports/list-terms.ts";

/** All about an imported list except its contents, line by line. */
export function descriptionLines(list: ListDescription): string[] {
  return [
    `list       ${list.agency}/${list.name}`,
    `version    ${list.version}`,
    `kind       ${list.kind}`,
    `format     ${list.format}`,
    `sha-256    ${list.sha256}  (${list.sizeBytes} bytes)`,
    ...(list.plaintextSha256 === null ? [] : [`           ${list.plaintextSha256}  of what was inside the encrypted file`]),
    `imported   ${list.importedAt}`,
    `scale      ${list.scale.scale} ${list.scale.version} (${list.scale.source}; sha-256 ${list.scaleSha256})`,
    ...originLines(list),
    ...countLines(list),
  ];
}

/** Who vouches for a list: its signature, or the reason why it needed none; and each rule that was set aside. */
export function originLines(list: ListDescription): string[] {
  const { signature, unsignedReason, overrides } = list;
  const statement = operatorStatement(list);
  return [
    signature === null ? `unsigned   ${unsignedReason ?? "no reason recorded"}` : `signed     by key ${signature.keyId}; comment: ${pathText(Buffer.from(signature.trustedComment))}`,
    ...(statement === null ? [] : [`stated     ${statement}`]),
    ...overrides.map(({ option, reason }) => `override   ${option}: ${reason}`),
  ];
}

/** What the import counted: rows read = loaded + refused. */
export function countLines({ counts, scale }: ListDescription): string[] {
  const refused = Object.entries(counts.refused);
  const labels = new Map(scale.entries.map(({ code, label, disposition }) => [code, `${label} [${disposition}]`]));
  const inWords = (reason: string): string => (siftReasons as Readonly<Record<string, string>>)[reason] ?? reason;
  return [
    `rows       ${counts.rowsRead} read = ${counts.rowsLoaded} loaded + ${refused.reduce((sum, [, count]) => sum + count, 0)} refused`,
    ...refused.map(([reason, count]) => `  refused  ${count}: ${inWords(reason)}`),
    ...Object.entries(counts.dropped).map(([reason, count]) => `  dropped  ${count} digests: ${inWords(reason)}`),
    `digests    ${Object.entries(counts.digests).map(([name, count]) => `${name} ${count}`).join(", ")}`,
    ...Object.entries(counts.categories).map(([code, count]) => `category   ${code === "" ? "none stated" : `${code} (${labels.get(code) ?? "not in the scale"})`}: ${count} rows`),
    ...Object.entries(counts.unmatchable).map(([name, count]) => `cannot be compared here: ${count} ${name} fingerprints`),
    ...((counts.duplicates ?? 0) > 0 ? [`duplicates ${counts.duplicates} rows repeat a digest of an earlier row; all are kept`] : []),
    ...((counts.conflictingCategories ?? 0) > 0 ? [`conflicts  ${counts.conflictingCategories} rows share a digest with a row of another category; all are kept`] : []),
    ...(counts.crowded === undefined ? [] : [`crowded    ${counts.crowded} rows share a digest with more than ${mostEqual - 1} others; a file with it is reported with ${mostEqual} of them and one of every other category`]),
    ...(counts.sensitive === undefined ? [] : [`sensitive  ${counts.sensitive} rows keep their series or tags, sealed`]),
    ...(counts.md5Only > 0 ? [`weak       ${counts.md5Only} rows carry MD5 only: collisions can be made`] : []),
  ];
}

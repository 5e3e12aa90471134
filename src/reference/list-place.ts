import { Failure } from "../failure.ts";
import type { ListDescription } from "../model.ts";

/** What importing a list comes to, beside the lists that are there. */
export type ListPlace = { readonly outcome: "imported" } | { readonly outcome: "replaced" | "already-imported"; readonly previous: ListDescription };

/**
 * Decides by agency, name, version and bytes.
 *
 * Errors: Failure("list-refused") when a version is there with other bytes or read in another way, or the file is there under another name.
 */
export function placeOf(offered: ListDescription, imported: readonly ListDescription[]): ListPlace {
  const sameBytes = imported.find(({ sha256 }) => sha256 === offered.sha256);
  if (sameBytes !== undefined && !hasSameName(sameBytes, offered))
    throw new Failure("list-refused", `${inWords(offered)}: found the very file that is imported as ${inWords(sameBytes)}, expected one that is not imported yet`);
  const previous = imported.find((list) => hasSameName(list, offered));
  if (previous === undefined) return { outcome: "imported" };
  if (previous.version !== offered.version) return { outcome: "replaced", previous };
  if (previous.sha256 !== offered.sha256)
    throw new Failure("list-refused", `${inWords(offered)}: found other bytes than those of this version, imported at ${previous.importedAt}, expected the same, or another version`);
  const differences = differencesOf(offered, previous);
  if (differences.length > 0)
    throw new Failure("list-refused", `${inWords(offered)}: found this version imported already with another ${differences.join(", ")}, expected the same, or another version`);
  return { outcome: "already-imported", previous };
}

function hasSameName(left: ListDescription, right: ListDescription): boolean {
  return left.agency === right.agency && left.name === right.name;
}

function differencesOf(left: ListDescription, right: ListDescription): string[] {
  const differing = [
    { what: "kind", differs: left.kind !== right.kind },
    { what: "scale", differs: left.scaleSha256 !== right.scaleSha256 },
    { what: "format", differs: left.format !== right.format },
    { what: "count of its rows", differs: canonicalText(left.counts) !== canonicalText(right.counts) },
  ];
  return differing.filter(({ differs }) => differs).map(({ what }) => what);
}

/** JSON whose keys stand in one order. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1))) : part,
  );
}

function inWords({ agency, name, version }: ListDescription): string {
  return `${agency}/${name} ${version}`;
}

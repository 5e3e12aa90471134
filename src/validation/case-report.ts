import { caseFolder, type Kit } from "./kit.ts";

/** One line of a JSON Lines report. */
export interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The lines of a case's report with one row per entry, made now. Empty where there is none: what is then looked for is lacking. */
export async function linesOf(kit: Kit, name: string): Promise<readonly Line[]> {
  const { status, out } = await kit.run(["report", caseFolder(kit, name), "--format", "jsonl", "--all"]);
  return status === 0 ? out.split("\n").filter(Boolean).map((line) => JSON.parse(line) as Line) : [];
}

export const entriesOf = (lines: readonly Line[]): readonly Line[] => lines.filter(({ type }) => type === "entry");
export const matchesOf = (lines: readonly Line[]): readonly Line[] => lines.filter(({ type }) => type === "match");

/** A value within a line by the keys that lead to it; undefined where there is none. */
export function at(line: Line | undefined, ...keys: readonly string[]): unknown {
  let value: unknown = line;
  for (const key of keys) value = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return value;
}

/** The bytes of the path of an entry, or of a match's entry, as Latin-1 text. */
export function rawPath(line: Line): string {
  return Buffer.from(String(at(line, "pathBase64") ?? at(line, "entry", "pathBase64")), "base64").toString("latin1");
}

/** The one line of a type, such as the run and the totals. */
export function only(lines: readonly Line[], type: string): Line | undefined {
  const found = lines.filter((line) => line.type === type);
  return found.length === 1 ? found[0] : undefined;
}

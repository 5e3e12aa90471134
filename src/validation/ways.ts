import type { Ended } from "./run-program.ts";

/** How the scans of the kit read and decoded, as their records have it: each way once. */
export interface Ways {
  readonly readers: readonly { readonly confinement: string; readonly sentence: string; readonly refused: readonly unknown[] }[];
  readonly decoders: readonly { readonly isolation: string; readonly sentence: string; readonly probes: readonly string[] }[];
}

/** From the JSON Lines reports among what was printed. */
export function waysOf(printed: readonly Pick<Ended, "args" | "status" | "out">[]): Ways {
  const runs = printed.filter(({ args, status }) => status === 0 && args[0] === "report" && args.includes("jsonl")).map(({ out }) => JSON.parse(out.slice(0, out.indexOf("\n"))) as { readonly confinements: Ways["readers"]; readonly isolations: Ways["decoders"] });
  return { readers: once(runs.flatMap(({ confinements }) => confinements)), decoders: once(runs.flatMap(({ isolations }) => isolations)) };
}

/** For the report, in a line each. */
export function readingText({ readers }: Ways): string {
  return readers.map(({ confinement, sentence }) => `${confinement}: ${sentence}`).join(" ") || notRecorded;
}

export function decodingText({ decoders }: Ways): string {
  return decoders.map(({ isolation, sentence, probes }) => `${isolation}: ${sentence.split(". ")[0]?.replace(/\.$/, "") ?? ""}; ${probes.length} attempts to leave it were seen to fail.`).join(" ") || notRecorded;
}

const notRecorded = "not recorded: no scan came to a report";

/** Why readers could not be confined, where no scan had any that were; null else. */
export function whyUnconfined({ readers }: Ways): string | null {
  if (readers.length === 0 || readers.some(({ confinement }) => confinement !== "plain")) return null;
  return `needs bubblewrap, in which readers can be confined: ${readers.map(({ sentence }) => sentence).join(" ")}`;
}

function once<Row>(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

import { pathBytes, pathText } from "../path-text.ts";
import type { LogRow, MountState, RecordView } from "../record/view.ts";
import type { KeyedDigest } from "./redacted-view.ts";

/** Gives texts of a record without the places of its evidence: equal places stay equal and different ones different, for reports compare them. */
export interface RedactedPlaces {
  /** For what is a place as a whole. */
  place(text: string): string;
  /** For an argument of a command line. */
  commandLine(words: readonly string[]): readonly string[];
  log(row: LogRow): LogRow;
}

/** The places are where the evidence was read from in any session, where its file system was mounted, and which folder of it. Reads the log once. */
export function redactedPlaces(record: RecordView, keyedDigest: KeyedDigest): RedactedPlaces {
  const log = [...record.log()];
  const mounts = log.flatMap((row) => (row.kind === "mount-state" && row.body.mount !== null ? [row.body.mount] : []));
  const roots = [record.header.evidence, ...log.flatMap((row) => (row.kind === "warning" ? rootsTold(row.body.message) : []))];
  const places = [...roots, ...mounts.flatMap(({ mountPoint, rootInFileSystem }) => [mountPoint, rootInFileSystem])].flatMap((text) => [text, pathText(Buffer.from(text))]);
  const within = patternOf(places);
  // The root is no name.
  const place = (text: string): string => (text === "/" ? text : `redacted-${keyedDigest(Buffer.from(text)).slice(0, 16)}`);
  const sentence = (text: string): string => (within === null ? text : text.replace(within, place));
  const commandLine = (words: readonly string[]): readonly string[] => words.map((word, at) => (mayStay(words, at) ? sentence(word) : withoutValue(word, place)));
  const mount = (state: MountState): MountState => ({
    ...state,
    source: sentence(state.source),
    mountPoint: place(state.mountPoint),
    rootInFileSystem: place(state.rootInFileSystem),
    mountOptions: sentence(state.mountOptions),
    superOptions: sentence(state.superOptions),
  });
  const redacted = (row: LogRow): LogRow => {
    switch (row.kind) {
      case "opened":
        return { ...row, body: { ...row.body, header: { ...row.body.header, evidence: place(row.body.header.evidence), commandLine: commandLine(row.body.header.commandLine) } } };
      case "resumed":
        return { ...row, body: { ...row.body, commandLine: commandLine(row.body.commandLine) } };
      case "pass":
        return { ...row, body: { ...row.body, commandLine: commandLine(row.body.commandLine) } };
      case "mount-state":
        return { ...row, body: { ...row.body, mount: row.body.mount === null ? null : mount(row.body.mount) } };
      case "image":
        return { ...row, body: { ...row.body, image: sentence(row.body.image) } };
      case "warning":
        return { ...row, body: { message: sentence(row.body.message) } };
      case "override":
        return { ...row, body: { ...row.body, reason: sentence(row.body.reason) } };
      case "confinement":
        return { ...row, body: { ...row.body, refused: row.body.refused.map((tried) => ({ ...tried, found: sentence(tried.found) })) } };
      default:
        return row;
    }
  };
  return { place, commandLine, log: redacted };
}

/** Each place, and what lies below it to the next space or quote. The longest first, for one may lie within another. Null where none has a name. */
function patternOf(places: readonly string[]): RegExp | null {
  const named = [...new Set(places)].filter((text) => text !== "/").sort((one, other) => other.length - one.length);
  return named.length === 0 ? null : new RegExp(`(?:${named.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})[^\\s"'(),;]*`, "g");
}

/** Where the evidence was read from before and after, in the words of a session that went on elsewhere; there they are printed once more. */
function rootsTold(message: string): readonly string[] {
  const [, before, after] = /: evidence root: found (.*) in the record, expected (.*)$/.exec(message) ?? [];
  return before === undefined || after === undefined ? [] : [before, after].map((root) => Buffer.from(pathBytes(root)).toString());
}

/** Options whose values are no paths; `--list` takes several. What follows any other word is taken for a path: the evidence itself, a case, a home, a key, an image. */
const plainOptions = ["--case-number", "--exhibit", "--examiner", "--organisation", "--list", "--readers", "--stop-after", "--digests", "--near-threshold", "--isolation", "--allow-writable", "--largest-file", "--image-digest", "--stall-seconds"];

function mayStay(words: readonly string[], at: number): boolean {
  const word = words[at] ?? "";
  if (word.startsWith("--")) return !word.includes("=") || plainOptions.includes(word.slice(0, word.indexOf("=")));
  if (at === 0) return !word.includes("/");
  const option = words[at - 1] ?? "";
  return plainOptions.includes(option) || words.slice(0, at).findLast((before) => before.startsWith("-")) === "--list";
}

/** An option keeps its name. */
function withoutValue(word: string, place: RedactedPlaces["place"]): string {
  const [, option = "", value = word] = /^(--[a-z-]+=)(.*)$/s.exec(word) ?? [];
  return `${option}${place(value)}`;
}

import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { Corpus } from "./corpus.ts";
import { pathText } from "../path-text.ts";
import { type Assertion, endsWith, exhibitFolder, holds, type Kit } from "./kit.ts";
import { decoys } from "./lists.ts";

/** One text in which something is sought that must not be there. */
interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Looks through everything that was printed and written so far for content, codes, digests of lists and names. To be called when nothing more is run. */
export function showBlind(kit: Kit): Assertion[] {
  const { corpus } = kit;
  const said = kit.printed.map(({ args, out, err }): Place => ({ name: `output of ${args.slice(0, 2).join(" ")}`, bytes: Buffer.from(out + err) }));
  // A report on standard output names what it reports; what is said beside it must not.
  const terminal = kit.printed.map(({ args, out, err }): Place => ({ name: `output of ${args.slice(0, 2).join(" ")}`, bytes: Buffer.from(args[0] === "report" ? err : out + err) }));
  const files = ["cases", "homes"].flatMap((folder) => filesIn(join(kit.folder, folder)));
  const everywhere = [...said, ...files];
  const codes = corpus.pictures.flatMap(({ code }) => [code, Buffer.from(code.map((byte) => byte ^ 0xff))]);
  const content = [...corpus.markers.map((marker) => Buffer.from(marker)), ...corpus.pictures.map(({ pixels: { data } }) => Buffer.from(data).subarray(30_000, 30_024))];
  const references = [...decoys(corpus.seed), ...decoys(corpus.seed + 1), ...decoys(corpus.seed + 2)].map((digits) => Buffer.from(digits, "hex"));
  const names = Object.values(corpus.exhibits).flat().map(({ path }) => path.subarray(path.lastIndexOf("/") + 1)).filter((name) => name.length >= 4);
  return [
    nowhere("REQ-16", "content of documents and pictures", content, everywhere),
    nowhere("REQ-17", "codes of pictures and of their negatives", codes, everywhere),
    nowhere("REQ-19", "digests and codes of lists that nothing matches", references, everywhere),
    nowhere("REQ-18", "names of the exhibits, on the terminal", [...new Set(names.flatMap(printedForms))].map((text) => Buffer.from(text)), terminal),
    ...(["REQ-16", "REQ-17", "REQ-18", "REQ-19"] as const).map((id) => holds(id, "there was much to look through, records among it", files.length > 30 && said.length > 40 && files.some(({ name }) => name === "main/record.sqlite"), `${files.length} files and ${said.length} outputs`)),
  ];
}

/** A name as it can stand in what is printed: as text is decoded, in the program's escapes, and either of them in JSON. */
function printedForms(name: Buffer): readonly string[] {
  return [name.toString(), pathText(name)].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
}

/** Sought as bytes, as hexadecimal digits of either case, and as base64 at any of three places. */
function nowhere(requirement: "REQ-16" | "REQ-17" | "REQ-18" | "REQ-19", what: string, sought: readonly Buffer[], places: readonly Place[]): Assertion {
  const forms = sought.flatMap((bytes) => [bytes, ...(bytes.length < 12 ? [] : [bytes.toString("hex"), bytes.toString("hex").toUpperCase(), ...base64Forms(bytes)].map((text) => Buffer.from(text)))]);
  const found = places.flatMap(({ name, bytes }) => (forms.some((form) => bytes.includes(form)) ? [name] : []));
  return { requirement, assertion: `${what} (${sought.length}) stand nowhere`, expected: "in 0 places", actual: `in ${found.length} places${found.length === 0 ? "" : `: ${[...new Set(found)].slice(0, 3).join(", ")}`}` };
}

/** What stands of the bytes in base64 whatever stands before and behind them. */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return text.slice(before === 0 ? 0 : 4, Math.floor((before + bytes.length) / 3) * 4);
  });
}

function filesIn(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) => (statSync(join(folder, name)).isFile() ? [{ name, bytes: readFileSync(join(folder, name)) }] : []));
}

/** All attempts to leave the decoder's sandbox, and the known answers, by the program's own self-test. */
export async function showSandbox(kit: Kit): Promise<Assertion[]> {
  const ended = await kit.run(["selftest", "--isolation", kit.isolation]);
  const lines = ended.out.split("\n");
  const failed = lines.filter((line) => line.startsWith("FAIL"));
  const missing = /^FAIL {2}sandbox: found (.*), expected one$/m.exec(ended.out)?.[1];
  if (missing !== undefined)
    throw new Failure("sandbox-unavailable", `--isolation ${kit.isolation}: ${missing}; nothing was validated, and there is no report: what depends on the sandbox was not run; begin with another folder where there is one, or with --isolation process, which leaves that out`);
  const attempts = lines.filter((line) => line.startsWith("ok    sandbox: no way to"));
  return [
    endsWith("REQ-63", "known answers for every part hold", 0, ended),
    { requirement: "REQ-63", assertion: "known answers that do not hold", expected: "none", actual: failed.join("; ") || "none" },
    ...(kit.isolation === "process" ? [] : [{ requirement: "REQ-20", assertion: "attempts to leave the decoder's sandbox that fail", expected: "31", actual: `${attempts.length}` } as const]),
  ];
}

/** SHA-256 over what everything in the exhibits is: kind, mode, size, times of content and status, content. */
export function exhibitState(kit: Kit, names: readonly (keyof Corpus["exhibits"])[]): string {
  return stateOf(names.map((name) => exhibitFolder(kit, name)), ({ mtimeNs, ctimeNs }) => `${mtimeNs} ${ctimeNs}`);
}

/** The same of a folder without its times, which go on when a file beside a database comes and goes. */
export function folderState(folder: string): string {
  return stateOf([folder], () => "");
}

/** Of sparse files the content is left out: nothing could be altered in them without altering times. */
function stateOf(folders: readonly string[], times: (status: BigIntStats) => string): string {
  const digest = createHash("sha256");
  const walk = (path: Buffer, name: Buffer): void => {
    const status = lstatSync(path, { bigint: true });
    const isFolder = status.isDirectory();
    digest.update(name).update(` ${status.mode} ${isFolder ? 0n : status.size} ${times(status)}\n`);
    if (isFolder) for (const child of readdirSync(path, { encoding: "buffer" }).sort(Buffer.compare)) walk(Buffer.concat([path, Buffer.from("/"), child]), child);
    else if (status.isSymbolicLink()) digest.update(readlinkSync(path, { encoding: "buffer" }));
    else if (status.isFile() && (status.mode & 0o400n) !== 0n && status.blocks * 512n >= status.size / 2n) digest.update(readFileSync(path));
  };
  for (const folder of folders) walk(Buffer.from(folder), Buffer.alloc(0));
  return digest.digest("hex");
}

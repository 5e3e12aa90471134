import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { Failure, systemCode } from "../failure.ts";
import type { Disposition, Scale } from "../model.ts";
import { pathText } from "../path-text.ts";
import { builtInScales } from "./built-in-scales.ts";
import { quotable } from "./refusal.ts";

type ScaleEntry = Scale["entries"][number];

const largestScaleBytes = 1024 * 1024;
const dispositions: readonly Disposition[] = ["alert", "info", "ignore"];

/**
 * A category scale by the name of a built-in one, or from a JSON file `{scale, version, source, entries: [{code, label, disposition}]}`.
 *
 * Shape:  `sha256` is over `scaleText`, so that two files of the same scale in another layout have the same.
 * Errors: Failure("usage") when it is neither a known name nor a file; Failure("list-refused") naming the place when the file is no scale,
 *         or takes the name of a built-in one.
 */
export async function loadScale(nameOrPath: string): Promise<{ readonly scale: Scale; readonly sha256: string }> {
  const scale = builtInScales.find((known) => known.scale === nameOrPath) ?? (await readScale(nameOrPath));
  return { scale, sha256: createHash("sha256").update(scaleText(scale), "utf8").digest("hex") };
}

/** The canonical JSON of a scale: keys in alphabetical order, entries in the scale's order, no blanks. */
export function scaleText(scale: Scale): string {
  const entries = scale.entries.map(({ code, disposition, label }) => ({ code, disposition, label }));
  return JSON.stringify({ entries, scale: scale.scale, source: scale.source, version: scale.version });
}

async function readScale(path: string): Promise<Scale> {
  const name = pathText(Buffer.from(path));
  const text = await readText(path, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not as a cause: the engine's message quotes the text, which may be a list named by mistake.
    throw new Failure("list-refused", `${name}: found text that is not JSON, expected a scale`);
  }
  const scale = parseScale(value, name);
  if (builtInScales.some((known) => known.scale === scale.scale))
    throw new Failure("list-refused", `${name}: scale: found "${scale.scale}", the name of a built-in scale, expected a name of its own`);
  return scale;
}

async function readText(path: string, name: string): Promise<string> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw new Failure("usage", `${name}: found no regular file, expected a scale: a JSON file or one of ${knownNames()}`);
    if (status.size > largestScaleBytes) throw new Failure("list-refused", `${name}: found ${status.size} bytes, expected a scale of at most ${largestScaleBytes}`);
    return (await readFile(path, "utf8")).replace(/^\ufeff/, "");
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const code = systemCode(thrown) ?? "unknown error";
    throw new Failure("usage", `scale: found neither a scale nor a readable file named "${name}" (${code}), expected one of ${knownNames()} or a JSON file`, thrown);
  }
}

function parseScale(value: unknown, name: string): Scale {
  const scale = objectOf(value, ["entries", "scale", "source", "version"], name);
  const entries = scale["entries"];
  if (!Array.isArray(entries) || entries.length === 0) throw new Failure("list-refused", `${name}: entries: found no entry, expected an array of at least one`);
  const codes = new Set<string>();
  return {
    scale: textOf(scale["scale"], `${name}: scale`),
    version: textOf(scale["version"], `${name}: version`),
    source: textOf(scale["source"], `${name}: source`),
    entries: entries.map((item: unknown, index): ScaleEntry => {
      const where = `${name}: entries[${index}]`;
      const entry = objectOf(item, ["code", "disposition", "label"], where);
      const code = textOf(entry["code"], `${where}.code`);
      if (codes.has(code)) throw new Failure("list-refused", `${where}.code: found ${kindOf(code)} a second time, expected each code once`);
      codes.add(code);
      const disposition = dispositions.find((known) => known === entry["disposition"]);
      if (disposition === undefined) throw new Failure("list-refused", `${where}.disposition: found ${kindOf(entry["disposition"])}, expected one of ${dispositions.join(", ")}`);
      return { code, label: textOf(entry["label"], `${where}.label`), disposition };
    }),
  };
}

function objectOf(value: unknown, keys: readonly string[], where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Failure("list-refused", `${where}: found ${kindOf(value)}, expected an object of ${keys.join(", ")}`);
  const found = Object.keys(value).sort();
  if (found.join() !== keys.join()) throw new Failure("list-refused", `${where}: found ${found.length > 10 ? `${found.length} keys` : `the keys ${found.map(kindOf).join(", ") || "none"}`}, expected ${keys.join(", ")}`);
  return value as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown, where: string): string {
  const text = typeof value === "string" ? value.trim() : "";
  if (text === "" || text.length > 1000 || pathText(Buffer.from(text)) !== text.replaceAll("\\", "\\\\")) throw new Failure("list-refused", `${where}: found ${kindOf(value)}, expected text of 1 to 1000 printable characters`);
  return text;
}

function kindOf(value: unknown): string {
  if (typeof value === "string") return quotable(value);
  if (Array.isArray(value)) return "an array";
  return value === undefined || value === null ? "nothing" : `a value of type ${typeof value}`;
}

function knownNames(): string {
  return builtInScales.map(({ scale }) => scale).join(", ");
}

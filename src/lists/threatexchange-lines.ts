import type { AlgorithmName, Reference } from "../model.ts";
import { plainName, unmatchableName } from "./columns.ts";
import type { ListFormat } from "./format.ts";
import { digestReference, lineReferences } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines } from "./text.ts";
import { hexDigest } from "./values.ts";
import { compactFrames } from "./vpdq-frames.ts";

// Digests of the bytes of a file. url_md5 and text_md5 are not: they hash an address or a text.
const algorithms: Readonly<Record<string, AlgorithmName>> = { pdq: "pdq", md5: "md5", videomd5: "md5", sha1: "sha1", sha256: "sha256", blake3: "blake3" };
const others: ReadonlySet<string> = new Set(["vpdq", "videovpdq", "urlmd5", "md5url", "textmd5", "pdqocr", "tmk", "tmkpdqf", "videotmk", "videotmkpdqf", "photodna", "pdna", "texttlsh", "tlsh", "ssdeep", "sha512"]);
const line = /^([A-Za-z][A-Za-z0-9_-]{1,31})[ \t]+(\S.*)$/s;

/**
 * Signals with their type, one a line: the local files of the ThreatExchange command line.
 *
 * Shape:  `pdq HEX`, `HASH_PDQ HEX`, `video_md5 HEX`, `vpdq ["HEX,QUALITY,TIME", ...]`; types in any case, with or without `HASH_`. Every frame of a vPDQ
 *         signal is a reference of that line. Signals that are no digest of a file (url_md5, raw_text, ...) are counted as unmatchable.
 * Errors: Failure("list-refused") for a line without a type and a signal, and for a type that is no name.
 * Source: ThreatExchange, LocalFileSignalExchangeAPI.
 */
export const threatExchangeLines: ListFormat = {
  name: "threatexchange-lines",
  describes: 'ThreatExchange local signal files: "type value" lines (HASH_PDQ, video_md5, ...)',
  recognises(head) {
    const [, type, value] = line.exec(headLines(head)[0] ?? "") ?? [];
    if (type === undefined || value === undefined || value.startsWith("(")) return false;
    const name = typeName(type);
    return Object.hasOwn(algorithms, name) || others.has(name);
  },
  usesAlgorithm: true,
  async *read(file, { algorithm }) {
    yield* lineReferences(file, (text, place) => signals(text, algorithm, place));
  },
};

/** The algorithm of a ThreatExchange type (HASH_MD5, video_md5, ...); undefined for one that is no digest of a file's bytes. */
export function signalAlgorithm(type: string): AlgorithmName | undefined {
  const name = typeName(type);
  return Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
}

function typeName(type: string): string {
  return plainName(type).replace(/^hash/, "");
}

function signals(text: string, stated: AlgorithmName | undefined, place: Place): readonly Reference[] {
  const [, type, signal] = line.exec(text.trim()) ?? [];
  if (type === undefined || signal === undefined) throw refusal(place, "a line of another form", '"type signal"');
  const where = `line ${place.line}`;
  const name = typeName(type);
  const algorithm = signalAlgorithm(type);
  if (algorithm !== undefined) {
    if (stated !== undefined && stated !== algorithm) throw refusal(place, `${algorithm} as its type`, `${stated}, as stated with --algorithm`);
    return [digestReference(where, { [algorithm]: hexDigest(signal, algorithm, place) })];
  }
  if (name === "vpdq" || name === "videovpdq") return compactFrames(signal, where, place);
  return [digestReference(where, {}, { unmatchable: [name.startsWith("tmk") || name.startsWith("videotmk") ? "tmk" : unmatchableName(name)] })];
}

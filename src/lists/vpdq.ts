import type { Reference } from "../model.ts";
import { holdsDigest } from "./digest-like.ts";
import type { ListFile, ListFormat } from "./format.ts";
import { strictObject } from "./json-object.ts";
import { type JsonItem, jsonWalker } from "./json-walk.ts";
import { lineReferences } from "./line-references.ts";
import { type Place, refusal } from "./refusal.ts";
import { headLines, headText, utf8Chunks } from "./text.ts";
import { compactFrame, frameReference } from "./vpdq-frames.ts";
import { plainText } from "./values.ts";

const none: ReadonlySet<string> = new Set();
const textRow = /^([0-9]{1,9}),([0-9]{1,3}),([0-9a-f]*),[0-9.]{1,20}\s*$/i;
// Thirty hours at thirty frames a second.
const mostFrames = 3_240_000;

/**
 * vPDQ features of one video: the PDQ codes of its frames.
 *
 * Shape:  JSON `["hex,quality,seconds", ...]`, its older form `{"0": {"quality": 100, "hash": "hex", "timestamp": 0.0}, ...}`, or lines of
 *         `frame,quality,hex,seconds`. Each frame is a PDQ reference of one record, named after the file without its folder and ending, for nothing in it names the
 *         video; times are dropped. Frames below quality 50 are refused as any PDQ code is. A match is therefore of a *picture* that resembles
 *         one frame; videos among the evidence are not compared frame by frame.
 * Errors: Failure("list-refused") for a frame of another form, and when the operator states another algorithm than pdq.
 * Source: ThreatExchange, vpdq (Python and C++).
 */
export const vpdq: ListFormat = {
  name: "vpdq",
  describes: "vPDQ features of a video, JSON or text: its frames as PDQ references",
  recognises(head) {
    const text = headText(head);
    return /^\s*\[\s*"[0-9a-f]{64},\d{1,3},/i.test(text) || /^\s*\{\s*"\d+"\s*:\s*\{\s*"(?:quality|hash|timestamp)"/i.test(text) || (textRow.exec(headLines(head)[0] ?? "")?.[3]?.length ?? 0) === 64;
  },
  usesAlgorithm: true,
  async *read(file, { algorithm }) {
    const start = { file: file.name, line: 1 };
    if (algorithm !== undefined && algorithm !== "pdq") throw refusal(start, "PDQ codes of frames", `${algorithm}, as stated with --algorithm`);
    const recordId = plainText(/([^/\\]*?)(?:\.[^./\\]*)?$/.exec(file.name)?.[1] ?? "", "file name", start);
    if (/^\s*[[{]/.test(headText(file.head))) yield* jsonFrames(file, recordId);
    else
      yield* lineReferences(file, (text, place) => {
        const [, frame, quality, code] = textRow.exec(text) ?? [];
        if (frame === undefined || quality === undefined || code === undefined) throw refusal(place, "a line of another form", '"frame,quality,hex,seconds"');
        return [frameReference(code, quality, `line ${place.line}`, recordId, place)];
      });
  },
};

async function* jsonFrames(file: ListFile, recordId: string | null): AsyncGenerator<readonly Reference[]> {
  const walker = jsonWalker(file.name, (path) => path === "", mostFrames);
  for await (const chunk of utf8Chunks(file)) {
    const references: Reference[] = [];
    for (const item of walker.push(chunk)) references.push(jsonFrame(item, recordId, { file: file.name, line: item.line, part: item.where }));
    if (references.length > 0) yield references;
  }
  walker.end();
}

function jsonFrame(item: JsonItem, recordId: string | null, place: Place): Reference {
  if (item.path === "[]") {
    const frame: unknown = item.value();
    if (typeof frame !== "string") throw refusal(place, "a frame of another form", '"hex,quality,seconds"');
    return compactFrame(frame, item.where, recordId, place);
  }
  const { hash, quality, ...more } = strictObject(item, place);
  if (typeof hash !== "string" || typeof quality !== "number") throw refusal(place, "a frame without hash or quality", '{"quality": number, "hash": "hex", ...}');
  const reference = frameReference(hash, String(quality), item.where, recordId, place);
  return holdsDigest(more, none) ? { ...reference, unmatchable: ["other"] } : reference;
}

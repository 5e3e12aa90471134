import { parsedJson } from "./json-object.ts";
import { scanValue, startScan } from "./json-scan.ts";
import { longestItemBytes } from "./lines.ts";
import { type Place, refusal } from "./refusal.ts";

/**
 * A value that lies in a container that is walked.
 *
 * Shape: `path` of lower-case keys and "[]" for elements (".event.attribute[]"); `where` with the positions ("event.attribute[3]"); `line` where it
 *        begins; `colons` counts those outside of strings. `value` parses the text. Errors: Failure("list-refused") for what is no JSON.
 */
export interface JsonItem {
  readonly path: string;
  readonly where: string;
  readonly text: string;
  readonly line: number;
  readonly colons: number;
  value(): unknown;
}

export interface JsonWalker {
  /** Items that this chunk completes, each before what follows it is looked at: whatever the chunks, the first fault is the one that is told. */
  push(chunk: Buffer): Generator<JsonItem>;
  /** Errors: Failure("list-refused") unless the document is complete. */
  end(): void;
}

interface Frame {
  readonly path: string;
  readonly where: string;
  /** Null in an array. */
  readonly keys: Set<string> | null;
  index: number;
}

const [quote, comma, colon, newline] = [0x22, 0x2c, 0x3a, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const deepestNesting = 100;
/** What may come next, as messages word it. */
const expectations = { value: "a value", first: "a key, a value or the end", key: "a key", colon: 'a ":"', after: 'a "," or the end', done: "the end of the file" } as const;
type State = keyof typeof expectations;

/**
 * Splits a JSON document into the values of those objects and arrays that it walks, without building the document.
 *
 * Shape:  an object or array is walked when `enters` says so of its path ("" is the document); every other value is one item.
 * Errors: Failure("list-refused") with the line, for separators that are wrong, a key that stands twice in a walked object, more than `mostKeys` in
 *         one, an item above 1 MiB or nested above 100 levels, anything after the document, and (from `end`) a document that stops early.
 */
export function jsonWalker(file: string, enters: (path: string) => boolean, mostKeys = 1000): JsonWalker {
  const stack: Frame[] = [];
  let state: State = "value";
  let line = 1;
  let item: "key" | "value" | null = null;
  let scan = startScan();
  let parts: Buffer[] = [];
  let partsBytes = 0;
  let path = "";
  let where = "";

  const place = (): Place => (where === "" ? { file, line } : { file, line, part: where });
  const wrong = (): Error => refusal(place(), "something else", expectations[state]);

  const beginValue = (byte: number): 0 | 1 => {
    if ((byte === openBrace || byte === openBracket) && enters(path)) {
      if (stack.length === deepestNesting) throw refusal(place(), `more than ${deepestNesting} levels of nesting`, "fewer");
      stack.push({ path, where, keys: byte === openBrace ? new Set() : null, index: 0 });
      state = "first";
      return 1;
    }
    if (byte === comma || byte === colon || byte === closeBrace || byte === closeBracket) throw wrong();
    item = "value";
    scan = startScan();
    return 0;
  };

  const beginElement = (frame: Frame, byte: number): 0 | 1 => {
    path = `${frame.path}[]`;
    where = `${frame.where}[${frame.index++}]`;
    state = "value";
    return beginValue(byte);
  };

  const close = (): 1 => {
    const { where: closed } = stack.pop()!;
    where = closed;
    state = stack.length === 0 ? "done" : "after";
    return 1;
  };

  /** Takes a byte between items; 0 when an item begins with it. */
  const step = (byte: number): 0 | 1 => {
    const frame = stack.at(-1);
    if (state === "value") return frame?.keys === null ? beginElement(frame, byte) : beginValue(byte);
    if (state === "colon" && byte === colon) state = "value";
    else if ((state === "first" || state === "after") && byte === (frame?.keys === null ? closeBracket : closeBrace)) return close();
    else if (state === "after" && byte === comma) {
      state = frame!.keys === null ? "value" : "key";
    } else if (state === "first" && frame!.keys === null) return beginElement(frame!, byte);
    else if ((state === "first" || state === "key") && byte === quote) {
      item = "key";
      scan = startScan();
      return 0;
    } else throw wrong();
    return 1;
  };

  const takeKey = (text: string): void => {
    const frame = stack.at(-1)!;
    const key = String(parsedJson(text, place())).toLowerCase();
    where = frame.where;
    if (frame.keys!.has(key)) throw refusal(place(), "a key that stands twice", "each once");
    if (frame.keys!.size === mostKeys) throw refusal(place(), `more than ${mostKeys} keys`, "at most as many in one object");
    frame.keys!.add(key);
    path = `${frame.path}.${key}`;
    // A key of the list's own making may be a digest, and `where` is printed.
    const shown = /^(?:[a-z_]{1,24}|[0-9]{1,7})$/.test(key) && !/[0-9a-f]{8}/.test(key) ? key : `member ${frame.keys!.size}`;
    where = frame.where === "" ? shown : `${frame.where}.${shown}`;
    state = "colon";
  };

  const take = (text: string): JsonItem | null => {
    const taken = item;
    const begun = place();
    const { newlines, colons } = scan;
    item = null;
    parts = [];
    partsBytes = 0;
    line += newlines;
    if (taken === "key") {
      takeKey(text);
      return null;
    }
    state = stack.length === 0 ? "done" : "after";
    return { path, where, text, line: begun.line, colons, value: () => parsedJson(text, begun) };
  };

  return {
    *push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (item === null) {
          const byte = chunk[at]!;
          const space = byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;
          if (byte === newline) line += 1;
          at += space ? 1 : step(byte);
          continue;
        }
        const from = at;
        at = scanValue(scan, chunk, from);
        if (partsBytes + at - from > longestItemBytes) throw refusal(place(), "an item of more than 1 MiB", "at most 1 MiB, ended by its bracket or quote");
        if (scan.deepest > deepestNesting) throw refusal(place(), `more than ${deepestNesting} levels of nesting`, "fewer");
        if (!scan.complete) {
          parts.push(chunk.subarray(from));
          partsBytes += at - from;
          continue;
        }
        const taken = take(partsBytes === 0 ? chunk.toString("utf8", from, at) : Buffer.concat([...parts, chunk.subarray(from, at)]).toString("utf8"));
        if (taken !== null) yield taken;
      }
    },
    end() {
      if (item !== null) throw refusal(place(), "the end of the file inside a value", "the rest of the document");
      if (state !== "done") throw refusal(place(), "the end of the file", `${expectations[state]}: the document is not whole`);
    },
  };
}

import { countKeys } from "./json-object.ts";
import { scanValue, startScan } from "./json-scan.ts";
import { longestItemBytes } from "./lines.ts";
import { type Place, refusal } from "./refusal.ts";

/** One object of the array, whole but not yet parsed. Shape: `line` is where it begins; `colons` counts those outside of strings: its keys at every depth. */
export interface JsonElement {
  readonly text: string;
  /** "value[3]", with whatever the array lies in before it. */
  readonly where: string;
  /** True when it was split off an object within the document. */
  readonly inner: boolean;
  readonly line: number;
  readonly colons: number;
}

/** What the array is part of. */
export interface SplitterOptions {
  /** Place of the surrounding object ("value[3]."); the document itself when absent. */
  readonly within?: string;
  /** Line on which the object begins. */
  readonly line?: number;
  /** True when the object may do without the array. */
  readonly optional?: boolean;
  /** Takes the pieces of an element above 1 MiB, which is refused when this is absent. What it splits off comes in the place of the element. */
  readonly onLong?: (element: { readonly where: string; readonly line: number }) => ElementSplitter;
}

export interface ElementSplitter {
  /** Elements that this chunk completes. The chunk must not be written to afterwards. */
  push(chunk: Buffer): readonly JsonElement[];
  /** Gives the number of elements. Errors: Failure("list-refused") unless the document is complete. */
  end(): number;
}

const [quote, comma, colon, newline] = [0x22, 0x2c, 0x3a, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const mostKeys = 1000;
// Far above what any list nests, far below what would exhaust the stack of whoever walks the parsed value.
const deepestNesting = 100;

/** What may come next between items, as messages word it. */
const expectations = {
  document: "one JSON object",
  "first-key": "a key or the end of the document",
  key: "a key",
  colon: 'a ":"',
  value: "a value",
  "after-value": 'a "," or the end of the document',
  "first-element": "an object or the end of the array",
  element: "an object",
  "after-element": 'a "," or the end of the array',
  done: "the end of the file",
} as const;
type State = keyof typeof expectations;
type Item = "key" | "member" | "element";

/**
 * Splits a JSON document, an object with one long array of objects, into that array's elements, without building the document.
 *
 * Shape:  the array is the member named `arrayName` (lower case) in any case, at any place; `onMember` is given every other member, parsed, and its line: what
 *         it passes over is read by nobody.
 * Errors: Failure("list-refused") with the line, for separators that are wrong, a key that stands twice, an element that is no object, an
 *         item above 1 MiB or nested above 100 levels, anything after the document, and (from `end`) a document that stops early or has no such array.
 *         What lies inside an element is judged by whoever parses it.
 */
export function elementSplitter(file: string, arrayName: string, onMember: (key: string, value: unknown, line: number) => void, options: SplitterOptions = {}): ElementSplitter {
  const { within, optional = false, onLong } = options;
  const keys = new Set<string>();
  let state: State = "document";
  let line = options.line ?? 1;
  let index = 0;
  let key = "";
  // The item that is being passed over, across chunks; null between items.
  let item: Item | null = null;
  let scan = startScan();
  let parts: Buffer[] = [];
  let partsBytes = 0;
  // Takes the element over when it grew too long to be held.
  let long: ElementSplitter | null = null;

  const where = (): string => `${within ?? ""}${within === undefined ? arrayName : "Media"}[${index}]`;
  const place = (): Place => {
    if (item === "element" || state.endsWith("element")) return { file, line, part: where() };
    return within === undefined ? { file, line } : { file, line, part: within.slice(0, -1) };
  };

  const holdable = (bytes: number): boolean => {
    if (bytes <= longestItemBytes) return true;
    if (item === "element" && onLong !== undefined) return false;
    throw refusal(place(), "an item of more than 1 MiB", "at most 1 MiB, ended by its bracket or quote");
  };

  /** Takes a byte between items; 0 when an item begins with it. */
  const step = (byte: number): 0 | 1 => {
    const begins = itemBeginning(state, byte, key === arrayName);
    if (begins !== null) {
      item = begins;
      scan = startScan();
      return 0;
    }
    const next = stateAfter(state, byte, key === arrayName);
    if (next === null) throw refusal(place(), "something else", state === "value" && key === arrayName ? `an array as "${arrayName}"` : expectations[state]);
    state = next;
    return 1;
  };

  const take = (text: string): JsonElement | null => {
    const taken = item;
    const begun = place();
    parts = [];
    partsBytes = 0;
    item = null;
    line += scan.newlines;
    if (taken === "element") {
      state = "after-element";
      index += 1;
      return { text, where: begun.part!, inner: within !== undefined, line: begun.line, colons: scan.colons };
    }
    const value = parsed(text, begun);
    if (taken === "member") {
      state = "after-value";
      if (scan.colons !== countKeys(value)) throw refusal(begun, "a key that stands twice", "each once");
      onMember(key, value, begun.line);
      return null;
    }
    state = "colon";
    key = String(value).toLowerCase();
    if (keys.has(key)) throw refusal(begun, `a key of the ${within === undefined ? "document" : "case"} that stands twice`, "each once");
    if (keys.size === mostKeys) throw refusal(begun, `more than ${mostKeys} keys of the document`, "a preamble and one array");
    keys.add(key);
    return null;
  };

  return {
    push(chunk) {
      const elements: JsonElement[] = [];
      for (let at = 0; at < chunk.length; ) {
        if (item === null) {
          const byte = chunk[at]!;
          if (isSpace(byte)) {
            if (byte === newline) line += 1;
            at += 1;
          } else at += step(byte);
          continue;
        }
        const from = at;
        at = scanValue(scan, chunk, from);
        if (scan.deepest > deepestNesting) throw refusal(place(), `more than ${deepestNesting} levels of nesting`, "fewer");
        if (long === null && !holdable(partsBytes + at - from)) {
          long = onLong!({ where: where(), line });
          for (const part of parts) elements.push(...long.push(part));
          parts = [];
        }
        if (long !== null) {
          elements.push(...long.push(chunk.subarray(from, at)));
          if (!scan.complete) continue;
          long.end();
          long = null;
          take("");
          continue;
        }
        if (!scan.complete) {
          parts.push(chunk.subarray(from));
          partsBytes += at - from;
          continue;
        }
        const element = take(partsBytes === 0 ? chunk.toString("utf8", from, at) : Buffer.concat([...parts, chunk.subarray(from, at)]).toString("utf8"));
        if (element !== null) elements.push(element);
      }
      return elements;
    },
    end() {
      if (item !== null) throw refusal(place(), "the end of the file inside a value", "the rest of the document");
      if (state === "document") throw refusal(place(), "the end of the file", expectations.document);
      if (state !== "done") throw refusal(place(), "the end of the file", `${expectations[state]}: the document is not whole`);
      if (!optional && !keys.has(arrayName)) throw refusal({ file, line }, `no "${arrayName}"`, "an array of that name");
      return index;
    },
  };
}

function itemBeginning(state: State, byte: number, isArray: boolean): Item | null {
  if (state === "first-key" || state === "key") return byte === quote ? "key" : null;
  if (state === "first-element" || state === "element") return byte === openBrace ? "element" : null;
  if (state !== "value" || isArray) return null;
  return byte === comma || byte === colon || byte === closeBrace || byte === closeBracket ? null : "member";
}

function stateAfter(state: State, byte: number, isArray: boolean): State | null {
  if (state === "document") return byte === openBrace ? "first-key" : null;
  if (state === "colon") return byte === colon ? "value" : null;
  if (state === "value") return isArray && byte === openBracket ? "first-element" : null;
  if (state === "first-key") return byte === closeBrace ? "done" : null;
  if (state === "after-value") return byte === comma ? "key" : byte === closeBrace ? "done" : null;
  if (state === "first-element") return byte === closeBracket ? "after-value" : null;
  if (state === "after-element") return byte === comma ? "element" : byte === closeBracket ? "after-value" : null;
  return null;
}

function parsed(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not as a cause: the engine's message quotes the text.
    throw refusal(place, "text that is not JSON", "a key or a value");
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;
}

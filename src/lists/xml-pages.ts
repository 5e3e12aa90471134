import { SaxesParser, type SaxesTagNS } from "saxes";
import type { Failure } from "../failure.ts";
import type { ListFile } from "./format.ts";
import { longestItemBytes } from "./lines.ts";
import { refusal } from "./refusal.ts";
import { utf8Chunks } from "./text.ts";

/** What becomes of a document; `line` is that of the file, over all its pages. */
export interface XmlEvents {
  /** `values`: those of all attributes. */
  opened(tag: { readonly local: string; readonly uri: string; attribute(name: string): string | undefined; readonly values: readonly string[] }, line: number): void;
  /** Text as it arrives, in pieces; CDATA too. */
  text(text: string, line: number): void;
  closed(line: number): void;
}

const declaration = /<\?xml[\s?]/;
// A declaration may be cut by the end of a chunk.
const declarationTail = /<(?:\?(?:x(?:ml?)?)?)?$/;
const sliceCharacters = 64 * 1024;
const mostAttributes = 100;
const deepestNesting = 100;

/**
 * Parses XML documents that follow each other in one file, each of them begun by its declaration (the first may lack it), without building them.
 *
 * Shape:  bytes that are no UTF-8 become U+FFFD; whoever uses a text checks it (`plainText`).
 * Errors: Failure("list-refused") with the line, for what is not well-formed, for a document type, an entity that is none of the five
 *         predefined ones, an encoding other than the file's, more than 100 levels or attributes, and more than 1 MiB without an element's begin or end.
 */
export async function parseXmlPages(file: ListFile, events: XmlEvents): Promise<void> {
  let page = pageParser(file.name, 1, events);
  let pageIsEmpty = true;
  let carried = "";
  const write = (text: string): void => {
    if (text === "") return;
    pageIsEmpty = false;
    page.write(text);
  };
  const take = (text: string, last: boolean): void => {
    let rest = carried + text;
    for (let found = declaration.exec(rest); found !== null; found = declaration.exec(rest)) {
      write(rest.slice(0, found.index));
      if (!pageIsEmpty) page = pageParser(file.name, page.end(), events);
      // Past the "<", so that the same declaration is not found again.
      write("<");
      rest = rest.slice(found.index + 1);
    }
    const tail = last ? "" : (declarationTail.exec(rest)?.[0] ?? "");
    write(rest.slice(0, rest.length - tail.length));
    carried = tail;
  };
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of utf8Chunks(file)) for (let at = 0; at < chunk.length; at += sliceCharacters) take(decoder.decode(chunk.subarray(at, at + sliceCharacters), { stream: true }), false);
  take(decoder.decode(), true);
  page.end();
}

interface PageParser {
  write(text: string): void;
  /** Gives the line on which the page ends. */
  end(): number;
}

function pageParser(file: string, firstLine: number, events: XmlEvents): PageParser {
  const parser = new SaxesParser({ xmlns: true });
  const line = (): number => firstLine - 1 + parser.line;
  const refuse = (found: string, expected: string): Failure => refusal({ file, line: line() }, found, expected);
  let depth = 0;
  let attributes = 0;
  let uneventful = 0;
  let rootSeen = false;

  parser.on("error", ({ message }) => {
    // The parser's own message may quote the list.
    throw /entity/.test(message) ? refuse("an entity", "text without entities but the predefined ones") : refuse("text that is not well-formed XML", "one whole document");
  });
  parser.on("doctype", () => {
    throw refuse("a document type (DOCTYPE)", "a document without one");
  });
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && !/^(?:utf-8|utf-16|us-ascii)$/i.test(encoding)) throw refuse("another encoding in the declaration", "UTF-8 or UTF-16");
  });
  parser.on("opentagstart", () => {
    attributes = 0;
  });
  parser.on("attribute", () => {
    attributes += 1;
    if (attributes > mostAttributes) throw refuse(`more than ${mostAttributes} attributes`, "fewer");
  });
  parser.on("opentag", (tag: SaxesTagNS) => {
    uneventful = 0;
    rootSeen = true;
    depth += 1;
    if (depth > deepestNesting) throw refuse(`more than ${deepestNesting} levels of nesting`, "fewer");
    const attribute = (name: string): string | undefined => (Object.hasOwn(tag.attributes, name) ? tag.attributes[name]!.value : undefined);
    events.opened({ local: tag.local, uri: tag.uri, attribute, values: Object.values(tag.attributes).map(({ value }) => value) }, line());
  });
  parser.on("text", (text) => {
    if (depth > 0) events.text(text, line());
  });
  parser.on("cdata", (text) => events.text(text, line()));
  parser.on("closetag", () => {
    uneventful = 0;
    depth -= 1;
    events.closed(line());
  });
  return {
    write(text) {
      for (let at = 0; at < text.length; at += sliceCharacters) {
        const slice = text.slice(at, at + sliceCharacters);
        uneventful += slice.length;
        // The parser judges text when it is at its end: by pieces within a line it names the same line for any chunks. CR is a blank in all
        // that is read here, and no line's end as in the other formats.
        for (const piece of slice.replaceAll("\r", " ").split(/(?=\n)/)) parser.write(piece);
        if (uneventful > longestItemBytes) throw refuse("more than 1 MiB without an element", "elements with short texts");
      }
    },
    end() {
      const last = line();
      if (depth > 0) throw refuse("the end of the document inside an element", "the rest of the document");
      if (!rootSeen) throw refuse("the end of the document", "an element");
      parser.close();
      return last;
    },
  };
}

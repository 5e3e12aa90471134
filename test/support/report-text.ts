import type { RecordView } from "../../src/record/view.ts";
import type { ReportFormat, ReportOptions } from "../../src/reports/format.ts";

/** The files of a report as they would be written, the first page first. */
export function reportFiles(format: ReportFormat, record: RecordView, options: ReportOptions & { readonly fileName: string }): { readonly fileName: string; readonly text: string }[] {
  const further = [...(function* () {
    for (const { fileName, text } of format.furtherPages?.(record, options) ?? []) yield { fileName, text: [...text].join("") };
  })()];
  return [{ fileName: options.fileName, text: [...format.render(record, options)].join("") }, ...further];
}

/** The rows of RFC 4180 text. Errors: Error for text outside quotes that a strict reader would not take. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = "";
    if (text[at] !== '"') throw new Error(`csv: character ${at}: an unquoted cell`);
    for (at += 1; ; at += 1) {
      if (at >= text.length) throw new Error("csv: a quote that is not closed");
      if (text[at] !== '"') cell += text[at];
      else if (text[at + 1] === '"') cell += text[at++];
      else break;
    }
    row.push(cell);
    at += 1;
    if (text[at] === ",") at += 1;
    else if (text.startsWith("\r\n", at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else throw new Error(`csv: character ${at}: neither a comma nor the end of the row`);
  }
  if (row.length > 0) throw new Error("csv: the last row does not end");
  return rows;
}

/** Elements that load something, send something or are no part of a report. Its one script and its drawings are looked at by themselves. */
export const foreignElements: readonly string[] = ["img", "image", "use", "foreignobject", "link", "iframe", "object", "embed", "form", "base", "video", "audio"];

export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The opening tags of well-formed markup, in order. Errors: Error at the first thing that is not well-formed. */
export function openingTags(text: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  const body = text.replace(/^<!DOCTYPE html>\n/, "");
  const token = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  for (let at = 0; at < body.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(body);
    if (found === null) throw new Error(`markup: character ${at}: ${body.slice(at, at + 40)}`);
    const [, close, name, attributes, empty, characters] = found;
    if (characters !== undefined) {
      if (/&(?!amp;|lt;|gt;|quot;|#39;)/.test(characters)) throw new Error(`markup: character ${at}: a bare ampersand`);
    } else if (close === "/") {
      const last = open.pop();
      if (last !== name) throw new Error(`markup: character ${at}: </${name}> closes <${last}>`);
    } else {
      tags.push({ name: name!, attributes: new Map([...attributes!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])) });
      if (empty !== "/") open.push(name!);
    }
  }
  if (open.length > 0) throw new Error(`markup: <${open.at(-1)}> is not closed`);
  return tags;
}

import { pathText } from "../path-text.ts";
import { plainText } from "./plain-text.ts";

/** Text that is HTML already; only `html` and the style sheet make it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/**
 * Template tag: whatever is put in is made printable and escaped, but for markup that this tag made.
 *
 * Shape: safe between tags and inside double-quoted attributes; well-formed as XML when the template is.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((text, string, index) => text + markupOf(parts[index - 1]) + string) };
}

export const nothing: Markup = html``;

/** A path of the evidence: printable, isolated from the direction of the text around it. */
export function pathMarkup(path: Uint8Array): Markup {
  return html`<bdi dir="ltr" class="path">${pathText(path)}</bdi>`;
}

/** A name that others chose (an agency's, a list's, an examiner's), isolated likewise. */
export function named(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/** Any text as a quoted string of a style sheet. Shape: holds nothing that ends the string, the sheet or a well-formed document. */
export function styleText(text: string): string {
  return `"${[...plainText(text)].map((part) => (/^[A-Za-z0-9 ,.:;+_/-]+$/.test(part) ? part : `\\${part.codePointAt(0)!.toString(16)} `)).join("")}"`;
}

function markupOf(part: Part | undefined): string {
  if (part === undefined) return "";
  if (typeof part === "string") return escaped(plainText(part));
  if (typeof part === "number") return escaped(part.toString());
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

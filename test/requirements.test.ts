import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type Requirement, requirements } from "../src/validation/requirements.ts";

// Requirements and tests name each other: in titles as TypeScript's parser sees them, so that no comment counts.

type Titles = ReadonlyMap<string, readonly string[]>;

/** Titles of tests and groups of tests in a file, the parts of a template that are not fixed as "…". */
function titlesIn(text: string): readonly string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(?:it|test|describe)/.test(rootOf(node))) titles.push(...node.arguments.flatMap(titleOf));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest));
  return titles;
}

/** `it` of it(...), it.each(...)(...), it.skipIf(...)(...). */
function rootOf(node: ts.CallExpression): string {
  let root: ts.Expression = node;
  while (ts.isCallExpression(root) || ts.isPropertyAccessExpression(root)) root = root.expression;
  return ts.isIdentifier(root) ? root.text : "";
}

function titleOf(argument: ts.Expression): string[] {
  if (ts.isStringLiteralLike(argument)) return [argument.text];
  return ts.isTemplateExpression(argument) ? [argument.head.text + argument.templateSpans.map(({ literal }) => `…${literal.text}`).join("")] : [];
}

/** What is wrong between requirements and the titles of tests by file. */
function faults(stated: Readonly<Record<string, Requirement>>, titles: Titles): string[] {
  const found: string[] = [];
  const named = new Map<string, number>();
  for (const [file, ofFile] of titles)
    for (const title of ofFile)
      for (const [id] of title.matchAll(/REQ-\w+/g)) {
        named.set(id, (named.get(id) ?? 0) + 1);
        if (stated[id] === undefined) found.push(`${file}: "${title}" names ${id}, which is no requirement`);
      }
  for (const [id, { shownBy }] of Object.entries(stated)) {
    if (!named.has(id)) found.push(`${id}: no test names it`);
    if (shownBy !== undefined && !(titles.get(shownBy.file) ?? []).some((title) => title.startsWith(shownBy.title) && title.includes(id))) found.push(`${id}: ${shownBy.file} has no test "${shownBy.title}" that names it`);
  }
  return found;
}

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts") && name !== "requirements.test.ts");
const titles: Titles = new Map(files.map((name) => [`test/${name}`, titlesIn(readFileSync(join(import.meta.dirname, name), "utf8"))]));
const one: Requirement = { shall: "The tool shall x.", asserted: "x", limits: "None." };

describe("requirements", () => {
  it("each have a test that names them, and no test names another", () => {
    expect([...titles.values()].flat().length).toBeGreaterThan(900);
    expect(faults(requirements, titles)).toEqual([]);
  });

  it("are numbered without gaps, and say what is done, what is looked at and what that does not say", () => {
    expect(Object.keys(requirements)).toEqual(Object.keys(requirements).map((_, index) => `REQ-${String(index + 1).padStart(2, "0")}`));
    for (const { shall, asserted, limits } of Object.values(requirements) as Requirement[]) {
      expect(shall).toMatch(/^The tool shall [a-z].*\.$/);
      expect(asserted).toMatch(/^[A-Z0-9].*\.$/);
      expect(limits).toMatch(/^[A-Z-].*\.$/);
    }
  });

  it.each([
    ["a requirement without a test", { "REQ-01": one, "REQ-02": one }, 'it("does x (REQ-01)", f);', "REQ-02: no test names it"],
    ["a test of no requirement", { "REQ-01": one }, 'it("does x (REQ-01)", f); it("does y (REQ-02)", f);', 'test/a.test.ts: "does y (REQ-02)" names REQ-02, which is no requirement'],
    ["a requirement that a comment names", { "REQ-01": one }, '// it("does x (REQ-01)", f);\nit("does x", f); const text = "REQ-01";', "REQ-01: no test names it"],
    ["a test elsewhere that is not there", { "REQ-01": { ...one, shownBy: { because: "it is long", file: "test/a.test.ts", title: "does z" } } }, 'it.each(rows)("does x (REQ-01)", f);', 'REQ-01: test/a.test.ts has no test "does z" that names it'],
  ] as const)("are missed where there is %s", (_, stated, text, fault) => {
    expect(faults(stated, new Map([["test/a.test.ts", titlesIn(text)]]))).toEqual([fault]);
  });

  it("are found in every form of a title", () => {
    const text = 'describe.skipIf(x)("a (REQ-01)", () => { it.each(["no title"])("b %s", f); it.skipIf(y)(`c ${z} (REQ-02)`, f); describeWith(["tool"], "d", f); });';
    expect(titlesIn(text)).toEqual(["a (REQ-01)", "b %s", "c … (REQ-02)", "d"]);
  });
});

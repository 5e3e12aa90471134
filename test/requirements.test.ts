import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type Requirement, requirements } from "../src/validation/requirements.ts";

// Requirements and tests name each other: in titles as TypeScript's parser sees them, so that no comment counts.

type Titles = ReadonlyMap<string, readonly string[]>;

/** Titles of tests that may run, and of groups that hold one, in a file; the parts of a template that are not fixed as "…". */
function titlesIn(text: string): readonly string[] {
  return titlesOf(ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest)).titles;
}

function titlesOf(node: ts.Node): { readonly titles: readonly string[]; readonly holdsTest: boolean } {
  const { root, isLeftOut } = ts.isCallExpression(node) ? calledBy(node) : { root: "", isLeftOut: false };
  const isTest = /^(?:it|test)$/.test(root);
  if ((isTest || /^describe(?:With)?$/.test(root)) && isLeftOut) return { titles: [], holdsTest: false };
  const within: ReturnType<typeof titlesOf>[] = [];
  ts.forEachChild(node, (child) => void within.push(titlesOf(child)));
  const inner = within.flatMap(({ titles }) => titles);
  const holdsTest = within.some((part) => part.holdsTest);
  if (!ts.isCallExpression(node) || !(isTest || /^describe(?:With)?$/.test(root))) return { titles: inner, holdsTest };
  const own = node.arguments.flatMap(titleOf);
  // A title without what it runs is a note of what is to be done.
  const isOwn = isTest ? own.length > 0 && node.arguments.length > 1 : holdsTest;
  return { titles: isOwn ? [...own, ...inner] : inner, holdsTest: holdsTest || (isTest && isOwn) };
}

/** `it` of it(...), it.each(...)(...), it.skipIf(...)(...); left out where it never runs: skip, todo, runIf(false), skipIf(true). */
function calledBy(node: ts.CallExpression): { readonly root: string; readonly isLeftOut: boolean } {
  let root: ts.Expression = node;
  let isLeftOut = false;
  while (ts.isCallExpression(root) || ts.isPropertyAccessExpression(root)) {
    if (ts.isPropertyAccessExpression(root)) isLeftOut ||= ["skip", "todo"].includes(root.name.text);
    else if (ts.isPropertyAccessExpression(root.expression)) {
      const never = { runIf: ts.SyntaxKind.FalseKeyword, skipIf: ts.SyntaxKind.TrueKeyword }[root.expression.name.text];
      isLeftOut ||= never !== undefined && root.arguments[0]?.kind === never;
    }
    root = root.expression;
  }
  return { root: ts.isIdentifier(root) ? root.text : "", isLeftOut };
}

function titleOf(argument: ts.Expression): string[] {
  if (ts.isStringLiteralLike(argument)) return [argument.text];
  return ts.isTemplateExpression(argument) ? [argument.head.text + argument.templateSpans.map(({ literal }) => `…${literal.text}`).join("")] : [];
}

/** Requirements that rows of a table put into the title of a test, where no reader of titles sees them: each with the title as it stands in the file. */
function hiddenIn(text: string): readonly string[] {
  if (!/\.each\(/.test(text) || !text.includes("REQ-")) return [];
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  const hidden: string[] = [];
  const declare = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer !== undefined) constants.set(node.name.text, node.initializer);
    ts.forEachChild(node, declare);
  };
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isCallExpression(node.expression) && /^(?:it|test|describe)$/.test(calledBy(node).root)) {
      const [title = ""] = node.arguments.flatMap(titleOf);
      const rows = node.expression.arguments.flatMap((table) => filling(table, title, constants));
      for (const named of new Set(rows.flatMap((row) => row.match(/REQ-\w+/g) ?? []))) hidden.push(`"${title}" is filled with ${named}`);
    }
    ts.forEachChild(node, look);
  };
  declare(file);
  look(file);
  return hidden;
}

/** Source text of what a table gives to a title: of rows that are lists as many values as it has places, of other rows those that `$name` takes, of anything else all of it. */
function filling(table: ts.Expression, title: string, constants: ReadonlyMap<string, ts.Expression>): readonly string[] {
  const places = title.match(/%(?!%)[a-zA-Z]/g)?.length ?? 0;
  const names = [...title.matchAll(/\$(\w+)/g)].map(([, name]) => name);
  if (places === 0 && names.length === 0) return [];
  const plain = (node: ts.Expression): ts.Expression => (ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node) ? plain(node.expression) : node);
  const ofRow = (given: ts.Expression): readonly string[] => {
    const row = plain(given);
    if (ts.isArrayLiteralExpression(row)) return row.elements.slice(0, places).map((element) => element.getText());
    if (ts.isObjectLiteralExpression(row)) return row.properties.flatMap((property) => (property.name !== undefined && names.includes(property.name.getText()) ? [property.getText()] : []));
    return [row.getText()];
  };
  const ofTable = (given: ts.Expression, seen: readonly string[]): readonly string[] => {
    const rows = plain(given);
    if (ts.isArrayLiteralExpression(rows)) return rows.elements.flatMap((row) => (ts.isSpreadElement(row) ? ofTable(row.expression, seen) : ofRow(row)));
    if (ts.isConditionalExpression(rows)) return [rows.whenTrue, rows.whenFalse].flatMap((part) => ofTable(part, seen));
    const constant = ts.isIdentifier(rows) && !seen.includes(rows.text) ? constants.get(rows.text) : undefined;
    if (constant !== undefined) return ofTable(constant, [...seen, rows.getText()]);
    const within: string[] = [rows.getText()];
    const follow = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && constants.has(node.text) && !seen.includes(node.text)) within.push(constants.get(node.text)!.getText());
      ts.forEachChild(node, follow);
    };
    follow(rows);
    return within;
  };
  return ofTable(table, []);
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
    for (const { file, title: stated } of shownBy?.tests ?? [])
      if (!(titles.get(file) ?? []).some((title) => title.startsWith(stated) && title.includes(id))) found.push(`${id}: ${file} has no test "${stated}" that names it`);
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
    ["a test elsewhere that is not there", { "REQ-01": { ...one, shownBy: { because: "it is long", tests: [{ file: "test/a.test.ts", title: "does z" }] } } }, 'it.each(rows)("does x (REQ-01)", f);', 'REQ-01: test/a.test.ts has no test "does z" that names it'],
  ] as const)("are missed where there is %s", (_, stated, text, fault) => {
    expect(faults(stated, new Map([["test/a.test.ts", titlesIn(text)]]))).toEqual([fault]);
  });

  it("stand in titles as they are written, never in what fills them", () => {
    const found = files.flatMap((name) => hiddenIn(readFileSync(join(import.meta.dirname, name), "utf8")).map((hidden) => `${name}: ${hidden}`));
    expect(found).toEqual([]);
  });

  it.each([
    ['it.each(["REQ-01"])("a %s", f);', ["REQ-01"]],
    ['it.each([["b", "REQ-01"]])("a %s", f);', []],
    ['it.each([["b", "REQ-01"]])("a %s for %s", f);', ["REQ-01"]],
    ['const rows = [{ id: "REQ-01", other: "REQ-02" }] as const; describe.each(rows)("a $id", () => { it("b", f); });', ["REQ-01"]],
    ['const rows = ["REQ-01"]; it.runIf(x).each(y ? rows : [])("a %s", f);', ["REQ-01"]],
    ['const rows = { "REQ-01": 1 }; test.each(Object.keys(rows))("a %s", f);', ["REQ-01"]],
    ['it.each(["REQ-01"])("a", f); it("b %s", () => { expect("REQ-02"); });', []],
  ] as const)("are seen when they fill a title: %s", (text, ids) => {
    expect(hiddenIn(text).map((hidden) => hidden.slice(-6))).toEqual(ids);
  });

  it("are found in every form of a title", () => {
    const text = 'describe.skipIf(x)("a (REQ-01)", () => { it.each(["no title"])("b %s", f); it.skipIf(y)(`c ${z} (REQ-02)`, f); describeWith(["tool"], "d", () => { test("e", f); }); });';
    expect(titlesIn(text)).toEqual(["a (REQ-01)", "b %s", "c … (REQ-02)", "d", "e"]);
  });

  it.each([
    'itemOf("a (REQ-01)", f);',
    'testing.it("a (REQ-01)", f);',
    'it.skip("a (REQ-01)", f);',
    'it.todo("a (REQ-01)");',
    'it("a (REQ-01)");',
    'it.runIf(false)("a (REQ-01)", f);',
    'it.skipIf(true).each(rows)("a (REQ-01)", f);',
    'describe("a (REQ-01)", () => { expect(1).toBe(1); });',
    'describe("a (REQ-01)", () => { it.skip("b", f); });',
    'describe.skip("b", () => { it("a (REQ-01)", f); });',
  ])("count only of tests that may run: %s", (text) => {
    expect(titlesIn(text)).toEqual([]);
  });
});

import { type Place, refusal } from "./refusal.ts";

/**
 * Hashes that one file must have together, as a pattern states them.
 *
 * Shape: `hashes` by the pattern's names ("SHA-256"), in its spelling; `otherHashes` when it names hashes of something that is no file.
 */
export interface PatternFile {
  readonly hashes: readonly (readonly [name: string, value: string])[];
  readonly sizeBytes: string | null;
  readonly otherHashes: boolean;
}

const tokens = /\s+|([A-Za-z0-9_-]+:(?:[A-Za-z0-9_-]+|'[^'\\]*'|"[^"\\]*")(?:\.(?:[A-Za-z0-9_-]+|'[^'\\]*'|"[^"\\]*")|\[(?:\d+|\*|'[^'\\]*')\])*)|([thb]?'(?:[^'\\]|\\.)*')|(==|!=|<>|<=|>=|[=<>(),[\]])|([A-Za-z]+|[+-]?\d[\d.eE+-]*)/gsy;
const fileHash = /^(?:file|artifact):hashes(?:\.|\[)?(?:'([^']*)'|"([^"]*)"|([A-Za-z0-9_-]+))\]?$/;
const comparisons: ReadonlySet<string> = new Set(["=", "==", "!=", "<>", "<", ">", "<=", ">=", "IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"]);
const mostFiles = 10_000;
const deepest = 50;
const nothing: PatternFile = { hashes: [], sizeBytes: null, otherHashes: false };

/**
 * The files that a STIX pattern describes by their hashes.
 *
 * Shape:  `a OR b` and `IN` are files of their own; `a AND b` inside of one `[...]` are hashes of one file; observations joined by AND, OR or FOLLOWEDBY
 *         are different files, and qualifiers (WITHIN, REPEATS, START) are passed over. Conditions on other properties than hashes and size only narrow
 *         by name or place: they are not checked, the hash alone is what is loaded. Files without hashes are left out.
 * Errors: Failure("list-refused") for what is no pattern, a hash that is compared otherwise than by = or IN or is negated, and one of more than 10,000 files.
 * Source: STIX 2.1, part 9.
 */
export function patternFiles(pattern: string, place: Place): readonly PatternFile[] {
  const read = tokensOf(pattern, place);
  let at = 0;
  const wrong = (): Error => refusal(place, "a pattern of another form", "STIX patterning of comparisons in brackets");
  const next = (): string => read[at] ?? "";
  const keyword = (word: string): boolean => next().toUpperCase() === word;
  const expect = (token: string): void => {
    if (next() !== token) throw wrong();
    at += 1;
  };
  const bound = (count: number): void => {
    if (count > mostFiles) throw refusal(place, `a pattern of more than ${mostFiles} files`, "fewer alternatives");
  };

  const alternatives = (depth: number): readonly PatternFile[] => {
    const files = [...conjunction(depth)];
    while (keyword("OR")) {
      at += 1;
      files.push(...conjunction(depth));
      bound(files.length);
    }
    return files;
  };
  const conjunction = (depth: number): readonly PatternFile[] => {
    let files = term(depth);
    while (keyword("AND")) {
      at += 1;
      const others = term(depth);
      bound(files.length * others.length);
      files = files.flatMap((file) => others.map((other) => both(file, other, place)));
    }
    return files;
  };
  const term = (depth: number): readonly PatternFile[] => {
    if (depth > deepest) throw refusal(place, `more than ${deepest} levels of brackets`, "fewer");
    if (next() === "(") {
      at += 1;
      const files = alternatives(depth + 1);
      expect(")");
      return files;
    }
    return comparison();
  };
  const comparison = (): readonly PatternFile[] => {
    let negated = false;
    if (keyword("EXISTS")) {
      at += 2;
      return [nothing];
    }
    const path = next();
    if (!path.includes(":") || path.startsWith("'")) throw wrong();
    at += 1;
    if (keyword("NOT")) {
      negated = true;
      at += 1;
    }
    const operator = next().toUpperCase();
    if (!comparisons.has(operator)) throw wrong();
    at += 1;
    const values = operator === "IN" ? listed() : [literal()];
    return comparedFiles(path, operator, negated, values, place);
  };
  const literal = (): string => {
    const token = next();
    if (token === "" || /^[=<>(),[\]]/.test(token)) throw wrong();
    at += 1;
    return token.startsWith("'") ? token.slice(1, -1).replace(/\\(.)/gs, "$1") : token;
  };
  const listed = (): readonly string[] => {
    const values: string[] = [];
    expect("(");
    do {
      if (values.length > 0) at += 1;
      values.push(literal());
    } while (next() === ",");
    expect(")");
    return values;
  };

  const files: PatternFile[] = [];
  let open = 0;
  let observations = 0;
  while (at < read.length) {
    if (next() === "[") {
      at += 1;
      files.push(...alternatives(0));
      bound(files.length);
      expect("]");
      observations += 1;
      continue;
    }
    // Between observations: brackets, operators and qualifiers.
    if (next() === "(") open += 1;
    else if (next() === ")") open -= 1;
    else if (!/^(?:AND|OR|FOLLOWEDBY|WITHIN|REPEATS|TIMES|SECONDS|START|STOP|[\d.]+|t'.*')$/is.test(next())) throw wrong();
    if (open < 0) throw wrong();
    at += 1;
  }
  if (open !== 0 || observations === 0) throw wrong();
  return files.filter(({ hashes, otherHashes }) => hashes.length > 0 || otherHashes);
}

function tokensOf(pattern: string, place: Place): readonly string[] {
  const found: string[] = [];
  let end = 0;
  for (const match of pattern.matchAll(tokens)) {
    end = match.index + match[0].length;
    if (match[0].trim() !== "") found.push(match[0]);
  }
  if (end !== pattern.length) throw refusal(place, "a character that is no part of a pattern", "STIX patterning");
  return found;
}

function comparedFiles(path: string, operator: string, negated: boolean, values: readonly string[], place: Place): readonly PatternFile[] {
  const hash = fileHash.exec(path);
  if (hash === null) {
    if (path === "file:size" && !negated && (operator === "=" || operator === "==")) return [{ ...nothing, sizeBytes: values[0]! }];
    return [{ ...nothing, otherHashes: /[.:]hashes[.[]/.test(path) }];
  }
  if (negated || !(operator === "=" || operator === "==" || operator === "IN")) throw refusal(place, "a hash that is compared otherwise", "= or IN");
  const name = hash[1] ?? hash[2] ?? hash[3]!;
  return values.map((value) => ({ ...nothing, hashes: [[name, value]] }));
}

function both(one: PatternFile, other: PatternFile, place: Place): PatternFile {
  if (one.sizeBytes !== null && other.sizeBytes !== null && one.sizeBytes !== other.sizeBytes) throw refusal(place, "two different sizes of one file", "one");
  return { hashes: [...one.hashes, ...other.hashes], sizeBytes: one.sizeBytes ?? other.sizeBytes, otherHashes: one.otherHashes || other.otherHashes };
}

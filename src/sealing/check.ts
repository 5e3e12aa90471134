import { Failure } from "../failure.ts";

/** One thing that verification looked at. Shape: `text` says what was found; of what is wrong `where: found X, expected Y`. `note`: said, and nobody's fault. */
export interface Check {
  readonly kind: "holds" | "note" | "wrong";
  readonly text: string;
}

export function holds(text: string): Check {
  return { kind: "holds", text };
}

export function note(text: string): Check {
  return { kind: "note", text };
}

export function wrong(where: string, found: string, expected: string): Check {
  return { kind: "wrong", text: `${where}: found ${found}, expected ${expected}` };
}

/** The checks of some work; what stops it is what is wrong. Errors: whatever is no Failure. */
export function* unlessRefused(work: () => Iterable<Check>): Generator<Check> {
  try {
    yield* work();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    yield { kind: "wrong", text: thrown.message };
  }
}

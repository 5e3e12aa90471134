import { Failure } from "../../src/failure.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { LogRow } from "../../src/record/view.ts";

/** What it threw. Errors: whatever else than a Failure it threw, or Error when it threw nothing. */
export function failureOf(work: () => unknown): Failure {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

/** All rows of a case's log. */
export function logOf(folder: string): LogRow[] {
  const view = openRecord(folder);
  try {
    return [...view.log()];
  } finally {
    view.close();
  }
}

/** What can stop the program, by who can act on it, and the exit status it ends with. */
export const exitStatuses = {
  usage: 2,
  "selftest-failed": 70,
  "list-refused": 4,
  "list-unknown": 4,
  "reference-damaged": 4,
  "key-wrong": 4,
  "record-damaged": 5,
  "record-locked": 5,
  "record-other": 5,
  "record-newer": 5,
  "output-exists": 5,
  "evidence-missing": 6,
  "evidence-writable": 6,
  "evidence-output": 6,
  "evidence-changed": 6,
  "evidence-stalled": 6,
  "evidence-image": 6,
  "reader-unavailable": 70,
  "sandbox-unavailable": 70,
} as const;

export type FailureCode = keyof typeof exitStatuses;

/** Exit statuses of a scan that ran to its end, and of one that was interrupted. */
export const outcomeStatuses = { complete: 0, matches: 1, incomplete: 3, "evidence-changed": 6, interrupted: 130, bug: 70 } as const;

/** The one error class: something a person can act on. Message: lower case, `where: what was found, what was expected`, never content. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "Failure";
    this.code = code;
  }
}

/** The operating system's code (ENOENT, EIO ...) of a thrown value, or null. */
export function systemCode(thrown: unknown): string | null {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : null;
}

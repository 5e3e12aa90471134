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
  "record-partial": 5,
  "output-exists": 5,
  "seal-refused": 5,
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
export const outcomeStatuses = { complete: 0, matches: 1, incomplete: 3, "nothing-to-find": 3, "evidence-changed": 6, interrupted: 130, bug: 70 } as const;

/** The one error class: something a person can act on. Message: lower case, `where: what was found, what was expected`, never content. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "Failure";
    this.code = code;
  }
}

// Errors of Linux that Node has no name for, as file systems and devices give them: ESTALE is a file that is gone, EUCLEAN and EBADMSG a damaged
// structure (ext4, XFS). Source: asm-generic/errno.h.
const namesByNumber: Readonly<Record<number, string>> = {
  52: "EBADE",
  62: "ETIME",
  67: "ENOLINK",
  70: "ECOMM",
  74: "EBADMSG",
  116: "ESTALE",
  117: "EUCLEAN",
  122: "EDQUOT",
  123: "ENOMEDIUM",
  124: "EMEDIUMTYPE",
  126: "ENOKEY",
  127: "EKEYEXPIRED",
  128: "EKEYREVOKED",
  129: "EKEYREJECTED",
};

/** The operating system's code (ENOENT, EIO ...) of a thrown value, or null. Shape: "errno 131" for one without a name. */
export function systemCode(thrown: unknown): string | null {
  const { code, errno } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {};
  if (typeof code !== "string") return null;
  if (errno === undefined || !/^(UNKNOWN|Unknown system error .*)$/.test(code)) return code;
  return namesByNumber[-errno] ?? `errno ${-errno}`;
}

/** What a probe has to know of the world outside to look for it. */
export interface ProbeRequest {
  /** Paths of folders with what must not be seen, as base64 of their bytes. */
  readonly hidden: readonly string[];
  /** The machine's name outside. */
  readonly hostName: string;
  /** What the topmost folder may show, and the environment. */
  readonly topFolders: readonly string[];
  readonly variables: readonly string[];
  readonly userNumber: number;
  /** More data than a decoder may have. */
  readonly tooManyBytes: number;
  readonly tooManyFiles: number;
}

/** What a program in the sandbox tries, by JavaScript, in the order of its answers. */
export const scriptProbes = [
  "read a file of this machine",
  "list the files of this machine",
  "list the evidence",
  "write beside its program",
  "write a temporary file",
  "start its own program again",
  "start a shell",
  "connect over the network",
  "connect to a socket of this machine",
  "listen on the network",
  "listen on a socket of this machine",
  "signal the process that started it",
  "see other processes",
  "read another process's environment",
  "hold a descriptor that is not its own",
  "find variables that are not its own",
  "be another user than nobody",
  "learn this machine's name",
  "see network interfaces",
  "take more memory than it may",
  "open more files than it may",
] as const;

/** One byte a probe. 0 is no answer, so that a blank frame says nothing. */
export const answers = { held: 1, open: 2 } as const;

/** Reply: the request's nonce, then the answers. Never a text. */
export const probeNonceBytes = 16;
export const probeReplyBytes = probeNonceBytes + scriptProbes.length;

/** How the decoder of pictures is kept apart, and how a report words it. The keys are what is asked for and recorded. */
export const isolations = {
  sandbox: "pictures were decoded in a sandbox: processes without files, network, other processes or rights, each replaced after 200 pictures",
  "per-file": "pictures were decoded in a sandbox, each in a process of its own: without files, network, other processes or rights",
  process: "pictures were decoded in processes of their own WITHOUT a sandbox: a picture made to take over its decoder could have read or altered what the person who ran this may",
} as const;
export type Isolation = keyof typeof isolations;

/**
 * How the processes that read the evidence are confined, the strongest way first, and how a report words it. The keys are what is recorded. A way that is tried and
 * does not hold gives way to the next; `nobody` is root's only.
 */
export const confinements = {
  nobody: "files were read by processes that see the evidence, read-only by the kernel, the program and the system's programs, and nothing else: without network, as nobody, with no right but the one to read what is there",
  "read-only": "files were read by processes that see the evidence, read-only by the kernel, the program and the system's programs, and nothing else: without network, with the rights of the person who ran this",
  plain: "files were read by ordinary processes, NOT confined: nothing but the evidence's own mount kept the evidence from being written to, and the network could have been reached",
} as const;
export type Confinement = keyof typeof confinements;

/** What came of trying the ways of confinement: the one that held, and what was found wrong with stronger ones. */
export interface ConfinementTried {
  readonly confinement: Confinement;
  readonly refused: readonly { readonly confinement: Confinement; readonly found: string }[];
}

/** How the decoder of pictures is kept apart, and how a report words it. The keys are what is asked for and recorded. */
export const isolations = {
  sandbox: "pictures were decoded in a sandbox: processes without files, network, other processes or rights, each replaced after 200 pictures",
  "per-file": "pictures were decoded in a sandbox, each in a process of its own: without files, network, other processes or rights",
  process: "pictures were decoded in processes of their own WITHOUT a sandbox: a picture made to take over its decoder could have read or altered what the person who ran this may",
} as const;
export type Isolation = keyof typeof isolations;

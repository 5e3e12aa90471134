import { lstatSync, opendirSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { mountOf } from "../evidence/mount.ts";
import type { Confinement } from "../isolation.ts";
import { nobody } from "../system-programs.ts";
import { readRight } from "./reader-command.ts";

/** What a reader finds of itself before it reads anything. Nothing is tried that could alter evidence if it were possible. */
export interface ReaderFacts {
  /** The evidence's folder can be opened, listed, and a file in it looked for. */
  readonly seesEvidence: boolean;
  /** Options of the mount that the evidence lies on, as the reader sees it. */
  readonly isReadOnly: boolean;
  readonly seesHidden: boolean;
  readonly seesNetwork: boolean;
  readonly userNumber: number;
  /** All groups that it is in, each once. */
  readonly groupNumbers: readonly number[];
  /** Sets of rights, as the kernel writes them: permitted, effective, bounding. */
  readonly rights: readonly string[];
  /** A picture was decoded, by the decoder that it starts from inside; true where none is to be decoded. */
  readonly decodes: boolean;
  /** What is wrong with the sandbox in which it starts its decoder, in words; null when nothing is, or none is wanted. */
  readonly sandboxFault: string | null;
}

/** The facts that a reader finds without its decoder. */
export type OwnFacts = Omit<ReaderFacts, "decodes" | "sandboxFault">;

/** To be called in a reader. `hidden` are paths that are there, and that it must not see. */
export function factsAt(root: Uint8Array, hidden: readonly Uint8Array[]): OwnFacts {
  return {
    seesEvidence: succeeds(() => look(Buffer.from(root))),
    isReadOnly: mountOf(Buffer.from(root).toString("latin1"))?.mountOptions.split(",").includes("ro") === true,
    seesHidden: hidden.some((path) => succeeds(() => statSync(Buffer.from(path)))),
    seesNetwork: Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal)),
    userNumber: process.getuid?.() ?? -1,
    groupNumbers: [...new Set([process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])])],
    rights: ["CapPrm", "CapEff", "CapBnd"].map((name) => new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "unknown"),
  };
}

/** What a confined reader told that is not as its confinement has it, in words; null when all is. */
export function shortfall(confinement: Exclude<Confinement, "plain">, facts: ReaderFacts): string | null {
  const wrong = [
    facts.seesEvidence ? [] : ["the evidence could not be listed from inside"],
    facts.isReadOnly ? [] : ["the evidence was not read-only inside"],
    facts.seesHidden ? ["the case or the lists were seen from inside"] : [],
    facts.seesNetwork ? ["there was a network inside"] : [],
    confinement === "nobody" && facts.userNumber !== nobody ? [`user ${facts.userNumber} inside`] : [],
    confinement === "nobody" && facts.groupNumbers.some((group) => group !== nobody) ? [`groups ${facts.groupNumbers.join(" ")} inside`] : [],
    confinement === "nobody" && facts.rights.some((rights) => rights !== readRight) ? [`rights ${facts.rights.join(" ")} inside`] : [],
    facts.decodes ? [] : ["no picture could be decoded from inside"],
    facts.sandboxFault === null ? [] : [facts.sandboxFault],
  ].flat();
  return wrong.length === 0 ? null : wrong.join("; ");
}

/** Lists as far as the first name, and asks for what bears it. */
function look(root: Buffer): void {
  const folder = opendirSync(root, { encoding: "buffer" as BufferEncoding });
  try {
    const first = folder.readSync();
    // The type of a name is text, whatever the encoding makes of it.
    if (first !== null) lstatSync(Buffer.concat([root, Buffer.from("/"), first.name as unknown as Buffer]));
  } finally {
    folder.closeSync();
  }
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

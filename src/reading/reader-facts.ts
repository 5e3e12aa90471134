import { lstatSync, opendirSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { mountOf } from "../evidence/mount.ts";
import type { Confinement } from "../isolation.ts";
import { nobody } from "../system-programs.ts";
import { readRight } from "./reader-command.ts";

/** What a reader finds of itself before it reads anything. Nothing is tried that could alter evidence if it were possible. */
export interface ReaderFacts {
  /** The evidence's folder can be opened and listed, and a file in it looked for, as far as who may read decides it: what is broken there is no fault of the confinement. */
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
  /** A filter of system calls is on. */
  readonly isFiltered: boolean;
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
    seesEvidence: mayLook(Buffer.from(root)),
    isReadOnly: mountOf(Buffer.from(root).toString("latin1"))?.mountOptions.split(",").includes("ro") === true,
    seesHidden: hidden.some((path) => succeeds(() => statSync(Buffer.from(path)))),
    seesNetwork: Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal)),
    userNumber: process.getuid?.() ?? -1,
    groupNumbers: [...new Set([process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])])],
    rights: ["CapPrm", "CapEff", "CapBnd"].map(statusOf),
    isFiltered: statusOf("Seccomp") === "2",
  };
}

/** What the kernel says of this process. */
function statusOf(name: string): string {
  return new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? "unknown";
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
    facts.isFiltered ? [] : ["no system call was refused inside"],
    facts.decodes ? [] : ["no picture could be decoded from inside"],
    facts.sandboxFault === null ? [] : [facts.sandboxFault],
  ].flat();
  return wrong.length === 0 ? null : wrong.join("; ");
}

/** How many names are looked for at most until one is not refused. */
const mostNames = 64;

/** Lists, and asks for what the names bear. One broken name, or a broken folder, decides nothing: evidence could else have its readers set free. */
function mayLook(root: Buffer): boolean {
  if (notThere.has(errorNumberOf(() => opendirSync(root).closeSync()))) return false;
  const names: Buffer[] = [];
  const listing = (): void => {
    const folder = opendirSync(root, { encoding: "buffer" as BufferEncoding });
    try {
      // The type of a name is text, whatever the encoding makes of it.
      for (let name = folder.readSync(); name !== null && names.length < mostNames; name = folder.readSync()) names.push(name.name as unknown as Buffer);
    } finally {
      folder.closeSync();
    }
  };
  if (isRefused(listing)) return false;
  return names.length === 0 || names.some((name) => !isRefused(() => lstatSync(Buffer.concat([root, Buffer.from("/"), name]))));
}

/** What confinement can cause: EPERM, EACCES, and of network shares that nobody has no key to them (ENOKEY, EKEYEXPIRED, EKEYREVOKED, EKEYREJECTED). Source: linux/errno.h. */
const refusals: ReadonlySet<number> = new Set([1, 13, 126, 127, 128, 129]);

/** What a root gives that is not in the view, or no folder of it: ENOENT, ENOTDIR. */
const notThere: ReadonlySet<number> = new Set([2, 20]);

function isRefused(attempt: () => unknown): boolean {
  return refusals.has(errorNumberOf(attempt));
}

/** The kernel's number of the error that an attempt ends with; 0 for none. */
function errorNumberOf(attempt: () => unknown): number {
  try {
    attempt();
    return 0;
  } catch (thrown) {
    return Math.abs((thrown as NodeJS.ErrnoException).errno ?? 0);
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

import { Failure } from "../failure.ts";
import { type Confinement, confinements, type ConfinementTried } from "../isolation.ts";
import type { Batch, Finding } from "../model.ts";
import { startReadWell } from "./device-answers.ts";
import { type ReaderPool, type ReaderSettings, startReaders } from "./pool.ts";
import { shortfall } from "./reader-facts.ts";
import { ReaderGone } from "./reader-handle.ts";
import { addWork, noWork } from "./readers-work.ts";

export interface ConfinedSettings extends Omit<ReaderSettings, "confinement"> {
  /** Paths that are there, and that no confined reader may see: the lists, the record. */
  readonly hidden: readonly Uint8Array[];
  /** Called when a file that nobody may read was read in a weaker confinement. */
  readonly lowered: (tried: ConfinementTried) => void;
  /** Called once when files that nobody may read could not be tried with one's own user either, in words. */
  readonly warned: (message: string) => void;
}

export interface ConfinedReaders extends Omit<ReaderPool, "look"> {
  /**
   * Starts a reader in each way of confinement, the strongest first, until one finds of itself what the way promises; all further readers are started in that one.
   * To be called once, before anything is read. `root` is the evidence.
   */
  confine(root: Uint8Array): Promise<ConfinementTried>;
}

/**
 * Readers in the strongest confinement that works here: none is assumed. What decides who may read is not always this kernel (a network share, FUSE): a file that
 * nobody may not read is read again by a reader that is as strongly confined but keeps its user, so that no confinement costs a file.
 */
export function startConfinedReaders(settings: ConfinedSettings): ConfinedReaders {
  const started: ReaderPool[] = [];
  const readWell = startReadWell();
  let pool: ReaderPool | null = null;
  let chosen: Confinement | null = null;
  let ownUser: Promise<ReaderPool | null> | null = null;
  let told = false;
  let closed = false;

  const start = (confinement: Confinement, count: number): ReaderPool => {
    const readers = startReaders({ ...settings, readWell, confinement, count });
    started.push(readers);
    return readers;
  };
  const wrongWith = async (confinement: Exclude<Confinement, "plain">, readers: ReaderPool, root: Uint8Array): Promise<string | null> => {
    try {
      return shortfall(confinement, await readers.look(root, settings.hidden));
    } catch (thrown) {
      if (closed || !(thrown instanceof ReaderGone || thrown instanceof Failure)) throw thrown;
      return thrown.message;
    }
  };
  const startOwnUser = async (root: Uint8Array): Promise<ReaderPool | null> => {
    const readers = start("read-only", 1);
    const found = await wrongWith("read-only", readers, root);
    if (found === null) return readers;
    await readers.close();
    settings.warned(`readers: found files that nobody may read, expected to read them again with the user who ran this; no reader of that user could be had: ${found}`);
    return null;
  };
  const readAsOwnUser = async (root: Uint8Array, batch: Batch, findings: readonly Finding[]): Promise<readonly Finding[]> => {
    const isRefused = (finding: Finding | undefined, at: number): boolean => finding?.outcome === "unread" && finding.reason === "permission" && batch[at]?.unread === null;
    const refused = batch.filter((_, at) => isRefused(findings[at], at));
    if (refused.length === 0) return findings;
    const readers = await (ownUser ??= startOwnUser(root));
    if (readers === null) return findings;
    const again = new Map((await readers.read(root, refused)).map((finding) => [finding.no, finding]));
    if (!told && [...again.values()].some((finding) => finding.outcome === "examined")) {
      told = true;
      settings.lowered({ confinement: "read-only", refused: [{ confinement: "nobody", found: "some files could not be read in it, and only these were read in this one" }] });
    }
    return findings.map((finding) => again.get(finding.no) ?? finding);
  };

  return {
    async confine(root) {
      const refused: { readonly confinement: Confinement; readonly found: string }[] = [];
      for (const confinement of waysHere()) {
        const readers = start(confinement, settings.count);
        const found = confinement === "plain" ? null : await wrongWith(confinement, readers, root);
        if (found === null) {
          pool = readers;
          chosen = confinement;
          return { confinement, refused };
        }
        await readers.close();
        refused.push({ confinement, found });
      }
      throw new Error("readers: found no way to start them, expected the plain one at least");
    },
    async read(root, batch) {
      if (pool === null) throw new Error("readers: found a batch before they were confined, expected none");
      const findings = await pool.read(root, batch);
      return chosen === "nobody" ? readAsOwnUser(root, batch, findings) : findings;
    },
    bytesInFlight: () => started.reduce((sum, readers) => sum + readers.bytesInFlight(), 0),
    work: () => started.reduce((sum, readers) => addWork(sum, readers.work()), noWork),
    async close() {
      closed = true;
      await Promise.all(started.map((readers) => readers.close()));
    },
  };
}

/** Only root can become nobody and keep the right to read. */
function waysHere(): readonly Confinement[] {
  const all = Object.keys(confinements) as Confinement[];
  return process.getuid?.() === 0 ? all : all.filter((confinement) => confinement !== "nobody");
}

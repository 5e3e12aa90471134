import type { Confinement } from "../isolation.ts";
import { architectures } from "../seccomp/system-calls.ts";
import { coreLimitBytes, nobody, systemProgram } from "../system-programs.ts";
import { readerFilter } from "./reader-filter.ts";
import { readerView } from "./reader-view.ts";

/** How a reader is started. Shape: what is `handedIn` is to be written to the descriptors from `firstHandedIn` on, in its order, afresh for every start: it is read to its end. */
export interface ReaderCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly handedIn: readonly Uint8Array[];
}

/** The first descriptor behind the standard ones and the channel of messages. */
export const firstHandedIn = 4;
const [optionsDescriptor, filterDescriptor] = [firstHandedIn, firstHandedIn + 1];

/** What a reader may do as nobody, as the kernel writes it: open and list what there is (CAP_DAC_READ_SEARCH). */
export const readRight = "0000000000000004";

const node = ["--max-old-space-size=512"];

/** What bubblewrap needs of root: to build the view, and the reader to start its decoder in another; to read; to become nobody. */
const rightsOfRoot = ["SYS_ADMIN", "SYS_CHROOT", "NET_ADMIN", "SETUID", "SETGID", "SETPCAP", "DAC_READ_SEARCH", "DAC_OVERRIDE"];
const rightsToBecomeNobody = ["SETUID", "SETGID", "SETPCAP", "DAC_READ_SEARCH"];

/**
 * The command that starts a compiled reader program: in a view of its own, in which nothing can be written, with no network, and ended with whoever started it.
 *
 * Shape: null when this machine lacks a program that is needed for it, or has a processor whose system calls are not known here. The view is that of the moment: a root that is not there is not seen.
 */
export function readerCommand(confinement: Confinement, program: string, roots: readonly Uint8Array[]): ReaderCommand | null {
  if (confinement === "plain") return { command: process.execPath, args: [...node, program], handedIn: [] };
  const [prlimit, bubblewrap, setpriv] = ["prlimit", "bwrap", "setpriv"].map(systemProgram);
  const architecture = architectures.find((known) => known === process.arch);
  if (prlimit == null || bubblewrap == null || setpriv == null || architecture === undefined) return null;
  const asNobody = confinement === "nobody";
  return {
    command: prlimit,
    // What it read must not lie in a core file.
    args: [`--core=${coreLimitBytes()}`, "--", bubblewrap, "--args", `${optionsDescriptor}`, "--", ...(asNobody ? [setpriv, ...becomingNobody] : []), process.execPath, ...node, program],
    handedIn: [optionsFor(asNobody ? rightsToBecomeNobody : rightsOfRoot, readerView(program, roots)), readerFilter(architecture)],
  };
}

const onlyToRead = "-all,+dac_read_search";
const becomingNobody = ["--reuid", `${nobody}`, "--regid", `${nobody}`, "--clear-groups", `--inh-caps=${onlyToRead}`, `--ambient-caps=${onlyToRead}`, `--bounding-set=${onlyToRead}`, "--no-new-privs"];

/** Options are handed over as bytes, each ended by a zero: names of folders are not always text. */
function optionsFor(rights: readonly string[], view: readonly Uint8Array[]): Uint8Array {
  const user = process.getuid?.() === 0 ? rights.flatMap((right) => ["--cap-add", `CAP_${right}`]) : ["--unshare-user", "--uid", `${process.getuid?.() ?? nobody}`, "--gid", `${process.getgid?.() ?? nobody}`];
  const before = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL", ...user];
  const seen = view.flatMap((path) => [...foldersAbove(path).flatMap((folder) => ["--perms", "0755", "--dir", folder]), "--ro-bind-try", path, path]);
  // The decoder's sandbox is built over /tmp, which stays empty; of devices a program needs one.
  const after = ["--proc", "/proc", "--perms", "0755", "--dir", "/dev", "--dev-bind", "/dev/null", "/dev/null", "--perms", "0755", "--dir", "/tmp", "--remount-ro", "/", "--chdir", "/", "--seccomp", `${filterDescriptor}`];
  return Buffer.concat([...before, ...seen, ...after].flatMap((option) => [Buffer.from(option), Buffer.of(0)]));
}

/** The folders above a path, outer ones first. */
function foldersAbove(path: Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(path);
  const ends = [...bytes.keys()].filter((at) => at > 0 && bytes[at] === 0x2f);
  return ends.map((end) => bytes.subarray(0, end));
}

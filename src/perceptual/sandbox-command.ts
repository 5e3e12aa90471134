import { statSync } from "node:fs";
import { Failure } from "../failure.ts";
import { coreLimitBytes, nobody, systemProgram, systemProgramFolders } from "../system-programs.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import { architectures } from "../seccomp/system-calls.ts";
import { foldersFor, libraryFolder, nodeInside, programFolder, programInside, visibleFiles } from "./visible-files.ts";

/** How a program is started in the sandbox. Shape: `filter` is to be written to descriptor `filterDescriptor`, afresh for every start: it is read to its end. */
export interface SandboxCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly filter: Uint8Array;
}

/** Where the filter is handed in, and the native program of the probes, whose place is beside Node. */
export const filterDescriptor = 3;
export const nativeDescriptor = 4;
const nativeInside = `${programFolder}/probe`;

/** Most data of a decoder, in bytes: pixels, threads' stacks and JavaScript together. What would take more is told from its header (`decoding-memory.ts`), with a sandbox or without. */
export const mostDataBytes = 2 ** 30;

/** Most files and pipes that it may hold open. */
export const mostFiles = 64;

/** A thread's stack: the usual 8 MB of each of a decoder's threads would count as data. */
const stackBytes = 2 * 1024 * 1024;

// Files cannot be written, but bubblewrap itself makes small ones. How many processes there are is no limit here: it would count those of the user elsewhere.
const limits = (): readonly string[] => [`--core=${coreLimitBytes()}`, `--nofile=${mostFiles}`, "--fsize=8192", `--stack=${stackBytes}`, `--data=${mostDataBytes}`];

/**
 * What a decoder's environment holds. The pixels of every picture would be new memory that the kernel has to clear, a quarter of a decoder's time: so those of
 * usual ones come from one heap, which keeps up to 128 MiB from picture to picture. Larger blocks come and go by themselves, or the heap would be left with holes
 * in which no second one fits. The decoding library would put pictures above 100 MB that it cannot decode row by row into
 * a temporary file: without a sandbox on the disk, and within one it could not.
 */
export const environment: Readonly<Record<string, string>> = { VIPS_BLOCK_UNTRUSTED: "1", VIPS_DISC_THRESHOLD: "1000g", MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "134217728", MALLOC_TRIM_THRESHOLD_: "134217728" };
const environmentInside: Readonly<Record<string, string>> = { ...environment, LD_LIBRARY_PATH: libraryFolder };

/** Names of a sandboxed program's variables. The last is bubblewrap's own. */
export const variablesInside: readonly string[] = [...Object.keys(environmentInside), "PWD"];

/**
 * The command that starts a compiled program of `perceptual/` in the sandbox: nothing to see but itself, nothing to write, nobody to speak to but who holds its pipes.
 *
 * Shape:  `run` is what is started: Node with its options and the program, or the native program that is handed in. Root enters without a namespace of users, so that files are found that only root may look for, and becomes nobody within; everybody else is nobody in
 *         a namespace of users that cannot hold another.
 * Errors: Failure("sandbox-unavailable") naming what is missing.
 */
export function sandboxCommand(program: string, run: { readonly node: readonly string[] } | "native", isRoot: boolean): SandboxCommand {
  const architecture = architectures.find((known) => known === process.arch);
  if (process.platform !== "linux" || architecture === undefined) throw unavailable(`found ${process.platform} on ${process.arch}, expected Linux on ${architectures.join(" or ")}`);
  const setpriv = { source: isRoot ? toolPath("setpriv", "util-linux") : "", at: "/app/setpriv" };
  const visible = [...visibleFiles(program), ...(isRoot ? [setpriv] : [])];
  const closed = visible.find(({ source }) => isRoot && !isOpenToAll(source));
  if (closed !== undefined) throw unavailable(`found ${closed.source} readable by its owner only, expected it readable by everybody (chmod -R go+rX), because root decodes as nobody`);
  const args = [
    // A reader that is nobody hands down its one right, with which bubblewrap would not start.
    ...(isRoot ? [] : ["--inh-caps=-all", "--", toolPath("choom", "util-linux")]),
    ...["-n", "1000", "--", toolPath("prlimit", "util-linux"), ...limits(), "--", toolPath("bwrap", "bubblewrap")],
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"],
    ...(isRoot ? ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"] : ["--unshare-user", "--disable-userns", "--uid", `${nobody}`, "--gid", `${nobody}`, "--cap-drop", "ALL"]),
    ...["--die-with-parent", "--new-session"],
    ...foldersFor(visible).flatMap((folder) => ["--perms", "0755", "--dir", folder]),
    ...visible.flatMap(({ source, at }) => ["--ro-bind", source, at]),
    ...(run === "native" ? ["--perms", "0555", "--ro-bind-data", `${nativeDescriptor}`, nativeInside] : []),
    ...["--remount-ro", "/", "--chdir", "/"],
    ...["--clearenv", ...Object.entries(environmentInside).flatMap(([name, value]) => ["--setenv", name, value])],
    ...["--seccomp", `${filterDescriptor}`, "--"],
    ...(isRoot ? [setpriv.at, "--reuid", `${nobody}`, "--regid", `${nobody}`, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"] : []),
    ...(run === "native" ? [nativeInside] : [nodeInside, ...run.node, programInside(program)]),
  ];
  return { command: toolPath(isRoot ? "choom" : "setpriv", "util-linux"), args, filter: seccompFilter(architecture) };
}

/** The folders above it do not matter: what is shown inside is reached by root before it becomes nobody. */
function isOpenToAll(source: string): boolean {
  const stat = statSync(source);
  const needed = stat.isDirectory() ? 0o005 : 0o004;
  return (stat.mode & needed) === needed;
}

/** What to say when there is no sandbox, with what can be done about it. */
export function unavailable(found: string, cause?: unknown): Failure {
  return new Failure(
    "sandbox-unavailable",
    `sandbox of the decoder: ${found}; install bubblewrap 0.8 or newer (as root, or where users may open namespaces), or decode without a sandbox by --isolation process, which stands in the report`,
    cause,
  );
}

function toolPath(name: string, from: string): string {
  const found = systemProgram(name);
  if (found === null) throw unavailable(`found no ${name} in ${systemProgramFolders.join(", ")}, expected the one of the package ${from}`);
  return found;
}

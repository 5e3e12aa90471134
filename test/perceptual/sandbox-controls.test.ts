import { networkInterfaces } from "node:os";
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { openProbes, probeByCalls, probeByScript } from "../../src/perceptual/probe-sandbox.ts";
import { type SandboxCommand, sandboxCommand } from "../../src/perceptual/sandbox-command.ts";
import { isRoot } from "../../src/perceptual/start-process.ts";
import { compiledFile } from "../support/decoder-program.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith } from "../support/tools.ts";

// Each control of the sandbox taken away by itself, to see that the probes can fail; or with the other that stands before it.

const settings = { program: compiledFile("probe-process.js"), hidden: [Buffer.from(temporaryFolder())] };

type Change = (args: readonly string[]) => readonly string[];

const without =
  (...words: readonly string[]): Change =>
  (args) => {
    const at = args.findIndex((_, index) => words.every((word, offset) => args[index + offset] === word));
    if (at < 0) throw new Error(`no ${words.join(" ")} in the command: the test is of another sandbox`);
    return args.toSpliced(at, words.length);
  };
const instead =
  (pattern: RegExp, by: string): Change =>
  (args) => {
    if (!args.some((arg) => pattern.test(arg))) throw new Error(`no ${pattern.source} in the command: the test is of another sandbox`);
    return args.map((arg) => arg.replace(pattern, by));
  };
const besides =
  (...words: readonly string[]): Change =>
  (args) => args.toSpliced(args.indexOf("--remount-ro"), 0, ...words);
const both =
  (...changes: readonly Change[]): Change =>
  (args) => changes.reduce((changed, change) => change(changed), args);

async function openAfter(change: Change, asRoot: boolean): Promise<readonly string[]> {
  const changed = (command: SandboxCommand): SandboxCommand => ({ ...command, args: change(command.args) });
  const script = await probeByScript(changed(sandboxCommand(settings.program, { node: [] }, asRoot)), settings);
  const calls = await probeByCalls(changed(sandboxCommand(settings.program, "native", asRoot)));
  return openProbes([...script, ...calls]);
}

const filter = without("--seccomp", "3");
const unfiltered = [
  "start its own program again",
  "connect over the network",
  "connect to a socket of this machine",
  "listen on the network",
  "listen on a socket of this machine",
  "make a file in memory",
  "start a program by a descriptor",
  "make a socket of the network",
  "make a socket of this machine",
  "share memory with others",
  "trace a process",
];
const hasNetwork = Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal));

interface Control {
  readonly name: string;
  readonly change: Change;
  /** What then becomes possible; with `among`, besides more. */
  readonly opens: readonly string[];
  readonly among?: boolean;
}

const ofAll: readonly Control[] = [
  { name: "the filter of system calls", change: filter, opens: unfiltered, among: true },
  { name: "the machine's name of its own", change: without("--hostname", "sandbox"), opens: ["learn this machine's name"] },
  { name: "processes of its own", change: without("--unshare-pid"), opens: ["see other processes"] },
  { name: "the limit of data", change: instead(/^--data=\d+$/, "--data=unlimited"), opens: ["take more memory than it may"] },
  { name: "the limit of files", change: instead(/^--nofile=\d+$/, "--nofile=512"), opens: ["open more files than it may"] },
  { name: "files being those it needs only", change: besides("--perms", "0755", "--dir", "/etc", "--ro-bind", "/etc", "/etc"), opens: ["read a file of this machine", "list the files of this machine", "open a file of this machine"] },
  { name: "the evidence being out of sight", change: besides("--perms", "0755", "--dir", "/tmp", "--ro-bind", "/tmp", "/tmp"), opens: ["list the files of this machine"], among: true },
  { name: "no place for temporary files", change: besides("--perms", "1777", "--tmpfs", "/tmp"), opens: ["list the files of this machine", "write a temporary file"] },
  { name: "no programs to start, where the filter is off too", change: both(filter, besides("--perms", "0755", "--dir", "/bin", "--ro-bind", "/bin/sh", "/bin/sh")), opens: ["start a shell"], among: true },
  { name: "no view of processes", change: besides("--perms", "0755", "--dir", "/proc", "--proc", "/proc"), opens: ["list the files of this machine", "see other processes"], among: true },
  { name: "an environment of its own", change: (args) => args.toSpliced(args.indexOf("--seccomp"), 0, "--setenv", "LEAK", "1"), opens: ["find variables that are not its own"] },
  ...(hasNetwork ? [{ name: "a network of its own, where the filter is off too", change: both(filter, without("--unshare-net")), opens: ["see network interfaces"], among: true }] : []),
];

const ofRoot: readonly Control[] = [
  { name: "becoming nobody", change: without("/app/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"), opens: ["be another user than nobody"] },
];

const ofOthers: readonly Control[] = [
  { name: "a file system that cannot be written", change: without("--remount-ro", "/"), opens: ["write beside its program"] },
  { name: "no further namespaces of users, where the filter is off too", change: both(filter, without("--disable-userns")), opens: ["open a namespace of users"], among: true },
  { name: "the number of nobody", change: without("--uid", "65534", "--gid", "65534"), opens: ["be another user than nobody"] },
];

const variants = [
  { who: "root", asRoot: true, controls: [...ofAll, ...ofRoot] },
  { who: "an ordinary user", asRoot: false, controls: [...ofAll, ...ofOthers] },
].filter(({ asRoot }) => !asRoot || isRoot());

for (const { who, asRoot, controls } of variants)
  describeWith("bwrap", maySandbox && existsSync("/bin/sh"), `the sandbox of ${who}`, () => {
    it("holds as it is", async () => {
      expect(await openAfter((args) => args, asRoot)).toEqual([]);
    });

    it("is seen to be open where whoever starts it hands down a descriptor", async () => {
      const command = sandboxCommand(settings.program, { node: [] }, asRoot);
      const handing = (opened: string): SandboxCommand => ({ ...command, command: "/bin/sh", args: ["-c", `exec 9${opened}; exec "$@"`, "sh", command.command, ...command.args] });
      for (const opened of ["</etc/passwd", "</", ">/dev/null"]) expect(openProbes(await probeByScript(handing(opened), settings))).toEqual(["hold a descriptor that is not its own"]);
    });

    it.each(controls)("is seen to be open without $name (REQ-20)", async ({ change, opens, among }) => {
      const open = await openAfter(change, asRoot);
      expect(open).toEqual(among === true ? expect.arrayContaining([...opens]) : opens);
    });
  });

// What no probe sees, and why.
const unseen: readonly { readonly name: string; readonly because: string; readonly change: Change; readonly onlyRoot?: boolean }[] = [
  { name: "the network of its own", because: "no socket passes the filter", change: without("--unshare-net") },
  { name: "shared memory of its own", because: "none passes the filter", change: without("--unshare-ipc") },
  { name: "control groups of its own", because: "they are seen in /proc only, which is not there", change: without("--unshare-cgroup-try") },
  { name: "a session of its own", because: "it has no terminal, and no request to one passes the filter", change: without("--new-session") },
  { name: "the end with its parent", because: "it takes the parent's end to see it", change: without("--die-with-parent") },
  { name: "the limit of core files", because: "nothing can be written anywhere", change: instead(/^--core=[01]$/, "--core=unlimited") },
  { name: "the limit of file sizes", because: "nothing can be written anywhere", change: instead(/^--fsize=\d+$/, "--fsize=unlimited") },
  { name: "small stacks", because: "they spare data, and the limit of data stands", change: instead(/^--stack=\d+$/, "--stack=8388608") },
  { name: "going first when memory runs out", because: "nobody may see it from inside", change: instead(/^1000$/, "0") },
  { name: "no capabilities", because: "nobody has none", change: without("--cap-drop", "ALL") },
  { name: "an empty environment to begin with", because: "the one that it is started with is empty", change: without("--clearenv") },
  { name: "a file system that cannot be written", because: "nobody owns no folder of it", change: without("--remount-ro", "/"), onlyRoot: true },
  { name: "the empty bounding set", because: "a program without privileges gains none", change: without("--bounding-set=-all"), onlyRoot: true },
  { name: "no privileges to hand on", because: "there are none", change: without("--inh-caps=-all"), onlyRoot: true },
  { name: "no new privileges", because: "bubblewrap asks for that itself, always", change: without("--no-new-privs"), onlyRoot: true },
];

describeWith("bwrap", maySandbox, "a control that another one stands before", () => {
  it.each(unseen.filter(({ onlyRoot }) => onlyRoot !== true || isRoot()))("is not seen by the probes: $name, for $because", async ({ change, onlyRoot }) => {
    expect(await openAfter(change, onlyRoot === true || isRoot())).toEqual([]);
  });
});

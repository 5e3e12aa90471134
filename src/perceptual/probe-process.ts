import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { connect, createServer, type ListenOptions, type NetConnectOpts } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { answers, probeNonceBytes, type ProbeRequest, type scriptProbes } from "./probe-protocol.ts";

// The entry point of a program that does in the sandbox what must not be possible there: a nonce and a request on standard input, one frame on standard output.

/** Whether the sandbox held: what was tried gave an error, or nothing. */
type Held = boolean | Promise<boolean>;

function throws(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch {
    return true;
  }
}

function opens(path: string, flags: "wx" | "r+"): void {
  closeSync(openSync(path, flags));
}

function starts(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).error === undefined;
}

/** Refusal by the network itself is none by the sandbox: somebody there would have answered. */
function isCutOff(to: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(to);
    socket.on("connect", () => resolve(false));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EPERM" || error.code === "EACCES" || error.code === "ENETUNREACH"));
  });
}

function cannotListen(on: ListenOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(true));
    server.listen(on, () => server.close(() => resolve(false)));
  });
}

function otherProcesses(): readonly string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`);
}

/**
 * Descriptors that were handed down by whoever started the sandbox. Node's own are of no type, or pipes of which it holds both ends.
 *
 * Shape: those that this program may hold open at most are looked at, and as many above them as a shell has names for.
 */
function strangeDescriptors(): readonly number[] {
  const held = Array.from({ length: 1021 }, (_, at) => at + 3).flatMap((descriptor) => {
    try {
      return [{ descriptor, stat: fstatSync(descriptor) }];
    } catch {
      return [];
    }
  });
  const isOwn = ({ stat }: (typeof held)[number]): boolean => (stat.mode & constants.S_IFMT) === 0 || (stat.isFIFO() && held.filter((other) => other.stat.ino === stat.ino).length === 2);
  return held.filter((one) => !isOwn(one)).map(({ descriptor }) => descriptor);
}

// Before anything else, for what is tried may leave some behind.
const strangeAtStart = strangeDescriptors();

const beside = new URL("written", import.meta.url).pathname;

const attempts = (request: ProbeRequest): Readonly<Record<(typeof scriptProbes)[number], () => Held>> => ({
  "read a file of this machine": () => throws(() => readFileSync("/etc/passwd")),
  "list the files of this machine": () => readdirSync("/").every((name) => request.topFolders.includes(name)),
  "list the evidence": () => request.hidden.every((path) => throws(() => readdirSync(Buffer.from(path, "base64")))),
  "write beside its program": () => ["/written", beside].every((path) => throws(() => opens(path, "wx"))) && throws(() => opens(new URL(import.meta.url).pathname, "r+")),
  "write a temporary file": () => ["/tmp", "/var/tmp", "/dev/shm", "/run"].every((folder) => throws(() => opens(`${folder}/written`, "wx"))),
  "start its own program again": () => !starts(process.execPath, ["--version"]),
  "start a shell": () => !starts("/bin/sh", ["-c", ":"]),
  "connect over the network": () => isCutOff({ host: "127.0.0.1", port: 9 }),
  "connect to a socket of this machine": () => isCutOff({ path: "/run/systemd/journal/stdout" }),
  "listen on the network": () => cannotListen({ host: "127.0.0.1", port: 0 }),
  "listen on a socket of this machine": () => cannotListen({ path: "\0probe" }),
  "signal the process that started it": () => throws(() => process.kill(process.ppid, 0)),
  "see other processes": () => process.ppid === 1 && (throws(otherProcesses) || otherProcesses().length === 0),
  "read another process's environment": () => throws(() => readFileSync(`/proc/${process.ppid}/environ`)),
  "hold a descriptor that is not its own": () => strangeAtStart.length === 0,
  "find variables that are not its own": () => Object.keys(process.env).every((name) => request.variables.includes(name)),
  "be another user than nobody": () => process.getuid?.() === request.userNumber && process.getgid?.() === request.userNumber && throws(() => process.setuid?.(0)),
  "learn this machine's name": () => hostname() !== request.hostName,
  "see network interfaces": () => throws(networkInterfaces) || Object.values(networkInterfaces()).every((each) => each?.every(({ internal }) => internal)),
  "take more memory than it may": () => throws(() => new ArrayBuffer(request.tooManyBytes)),
  "open more files than it may": () => throws(() => Array.from({ length: request.tooManyFiles }, () => openSync(process.execPath, "r"))),
});

async function answer(request: ProbeRequest): Promise<readonly number[]> {
  const found: number[] = [];
  for (const attempt of Object.values(attempts(request))) found.push((await attempt()) ? answers.held : answers.open);
  return found;
}

const input = readFileSync(0);
const request = JSON.parse(input.subarray(probeNonceBytes).toString()) as ProbeRequest;
writeSync(1, Buffer.concat([input.subarray(0, probeNonceBytes), Buffer.from(await answer(request))]));
process.exit(0);

import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { answerBytes, fatalProbe, nativeProbes, nativeProgram } from "./native-probe.ts";
import { violationStatus } from "./decoder-child.ts";
import { answers, type ProbeRequest, probeNonceBytes, probeReplyBytes, scriptProbes } from "./probe-protocol.ts";
import { mostDataBytes, mostFiles, type SandboxCommand, sandboxCommand, unavailable, variablesInside } from "./sandbox-command.ts";
import { nobody } from "../system-programs.ts";
import { isRoot, nodeOptions, startProbe } from "./start-process.ts";
import { architectures } from "../seccomp/system-calls.ts";
import { visibleFiles } from "./visible-files.ts";

/** Something that was tried inside the sandbox. It holds when the attempt failed. */
export interface Probe {
  readonly name: string;
  readonly held: boolean;
}

export interface ProbeSettings {
  /** Absolute path of the compiled probe-process.js, which lies beside the decoder's program. */
  readonly program: string;
  /** Folders that must not be seen inside: the evidence, the case. */
  readonly hidden: readonly Uint8Array[];
}

/** How long the programs may take together. */
const patienceMs = 30_000;

/** How much of what the system says of a sandbox that does not start is passed on. */
const mostSaid = 300;

/**
 * Tries from inside, in the very sandbox of the decoders, what must not be possible there. Two programs in place of the decoder's: one beside it, and one that makes
 * system calls for which JavaScript has no words.
 *
 * Shape:  every probe with its answer, held or not.
 * Errors: Failure("sandbox-unavailable") when the sandbox does not start, or its programs do not answer.
 */
export async function probeSandbox(settings: ProbeSettings): Promise<readonly Probe[]> {
  const command = sandboxCommand(settings.program, { node: nodeOptions }, isRoot());
  const native = sandboxCommand(settings.program, "native", isRoot());
  const [byScript, byCalls] = await Promise.all([probeByScript(command, settings), probeByCalls(native)]);
  return [...byScript, ...byCalls];
}

/** Those that did not hold. Whoever got probes got answers to all: where none came, `probeSandbox` throws. */
export function openProbes(probes: readonly Probe[]): readonly string[] {
  return probes.filter(({ held }) => !held).map(({ name }) => name);
}

export async function probeByScript(command: SandboxCommand, { program, hidden }: ProbeSettings): Promise<readonly Probe[]> {
  const nonce = randomBytes(probeNonceBytes);
  const request: ProbeRequest = {
    hidden: hidden.map((path) => Buffer.from(path).toString("base64")),
    hostName: hostname(),
    topFolders: [...new Set(visibleFiles(program).map(({ at }) => at.split("/")[1] ?? ""))],
    variables: variablesInside,
    userNumber: nobody,
    tooManyBytes: mostDataBytes,
    tooManyFiles: mostFiles,
  };
  const { output, ended } = await outputOf(command, Buffer.concat([nonce, Buffer.from(JSON.stringify(request))]));
  if (output.length !== probeReplyBytes || !output.subarray(0, probeNonceBytes).equals(nonce)) throw unavailable(`its program did not start or answer${ended}`);
  return scriptProbes.map((name, at) => ({ name, held: output[probeNonceBytes + at] === answers.held }));
}

/** A refusal is one of EPERM, ENOSYS, and ENOSPC, which a namespace of users gives where none may be opened; ENOENT where there is no such file. */
const refusals: ReadonlySet<bigint> = new Set([-1n, -38n, -28n]);
const noSuchFile = -2n;

export async function probeByCalls(command: SandboxCommand): Promise<readonly Probe[]> {
  const architecture = architectures.find((known) => known === process.arch) ?? "x64";
  const { output, status, ended } = await outputOf(command, new Uint8Array(0), nativeProgram(architecture));
  if (output.length < answerBytes * nativeProbes.length) throw unavailable(`its program did not start or answer${ended}`);
  const answered = nativeProbes.map(({ name, call }, at): Probe => {
    const answer = output.readBigInt64LE(answerBytes * at);
    return { name, held: refusals.has(answer) || (call === "openat" && answer === noSuchFile) };
  });
  return [...answered, { name: fatalProbe.name, held: status === violationStatus && output.length === answerBytes * nativeProbes.length }];
}

interface Output {
  readonly output: Buffer;
  readonly status: number | null;
  /** How it ended, in words, with what it said. */
  readonly ended: string;
}

function outputOf(command: SandboxCommand, input: Uint8Array, native: Uint8Array | null = null): Promise<Output> {
  return new Promise((resolve) => {
    const child = startProbe(command, native);
    const pieces: Buffer[] = [];
    const said: Buffer[] = [];
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    child.stderr.on("data", (piece: Buffer) => said.push(piece));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const settle = (status: number | null, how: string): void => {
      clearTimeout(timer);
      // Tools of the system say it, before any picture came: no evidence can speak here.
      const words = Buffer.concat(said).toString("latin1").replace(/[^ -~]+/g, " ").trim().slice(0, mostSaid);
      resolve({ output: Buffer.concat(pieces), status, ended: ` (${how}${words === "" ? "" : `: ${words}`})` });
    };
    child.on("error", (error) => settle(null, error.message));
    child.on("close", (status, signal) => settle(status, signal === null ? `status ${status ?? "unknown"}` : signal));
  });
}

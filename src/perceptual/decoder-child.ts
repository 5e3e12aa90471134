import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Perceived } from "../model.ts";
import { nonceBytes, readReply, replyBytes, requestHeader } from "./decoder-protocol.ts";
import type { PipedProcess } from "./start-process.ts";

/** How a decoder process was lost: `violation` when the sandbox ended it for a system call that no decoder makes. */
export type Loss = "crash" | "timeout" | "violation";

/** A running decoder process, for one picture at a time. */
export interface DecoderChild {
  /** False once it has ended, or has been ended for sending what nobody asked for. */
  isAlive(): boolean;

  /** The picture's reply; or how the process was lost, which is then ended. `bytes` are not looked at after the promise resolves. */
  ask(mediaType: string, bytes: Uint8Array, deadlineMs: number): Promise<Perceived | Loss>;

  /** Ends the process and waits for it. */
  end(): Promise<void>;
}

/** How long a killed process may take to go before it is no longer waited for. */
const patienceMs = 5_000;

/** How long a process whose pipe broke may take to say by its status how it ended. */
const lastWordsMs = 500;

/** How a sandbox ends whose program was ended by SIGSYS: 128 and the signal's number. */
export const violationStatus = 159;

export function childOf(child: PipedProcess): DecoderChild {
  const { stdin, stdout } = child;
  let alive = true;
  let receive: ((piece: Uint8Array) => void) | null = null;
  let lose: (() => void) | null = null;

  const kill = (): void => {
    alive = false;
    child.kill("SIGKILL");
    stdin.destroy();
    lose?.();
  };
  const ended = endOf(child).then(kill);
  const broken = (): void => {
    alive = false;
    void soon(ended, lastWordsMs).then(kill);
  };
  stdin.on("error", broken);
  stdout.on("error", broken);
  stdout.on("data", (piece: Uint8Array) => (receive === null ? kill() : receive(piece)));

  const gone = (): Promise<void> => {
    kill();
    return soon(ended, patienceMs);
  };

  return {
    isAlive: () => alive,
    ask: async (mediaType, bytes, deadlineMs) => {
      const nonce = randomBytes(nonceBytes);
      let timer: NodeJS.Timeout | undefined;
      const answering = new Promise<Perceived | "crash" | "timeout">((resolve) => {
        const reply = new Uint8Array(replyBytes);
        let filled = 0;
        let written = false;
        // A reply ahead of its request's last byte is a lie, but one whose bytes still lie in the pipe: both must be through.
        const settle = (): void => {
          if (written && filled === replyBytes) resolve(readReply(reply, nonce, bytes.length) ?? "crash");
        };
        lose = () => resolve("crash");
        receive = (piece) => {
          if (filled + piece.length > replyBytes) return kill();
          reply.set(piece, filled);
          filled += piece.length;
          settle();
        };
        timer = setTimeout(() => resolve("timeout"), deadlineMs);
        if (!alive) return broken();
        stdin.write(requestHeader(nonce, mediaType, bytes.length));
        stdin.write(bytes, (error) => {
          written = error === null || error === undefined;
          settle();
        });
      });
      let answer: Perceived | "crash" | "timeout";
      try {
        answer = await answering;
      } finally {
        clearTimeout(timer);
        receive = null;
        lose = null;
      }
      if (typeof answer !== "string") return answer;
      await gone();
      return answer === "crash" && child.exitCode === violationStatus ? "violation" : answer;
    },
    end: gone,
  };
}

/** When the process has ended and its pipes are read to their end, or when it could not be started. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.on("error", () => {
      if (child.pid === undefined) resolve();
    });
  });
}

async function soon(ended: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([ended, new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)))]);
  clearTimeout(timer);
}

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Perceived } from "../model.ts";
import { nonceBytes, readReply, replyBytes, requestHeader } from "./decoder-protocol.ts";

/** A running decoder process, for one picture at a time. */
export interface DecoderChild {
  /** False once it has ended, or has been ended for sending what nobody asked for. */
  isAlive(): boolean;

  /** The picture's reply; or how the process was lost, which is then ended. `bytes` are not looked at after the promise resolves. */
  ask(mediaType: string, bytes: Uint8Array, deadlineMs: number): Promise<Perceived | "crash" | "timeout">;

  /** Ends the process and waits for it. */
  end(): Promise<void>;
}

/** JavaScript memory of the decoder; pixels lie outside it. */
const heapMegabytes = 256;

/** How long a killed process may take to go before it is no longer waited for. */
const patienceMs = 5_000;

export function startChild(program: string): DecoderChild {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, program], {
    cwd: "/",
    // A session of its own: what is typed at the terminal (Ctrl-C) must not make a crash of the picture at hand.
    detached: true,
    env: { VIPS_BLOCK_UNTRUSTED: "1", MALLOC_ARENA_MAX: "2" },
    stdio: ["pipe", "pipe", "ignore"],
  });
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
  stdin.on("error", kill);
  stdout.on("error", kill);
  stdout.on("data", (piece: Uint8Array) => (receive === null ? kill() : receive(piece)));

  const gone = (): Promise<void> => {
    kill();
    return soon(ended);
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
        if (!alive) return kill();
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
      if (typeof answer === "string") await gone();
      return answer;
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

async function soon(ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([ended, new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
  clearTimeout(timer);
}

import { constants, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { Failure, outcomeStatuses, systemCode } from "../failure.ts";

const mostBytes = 4096;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const interrupt = 0x03;
const endOfInput = 0x04;
const backspaces = [0x08, 0x7f];
const eraseLine = 0x15;
const firstPrintable = 0x20;

/**
 * Asks for passphrases at the terminal of this process, whatever its standard streams are; what is typed is not shown.
 *
 * Shape:  one answer for each of `prompts`, without its line end; `otherwise` says what to do where there is no terminal. Ctrl-C ends the program as everywhere.
 * Errors: Failure("usage") where there is no terminal, for an answer that is no UTF-8, holds a control character or never ends, and for an end of input.
 */
export async function askPassphrases(prompts: readonly string[], otherwise = "seal lists with a key file (--key-file)"): Promise<string[]> {
  const terminal = openTerminal(otherwise);
  const input = new ReadStream(terminal);
  input.setRawMode(true);
  try {
    return await answers(input, prompts, (text) => void writeSync(terminal, text));
  } finally {
    input.setRawMode(false);
    // Closes the descriptor as well.
    input.destroy();
  }
}

function answers(input: ReadStream, prompts: readonly string[], show: (text: string) => void): Promise<string[]> {
  const given: string[] = [];
  let typed: number[] = [];
  return new Promise((resolve, reject) => {
    const fail = (found: string): void => reject(new Failure("usage", `passphrase: found ${found}, expected a line typed at the terminal`));
    const endLine = (): void => {
      show("\r\n");
      try {
        given.push(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(typed)));
      } catch {
        return fail("bytes that are no UTF-8");
      }
      if (/\p{Cc}/u.test(given.at(-1)!)) return fail("a control character");
      typed = [];
      if (given.length === prompts.length) return resolve(given);
      show(prompts[given.length]!);
    };
    const take = (byte: number): void => {
      if (byte === interrupt) {
        input.setRawMode(false);
        show("\n");
        process.exit(outcomeStatuses.interrupted);
      }
      if (byte === lineFeed || byte === carriageReturn) return endLine();
      if (byte === endOfInput) return fail("the end of input");
      if (backspaces.includes(byte)) return void (typed = withoutLastCharacter(typed));
      if (byte === eraseLine) return void (typed = []);
      // An arrow key and the like: nobody sees what it typed, and nobody types it again.
      if (byte < firstPrintable) return fail("a control character");
      if (typed.push(byte) > mostBytes) fail(`more than ${mostBytes} bytes`);
    };
    input.on("data", (piece: Buffer) => {
      for (const byte of piece) if (given.length < prompts.length) take(byte);
    });
    input.on("end", () => fail("the end of input"));
    input.on("error", (thrown) => fail(`that the terminal cannot be read (${systemCode(thrown) ?? "unknown error"})`));
    show(prompts[0]!);
  });
}

/** Without the bytes of its last character in UTF-8. */
function withoutLastCharacter(bytes: readonly number[]): number[] {
  const start = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.slice(0, Math.max(start, 0));
}

function openTerminal(otherwise: string): number {
  try {
    return openSync("/dev/tty", constants.O_RDWR | constants.O_NOCTTY);
  } catch (thrown) {
    throw new Failure("usage", `passphrase: found no terminal to ask at (${systemCode(thrown) ?? "unknown error"}), expected one; without one, ${otherwise}`, thrown);
  }
}

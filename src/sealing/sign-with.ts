import { spawnSync } from "node:child_process";
import { verify } from "node:crypto";
import { Failure } from "../failure.ts";
import { strictBase64 } from "../minisign/format.ts";
import type { PublicKey } from "../minisign/public-key.ts";
import type { Sign } from "../minisign/signature.ts";

const signatureBytes = 64;
/** A token may ask for a PIN, or for a touch. */
const mostMs = 10 * 60_000;
const mostOutputBytes = 64 * 1024;

/**
 * Signs with a program of the operator's, for keys that never leave a token.
 *
 * Shape:  the command is one of /bin/sh; it has the bytes to sign on standard input, the operator's terminal on standard error, and prints an Ed25519
 *         signature: its 64 bytes, or these as hexadecimal or base64 digits.
 * Errors: Failure("seal-refused") saying what the command did; so for a signature that `publicKey` does not verify.
 */
export function signingWith(command: string, publicKey: PublicKey): Sign {
  return (bytes) => {
    const { status, signal, stdout, error } = spawnSync("/bin/sh", ["-c", command], { input: bytes, stdio: ["pipe", "pipe", "inherit"], timeout: mostMs, maxBuffer: mostOutputBytes });
    if (signal !== null) throw refused(`that the command was ended by ${signal}`, `a signature within ${mostMs / 60_000} minutes`, error);
    // A command that reads nothing of what it is to sign breaks the pipe; what it printed is judged all the same.
    if (status === null) throw refused(`that the command could not be run (${error?.message ?? "unknown error"})`, "a command of /bin/sh", error);
    if (status !== 0) throw refused(`that the command ended with status ${status}`, "status 0 and a signature on standard output");
    const signature = signatureIn(stdout);
    if (signature === null) throw refused(`${stdout.length} bytes that are no signature`, `the ${signatureBytes} bytes of an Ed25519 signature on standard output, or these in hexadecimal or base64`);
    if (!verify(null, bytes, publicKey.key, signature)) throw refused("a signature that the public key does not verify", `one by the key ${publicKey.keyId} over exactly the bytes on its standard input`);
    return signature;
  };
}

function signatureIn(printed: Buffer): Buffer | null {
  if (printed.length === signatureBytes) return printed;
  const text = printed.toString("latin1").trim();
  const bytes = /^[0-9a-f]{128}$/i.test(text) ? Buffer.from(text, "hex") : strictBase64(text.replace(/\r?\n/g, ""));
  return bytes?.length === signatureBytes ? bytes : null;
}

function refused(found: string, expected: string, cause?: unknown): Failure {
  return new Failure("seal-refused", `--sign-with: found ${found}, expected ${expected}`, cause);
}

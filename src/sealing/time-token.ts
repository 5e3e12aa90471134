import { spawnSync } from "node:child_process";
import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { systemProgram } from "../system-programs.ts";

const mostMs = 60_000;

/** The bytes of a query for a time stamp over a file (RFC 3161), with its SHA-256. Errors: Failure("seal-refused"). */
export function timeQuery(file: Buffer): Buffer {
  return openssl(["ts", "-query", "-data", pathArgument(file), "-sha256", "-cert"], "a query for a time stamp").stdout;
}

/**
 * The time that a token states for a file, once the authority's certificates were seen to vouch for it.
 *
 * Shape:  as openssl prints it, such as "Nov 22 12:00:00 2026 GMT". Whether the authority's certificate is still good is judged by today's clock.
 * Errors: Failure("seal-refused") with openssl's own words when the token is no token, is of another file, or is not the authority's.
 */
export function tokenTime(token: Buffer, file: Buffer, authority: string): string {
  openssl(["ts", "-verify", "-data", pathArgument(file), "-in", pathArgument(token), "-CAfile", authority], `a token of that authority over ${pathText(file)}`);
  const { stdout } = openssl(["ts", "-reply", "-in", pathArgument(token), "-text"], "a token with a time");
  const [, time] = /^Time stamp: (.+)$/m.exec(stdout.toString()) ?? [];
  if (time === undefined) throw new Failure("seal-refused", `${pathText(token)}: found no time in it, expected a token with one`);
  return pathText(Buffer.from(time));
}

/** Runs the system's openssl, without the settings of whoever started this. */
function openssl(args: readonly string[], expected: string): { readonly stdout: Buffer } {
  const program = systemProgram("openssl");
  if (program === null) throw new Failure("seal-refused", "openssl: found no such program on this machine, expected it for time stamps (Debian: apt install openssl)");
  const { status, stdout, stderr, error } = spawnSync(program, args, { env: { LC_ALL: "C" }, timeout: mostMs, maxBuffer: 16 * 1024 * 1024 });
  if (status === 0) return { stdout };
  const said = stderr?.toString().split("\n").filter(Boolean).at(-1) ?? error?.message ?? "nothing";
  throw new Failure("seal-refused", `openssl ts: found that it refused (status ${status ?? "none"}: ${pathText(Buffer.from(said))}), expected ${expected}`, error);
}

/** openssl takes names as text: bytes that are none would name another file. */
function pathArgument(path: Buffer): string {
  const text = path.toString("utf8");
  if (!Buffer.from(text).equals(path)) throw new Failure("seal-refused", `${pathText(path)}: found a path that is no UTF-8, expected one for time stamps; move the case folder`);
  return text;
}

import { spawn } from "node:child_process";
import { type Ended, program } from "./blindmatch.ts";

/** Runs the program at a terminal of its own and types the answers, each once a prompt for a passphrase stands there. `out` is what the terminal showed. Needs script. */
export function atTerminal(answers: readonly (string | Buffer)[], args: readonly string[]): Promise<Ended> {
  const quoted = [process.execPath, program, ...args].map((argument) => `'${argument.replaceAll("'", "'\\''")}'`).join(" ");
  const running = spawn("script", ["-qec", quoted, "/dev/null"], { stdio: ["pipe", "pipe", "pipe"] });
  let out = "";
  let given = 0;
  running.stdout.on("data", (data: Buffer) => {
    out += data.toString();
    const prompts = out.match(/passphrase[^\n]*: /g)?.length ?? 0;
    while (given < Math.min(prompts, answers.length)) running.stdin.write(answers[given++]!);
  });
  return new Promise((resolve) => running.on("close", (status) => resolve({ status, out, err: "" })));
}

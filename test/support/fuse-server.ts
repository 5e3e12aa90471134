import { type ChildProcess, spawn } from "node:child_process";
import { openSync, read, writevSync } from "node:fs";
import { systemCode } from "../../src/failure.ts";
import { type Answer, answersOver } from "./fuse-answers.ts";
import { readRequest, replyHeader } from "./fuse-protocol.ts";
import { errorNumbers, type FuseTree } from "./fuse-tree.ts";

// A process of its own: PLACE as its argument, the tree as one line of JSON on standard input, "mounted" on standard output once it is there.
// When standard input ends, as it does when the test dies, it unmounts and ends; and with it all that hung on it: the kernel fails what is unanswered.

// The kernel wants room for the largest write that was agreed on, and for no less than 8 KiB.
const request = Buffer.alloc(128 * 1024);
const device = openSync("/dev/fuse", "r+");
const place = process.argv[2]!;

function reply(unique: bigint, answer: Answer): void {
  if (typeof answer === "string") return;
  try {
    if ("error" in answer) writevSync(device, [replyHeader(unique, 0, errorNumbers[answer.error])]);
    else writevSync(device, answer.body.length === 0 ? [replyHeader(unique, 0)] : [replyHeader(unique, answer.body.length), answer.body]);
  } catch (thrown) {
    // Whoever asked is gone meanwhile, or the file system is unmounted.
    if (!["ENOENT", "ENODEV"].includes(systemCode(thrown) ?? "")) throw thrown;
  }
}

function serve(answer: ReturnType<typeof answersOver>): void {
  read(device, request, 0, request.length, null, (error, count) => {
    const code = error === null ? null : systemCode(error);
    if (code === "ENODEV") process.exit(0);
    if (code === null) {
      const asked = readRequest(request.subarray(0, count));
      const answered = answer(asked);
      if (typeof answered === "object" && "afterMs" in answered) setTimeout(() => reply(asked.unique, answered), answered.afterMs);
      else reply(asked.unique, answered);
    } else if (!["ENOENT", "EINTR", "EAGAIN"].includes(code)) throw error;
    serve(answer);
  });
}

/** Asynchronous: unmounting asks this very process questions. */
function run(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: ["ignore", "ignore", "inherit", device] });
}

function begin(tree: FuseTree): void {
  run("mount", ["-i", "-t", "fuse", "-o", `fd=3,rootmode=40000,user_id=0,group_id=0,${process.argv[3] === "only-us" ? "" : "allow_other,"}ro`, "blindmatch-faults", place]).on("exit", (status) => {
    if (status !== 0) process.exit(1);
    // Not before: until it is mounted, the device refuses to be read.
    serve(answersOver(tree));
    process.stdout.write("mounted\n");
  });
}

// Ctrl-C reaches the whole group of processes: this one is still needed, to unmount.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);

let stated = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (piece: string) => {
  const complete = piece.includes("\n");
  stated += piece;
  if (complete) begin(JSON.parse(stated) as FuseTree);
});
// Killed, for an exit would wait for the read that is under way, and that for as long as somebody holds a folder of the tree open.
process.stdin.on("end", () => run("umount", ["-l", "-i", place]).on("exit", () => process.kill(process.pid, "SIGKILL")));

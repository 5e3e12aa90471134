import { startBlindmatch } from "./blindmatch.ts";

/** Starts a scan and does something to its whole process group, or to main alone, once its output says that it has got so far. */
export async function startUntil(args: readonly string[], sign: RegExp, act: (processId: number) => void): Promise<{ readonly status: number | null; readonly out: string }> {
  const running = startBlindmatch(...args, "--json");
  let out = "";
  let acted = false;
  const ended = new Promise<number | null>((resolve) => running.on("exit", resolve));
  running.stdout!.on("data", (data: Buffer) => {
    out += data.toString();
    if (acted || !sign.test(out)) return;
    acted = true;
    act(running.pid!);
  });
  return { status: await ended, out };
}

import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A process and all that it started and that they started, as they are at this moment. */
export function processTree(processId: number): number[] {
  return [processId, ...childrenOf(processId).flatMap(processTree)];
}

/** True when none of the processes is there any more, within ten seconds. */
export async function areGone(processIds: readonly number[]): Promise<boolean> {
  const isThere = (processId: number): boolean => existsSync(`/proc/${processId}`);
  for (let tries = 0; tries < 200 && processIds.some(isThere); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  return !processIds.some(isThere);
}

/** Kills processes of which some may have ended. */
export function killAll(processIds: readonly number[]): void {
  for (const processId of processIds) {
    try {
      process.kill(processId, "SIGKILL");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
    }
  }
}

function childrenOf(processId: number): number[] {
  try {
    const threads = readdirSync(`/proc/${processId}/task`);
    return threads.flatMap((thread) => readFileSync(`/proc/${processId}/task/${thread}/children`, "utf8").split(" ").filter((child) => child !== "").map(Number));
  } catch {
    // It ended meanwhile.
    return [];
  }
}

import { closeSync, constants, openSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import { O_PATH } from "./open-path.ts";

/** The way into folders and back, for work by names alone. */
export interface WorkingFolder {
  /**
   * Does `work` with an open folder as the working folder, and goes back to the one before whatever `work` comes to.
   *
   * Shape:  null where that folder may not be entered: nothing was done. `work` neither waits nor gives anything out before its end, for no other code is to run in there.
   * Errors: Failure("usage") where the way back is barred; the working folder is "/" then.
   */
  within<Result>(folder: number, work: () => Result): Result | null;
  close(): void;
}

/** The working folder, to be left and come back to; null where the system does not allow it. Only the main thread of a process has one to change: TypeError in another. */
export function leavingWorkingFolder(): WorkingFolder | null {
  const home = openedHome();
  if (home === null) return null;
  // To where one is: a way back that does not hold now is not relied on.
  if (!enter(home)) {
    closeSync(home);
    return null;
  }
  return {
    within(folder, work) {
      if (!enter(folder)) return null;
      try {
        return work();
      } finally {
        goBack(home);
      }
    },
    close: () => closeSync(home),
  };
}

function openedHome(): number | null {
  try {
    return openSync(".", O_PATH | constants.O_DIRECTORY);
  } catch (thrown) {
    if (systemCode(thrown) === null) throw thrown;
    return null;
  }
}

function enter(folder: number): boolean {
  try {
    process.chdir(`/proc/self/fd/${folder}`);
    return true;
  } catch (thrown) {
    // The working folder is still what it was.
    if (systemCode(thrown) === null) throw thrown;
    return false;
  }
}

function goBack(home: number): void {
  try {
    process.chdir(`/proc/self/fd/${home}`);
  } catch (thrown) {
    // Whatever still runs is not to take a relative path for one in the evidence.
    process.chdir("/");
    throw new Failure("usage", `working folder: found that it cannot be gone back to (${systemCode(thrown) ?? "unknown error"}), expected one that stays; start the program from a folder on a local disk`, thrown);
  }
}

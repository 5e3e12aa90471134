import { userInfo } from "node:os";

/** The operating system's name of who runs this; containers often have none. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

import { spawnSync } from "node:child_process";
import { coreLimitBytes } from "../../src/system-programs.ts";

const namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--ro-bind", "/", "/"];

/** True when decoders can be kept in a sandbox here: bubblewrap is there, and may open the namespaces that it takes. */
export const maySandbox: boolean = spawnSync("prlimit", [`--core=${coreLimitBytes()}`, "--", "bwrap", ...namespaces, "true"]).status === 0;

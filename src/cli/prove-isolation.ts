import { fileURLToPath } from "node:url";
import type { Isolation } from "../isolation.ts";
import { openProbes, type Probe, probeSandbox } from "../perceptual/probe-sandbox.ts";
import { unavailable } from "../perceptual/sandbox-command.ts";

/**
 * Tries from inside the sandbox what must not be possible there.
 *
 * Shape:  names of what was tried, all of which failed; none when no sandbox was asked for. `hidden` are folders that must not be seen.
 * Errors: Failure("sandbox-unavailable") when there is no sandbox, or when something was possible.
 */
export async function proveIsolation(isolation: Isolation, hidden: readonly Uint8Array[]): Promise<readonly string[]> {
  if (isolation === "process") return [];
  const probes = await isolationProbes(hidden);
  const open = openProbes(probes);
  if (open.length > 0) throw unavailable(`found it possible from inside to ${open.join("; ")}, expected none of it`);
  return probes.map(({ name }) => name);
}

/** The probes themselves, whether they held or not. Errors: Failure("sandbox-unavailable") when there is no sandbox. */
export function isolationProbes(hidden: readonly Uint8Array[]): Promise<readonly Probe[]> {
  return probeSandbox({ program: fileURLToPath(new URL("../perceptual/probe-process.js", import.meta.url)), hidden });
}

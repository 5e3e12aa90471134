import { outcomeStatuses } from "../failure.ts";

/** What asks a program to end. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** First signal: stop at once, keep what is recorded. Second: end without more ado. */
export function stopOnSignals(interruption: AbortController, say: (text: string) => void): void {
  for (const signal of endingSignals)
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(outcomeStatuses.interrupted);
      say("stopping ...");
      interruption.abort();
    });
}

import { directorySource } from "./directory.ts";
import type { Source } from "./source.ts";

/** The kinds of source, by name; the contract suite runs over this list. */
export const sources: Readonly<Record<string, (location: Uint8Array) => Source>> = {
  directory: (location) => directorySource(location),
};

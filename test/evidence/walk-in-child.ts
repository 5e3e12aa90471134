import { directorySource } from "../../src/evidence/directory.ts";

// Run as a process of its own, for its memory is measured: ROOT. Says how many names of which kind it found, and the most memory that it ever held.
const source = directorySource(process.argv[2]!);
const found: Record<string, number> = {};
for (const { kind, unread } of source.entries()) found[unread ?? kind] = (found[unread ?? kind] ?? 0) + 1;
process.stdout.write(JSON.stringify({ found, folders: source.foldersListed(), peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));

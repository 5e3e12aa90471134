import type { ListReading } from "../lists/read-list.ts";
import type { Reference } from "../model.ts";

const everyMs = 1000;

interface Terminal {
  write(text: string): unknown;
}

/** The same reading, which tells a terminal about once a second how many rows were read, and takes that line away at the end. Counts only. */
export function counted(reading: ListReading, terminal: Terminal, elapsedMs: () => number = () => performance.now()): ListReading {
  async function* references(): AsyncGenerator<readonly Reference[]> {
    let rows = 0;
    let shownAtMs = elapsedMs();
    try {
      for await (const run of reading.references()) {
        rows += run.length;
        const atMs = elapsedMs();
        if (atMs - shownAtMs >= everyMs) {
          shownAtMs = atMs;
          terminal.write(`\r\x1b[K${rows.toLocaleString("en-US")} rows read`);
        }
        yield run;
      }
    } finally {
      terminal.write("\r\x1b[K");
    }
  }
  return { ...reading, references };
}

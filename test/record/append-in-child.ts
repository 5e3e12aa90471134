import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { header, lists, opening, resultOf, sampleEntries } from "./sample-case.ts";

// Run as a process of its own that is killed at some point: FOLDER COUNT ROWS. Says the number of the next entry after each append.
const [folder = "", count = "0", rows = "1"] = process.argv.slice(2);

const isAlive = (processId: number): boolean => {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
};

const { writer, state } = createOrResumeRecord(folder, { ...opening(), header, lists, isAlive });
process.stdout.write(`${state}\n`);
if (state !== "finished") {
  if (!writer.planned) writer.writePlan(sampleEntries(Number(count)), () => 14);
  process.stdout.write("planned\n");
  for (const batch of writer.batches()) {
    for (let at = 0; at < batch.length; at += Number(rows)) {
      writer.append(batch.slice(at, at + Number(rows)).map(resultOf));
      process.stdout.write(`${writer.nextEntry}\n`);
    }
  }
  writer.finish(1);
  process.stdout.write("finished\n");
}
writer.release();

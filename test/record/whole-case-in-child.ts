import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { opening, resultOf, sampleEntries } from "./sample-case.ts";

// Run as a process of its own that is watched: FOLDER COUNT ROWS. A case from its making to its reports, in two sessions; says what is acknowledged.
const [folder = "", count = "0", rows = "1"] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

for (const end of [Math.floor(Number(count) / 2), Number(count)]) {
  const { writer } = createOrResumeRecord(folder, { ...opening(), ...custody() });
  if (!writer.planned) writer.writePlan(sampleEntries(Number(count)), () => 14);
  say("planned");
  for (const batch of writer.batches()) {
    for (let at = 0; at < batch.length && writer.nextEntry < end; at += Number(rows)) {
      writer.append(batch.slice(at, at + Number(rows)).map(resultOf));
      say(`${writer.nextEntry}`);
    }
  }
  if (end === Number(count)) writer.finish(1);
  writer.release();
}
say("finished");
writeReports(folder);
say("reported");

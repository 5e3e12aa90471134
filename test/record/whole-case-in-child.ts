import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { newPass, opening, resultOf, sampleEntries } from "./sample-case.ts";

// Run as a process of its own that is watched: FOLDER COUNT ROWS. A case from its making in two sessions, with a further pass, to its reports; says what is acknowledged.
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
await addPass(folder, { ...opening(), ...custody() }, newPass());
say("passed");
writeReports(folder);
say("reported");

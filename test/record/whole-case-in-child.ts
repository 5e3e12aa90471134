import { custody } from "../../src/cli/custody.ts";
import { writeReports } from "../../src/cli/scan-outcome.ts";
import { addPass } from "../../src/record/add-pass.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { newPass, opening, resultOf, sampleEntries } from "./sample-case.ts";

// Run as a process of its own that is watched: FOLDER COUNT ROWS. A case from its making in three sessions, the second of them stopped, with a further pass, to its reports; says what is acknowledged.
const [folder = "", count = "0", rows = "1"] = process.argv.slice(2);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const all = Number(count);
const [ofFirst, ofSecond] = [Math.floor(all / 3), Math.floor((2 * all) / 3)];
for (const end of [ofFirst, ofSecond, all]) {
  const { writer } = createOrResumeRecord(folder, { ...opening(), ...custody() });
  if (!writer.planned) writer.writePlan(sampleEntries(Number(count)), () => 14);
  say("planned");
  for (const batch of writer.batches()) {
    for (let at = 0; at < batch.length && writer.nextEntry < end; at += Number(rows)) {
      writer.append(batch.slice(at, at + Number(rows)).map(resultOf));
      say(`${writer.nextEntry}`);
    }
  }
  if (end === all) writer.finish(1);
  else if (end === ofSecond) writer.releaseAsOneFile();
  writer.release();
}
say("finished");
await addPass(folder, { ...opening(), ...custody() }, newPass());
say("passed");
writeReports(folder);
say("reported");

import { custody } from "../../src/cli/custody.ts";
import { Failure } from "../../src/failure.ts";
import { createOrResumeRecord } from "../../src/record/open-record.ts";
import { opening } from "./sample-case.ts";

// Run as the first process of a container: FOLDER. Holds the record there until standard input ends, or says why it cannot.
try {
  const { writer } = createOrResumeRecord(process.argv[2] ?? "", { ...opening(), ...custody() });
  process.stdout.write(`process ${process.pid} holds it\n`);
  process.stdin.resume().on("end", () => writer.release());
} catch (thrown) {
  if (!(thrown instanceof Failure)) throw thrown;
  process.stdout.write(`${thrown.code} ${thrown.message}\n`);
}

import { type Bench, isShort, targetLine } from "./bench.ts";
import { hashing } from "./hashing.ts";
import { isolation } from "./isolation.ts";
import { lists } from "./lists.ts";
import { nearPdq } from "./near-pdq.ts";
import { order } from "./order.ts";
import { record } from "./record.ts";
import { robustness } from "./robustness.ts";
import { near } from "./near.ts";

const benches: readonly Bench[] = [lists, near, nearPdq, isolation, robustness, record, order, hashing];

const [, , name] = process.argv;
const chosen = benches.filter((bench) => name === undefined || bench.name === name);
if (chosen.length === 0) {
  process.stderr.write(`bench: found no bench "${name}", expected one of ${benches.map((bench) => bench.name).join(", ")}\n`);
  process.exit(2);
}
for (const bench of chosen) {
  const targets = await bench.run((line) => void process.stdout.write(`${line}\n`));
  process.stdout.write("\n");
  for (const target of targets) process.stdout.write(`${targetLine(target)}\n`);
  if (targets.some(isShort)) process.exitCode = 1;
}

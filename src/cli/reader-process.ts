import type { Digests } from "../model.ts";
import type { Isolation } from "../isolation.ts";
import { canaryPng } from "../perceptual/canary.ts";
import { type Decoder, startDecoder } from "../perceptual/decoder.ts";
import { entriesOf } from "../reading/packed-batch.ts";
import { packedFindings } from "../reading/packed-findings.ts";
import type { Admission, FromReader, ToReader } from "../reading/protocol.ts";
import { factsAt, type ReaderFacts } from "../reading/reader-facts.ts";
import { startReading } from "../reading/reader.ts";
import { startTrying } from "../reading/try-files.ts";
import { type DecodingTally, tallied } from "./decoding-tally.ts";
import { perceivingWith } from "./perceiving.ts";
import { proveIsolation } from "./prove-isolation.ts";

// Entry file of a reader process: it joins the folder that reads with the folder that decodes, which know nothing of each other.

const mainProcess = process.ppid;

/** Also the moment at which a reader deep in a large file sees that its main process is gone: nobody would ever stop it. */
function tell(message: FromReader): void {
  if (process.ppid !== mainProcess) process.exit(0);
  process.send?.(message);
}

/** Whether this reader's decoder decodes, and what can be done from its sandbox, which is another one than the main process would start. */
async function factsOf(decoder: Decoder | null, isolation: Isolation, hidden: readonly Uint8Array[]): Promise<Pick<ReaderFacts, "decodes" | "sandboxFault">> {
  if (decoder === null) return { decodes: true, sandboxFault: null };
  const proved = proveIsolation(isolation, hidden).then(() => null, (thrown: Error) => thrown.message);
  const [{ picture }, sandboxFault] = await Promise.all([decoder.perceive("image/png", canaryPng()), proved]);
  return { decodes: picture.status === "hashed", sandboxFault };
}

process.once("message", (start: ToReader) => {
  if (start.kind !== "start") process.exit(1);
  const { digests, perceptual, decoderProgram: program, isolation } = start;
  let admitted: (admission: Admission) => void = () => undefined;
  const ask = (digests: Digests, sizeBytes: number): Promise<Admission> =>
    new Promise((resolve) => {
      admitted = resolve;
      tell({ kind: "ask", digests, sizeBytes });
    });
  const tally: DecodingTally = { pictures: 0, decodingMs: 0 };
  const decoder = perceptual ? tallied(startDecoder({ program, isolation }), tally) : null;
  const { perceive, believed } = perceivingWith({
    decoder,
    startApart: () => tallied(startDecoder({ program, isolation: isolation === "process" ? "process" : "per-file", picturesPerProcess: 1 }), tally),
    ask,
    told: (digests, perceived) => tell({ kind: "perceived", digests, perceived }),
    doubted: () => tell({ kind: "doubted" }),
  });
  let [busyMs, sinceMs, bytesRead] = [0, 0, 0];
  const tellAlive = (): void => {
    const { user, system } = process.cpuUsage();
    tell({ kind: "alive", bytesRead, work: { ...tally, busyMs: busyMs + performance.now() - sinceMs, cpuMs: (user + system) / 1000 } });
  };
  const read = startReading(digests, perceive, (bytes) => {
    bytesRead = bytes;
    tellAlive();
  }, start.sideBySide, true);
  const tryFiles = startTrying();
  const readBatch = async ({ root, batch }: ToReader & { kind: "batch" }): Promise<void> => {
    sinceMs = performance.now();
    const entries = entriesOf(batch);
    const { result, wasDoubted } = await believed(() => read(root, entries));
    // The last canary was asked after the last word.
    if (decoder !== null) tellAlive();
    busyMs += performance.now() - sinceMs;
    tell({ kind: "findings", findings: packedFindings(result, digests), wasDoubted });
  };
  process.on("message", (message: ToReader) => {
    if (message.kind === "admission") admitted(message.admission);
    if (message.kind === "look")
      void factsOf(decoder, isolation, [message.root, ...message.hidden]).then((facts) => tell({ kind: "facts", facts: { ...factsAt(message.root, message.hidden), ...facts } }));
    if (message.kind === "batch") void readBatch(message);
    if (message.kind === "try") tell({ kind: "tried", given: tryFiles(message.root, message.files, message.place) });
  });
  tell({ kind: "ready" });
});
// Without its main process a reader has nobody to answer.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);

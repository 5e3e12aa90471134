import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exitStatuses, Failure, outcomeStatuses } from "../failure.ts";
import type { Isolation } from "../isolation.ts";
import { openList } from "../lists/read-list.ts";
import { loadScale } from "../lists/scales.ts";
import { type CryptographicAlgorithm, cryptographicAlgorithms } from "../model.ts";
import { algorithms } from "../reading/algorithm.ts";
import { md5ByLanes } from "../reading/arena.ts";
import { startConfinedReaders } from "../reading/confined-readers.ts";
import { importList } from "../reference/import-list.ts";
import { canMatchNear } from "../reference/near-vectors.ts";
import { openReferenceSet } from "../reference/open-reference-set.ts";
import { confinementSentence } from "../reports/history.ts";
import { type Check, failed } from "../selftest.ts";
import { isolationProbes } from "./prove-isolation.ts";
import { now } from "./clock.ts";
import { knownPictureChecks, withKnownPicture } from "./prove-working.ts";
import { versions } from "./version.ts";

// Digests of the three letters "abc". Sources: RFC 1321, FIPS 180-4, and b3sum for BLAKE3.
const ofAbc: Readonly<Record<CryptographicAlgorithm, string>> = {
  md5: "900150983cd24fb0d6963f7d28e17f72",
  sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
  sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  blake3: "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
};

/** `blindmatch selftest`: every check on standard output. Gives the exit status. */
export async function runSelftest(isolation: Isolation): Promise<number> {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "blindmatch-selftest-")));
  const known = join(place, "known");
  const asked = { digests: cryptographicAlgorithms, perceptual: canMatchNear() };
  const { checks: isolated, isSandboxed } = await isolationChecks(isolation, place);
  const readers = startConfinedReaders({
    program: fileURLToPath(new URL("./reader-process.js", import.meta.url)),
    decoderProgram: fileURLToPath(new URL("../perceptual/decoder-process.js", import.meta.url)),
    count: 1,
    ...asked,
    isolation: isSandboxed ? isolation : "process",
    roots: [Buffer.from(known)],
    hidden: [Buffer.from(join(place, "home"))],
    lowered: (tried) => void process.stdout.write(`      ${confinementSentence(tried)}\n`),
    warned: (message) => void process.stdout.write(`      ${message}\n`),
    stallMs: 60_000,
  });
  try {
    const listed = await listChecks(place);
    const [tried, answered] = await withKnownPicture(known, async () => [await readers.confine(Buffer.from(known)), await knownPictureChecks(readers, known, asked)] as const);
    const checks = [...isolated, vectorCheck(), ...algorithmChecks(), ...listed, ...answered];
    for (const { name, expected, found } of checks) process.stdout.write(`${expected === found ? "ok  " : "FAIL"}  ${name}${expected === found ? "" : `: found ${found}, expected ${expected}`}\n`);
    process.stdout.write(`      readers (${tried.confinement}): ${confinementSentence(tried)}\n`);
    process.stdout.write(`      md5: ${md5ByLanes() ? "of several files side by side, by the md5 kernel" : "of one file after the other, by OpenSSL: this processor lacks what the md5 kernel needs"}\n`);
    for (const [name, version] of Object.entries(versions())) process.stdout.write(`      ${name} ${version}\n`);
    return failed(checks).length === 0 ? outcomeStatuses.complete : exitStatuses["selftest-failed"];
  } finally {
    await readers.close();
    rmSync(place, { recursive: true, force: true });
  }
}

/** What cannot be done from inside the sandbox. Where there is none that is a check that fails, and the others go on without it. */
async function isolationChecks(isolation: Isolation, place: string): Promise<{ readonly checks: readonly Check[]; readonly isSandboxed: boolean }> {
  if (isolation === "process") return { checks: [], isSandboxed: false };
  try {
    const probes = await isolationProbes([Buffer.from(place)]);
    return { checks: probes.map(({ name, held }) => ({ name: `sandbox: no way to ${name}`, expected: "held", found: held ? "held" : "possible" })), isSandboxed: true };
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { checks: [{ name: "sandbox", expected: "one", found: thrown.message }], isSandboxed: false };
  }
}

/** Where it does not hold, nothing of pictures is tried, and the other checks go on. */
function vectorCheck(): Check {
  return { name: "processor has the vectors of near matching", expected: "vectors", found: canMatchNear() ? "vectors" : "none: scans need --no-perceptual" };
}

function algorithmChecks(): Check[] {
  return algorithms.map(({ name, start }) => {
    const running = start();
    running.update(Buffer.from("abc"));
    return { name: `${name} of "abc"`, expected: ofAbc[name], found: Buffer.from(running.finish()).toString("hex") };
  });
}

/** Writes a synthetic list, imports it, looks a digest up that it holds and one that it does not. */
async function listChecks(place: string): Promise<Check[]> {
  const file = join(place, "list.csv");
  writeFileSync(file, `record_id,md5,sha1,category\nSYN-1,${ofAbc.md5},${ofAbc.sha1},1\nSYN-2,${"5a".repeat(16)},${"5a".repeat(20)},2\n`);
  const { scale, sha256: scaleSha256 } = await loadScale("vic-us");
  const reading = await openList(file, { scale });
  const home = join(place, "home");
  const key = randomBytes(32);
  const { description } = await importList(home, reading, { agency: "self-test", name: "list", version: "1", kind: "notable", scale, scaleSha256, unsignedReason: "made by this program", key, importedAt: now() });
  const references = openReferenceSet(home, [description], key);
  const matchOf = async (md5: string, sha1: string): Promise<string> => {
    const digests = { md5: Buffer.from(md5, "hex"), sha1: Buffer.from(sha1, "hex"), sha256: Buffer.from(ofAbc.sha256, "hex") };
    const matches = await references.match({ outcome: "examined", no: 0, digests, mediaType: null, extensionFits: null, picture: null, embedded: [] }, 3);
    const inWords = matches.map(({ recordId, category, algorithms: agreeing, contradictedBy }) => [recordId, `category ${category}`, ...agreeing, ...contradictedBy.map((name) => `not ${name}`)].join(" "));
    return inWords.join("; ") || "nothing";
  };
  return [
    { name: "list import counts its rows", expected: "2 of 2", found: `${description.counts.rowsLoaded} of ${description.counts.rowsRead}` },
    { name: "look-up finds a listed digest", expected: "SYN-1 category 1 md5 sha1", found: await matchOf(ofAbc.md5, ofAbc.sha1) },
    { name: "look-up tells a contradiction", expected: "SYN-1 category 1 md5 not sha1", found: await matchOf(ofAbc.md5, "11".repeat(20)) },
    { name: "look-up finds nothing else", expected: "nothing", found: await matchOf("11".repeat(16), "22".repeat(20)) },
  ];
}

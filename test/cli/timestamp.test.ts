import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { Failure } from "../../src/failure.ts";
import { elementsIn, encoded } from "../../src/sealing/der.ts";
import { tokenTime } from "../../src/sealing/time-token.ts";
import { certificatesIn, normalAnswer } from "../../src/sealing/token-form.ts";
import { finishedCase, keyFiles, sealed } from "../sealing/sealed-case.ts";
import { blindmatch, type Ended } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

// An authority of our own answers, by the stock program. VERIFY=all turns every bit of its answer.

const folder = temporaryFolder();
const place = (...names: string[]): string => join(folder, ...names);
const first = keyFiles(folder, "first");
let copies = 0;

function ended(status: number, args: readonly string[]): Ended {
  const result = blindmatch(...args);
  expect(result.status, result.err + result.out).toBe(status);
  return result;
}

function newCase(from: string): string {
  const copy = place(`case-${copies++}`);
  cpSync(place(from), copy, { recursive: true });
  return copy;
}

function verified(status: number, ...args: string[]): string {
  return ended(status, ["verify", ...args]).out;
}

describeWith("openssl", has("openssl"), "a time stamp", () => {
  const [authority, config] = [place("authority"), join(place("authority"), "tsa.cnf")];
  beforeAll(async () => {
    writeFileSync(place("list.csv"), "md5\n");
    finishedCase(place("finished"));
    cpSync(place("finished"), place("sealed"), { recursive: true });
    await sealed(place("sealed"), first);
    mkdirSync(authority);
    writeFileSync(config, `[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n[dn]\nCN=Synthetic authority\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n[tsa]\nextendedKeyUsage=critical,timeStamping\n[default]\ndefault_tsa=t\n[t]\nserial=${authority}/serial\ncrypto_device=builtin\nsigner_cert=${authority}/tsa.crt\nsigner_key=${authority}/tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\naccuracy=secs:1\n`);
    run("openssl", ["req", "-x509", "-newkey", "ed25519", "-nodes", "-config", config, "-keyout", join(authority, "ca.key"), "-out", join(authority, "ca.pem"), "-days", "2"]);
    run("openssl", ["req", "-newkey", "rsa:2048", "-nodes", "-config", config, "-subj", "/CN=Clock", "-keyout", join(authority, "tsa.key"), "-out", join(authority, "tsa.csr")]);
    run("openssl", ["x509", "-req", "-in", join(authority, "tsa.csr"), "-CA", join(authority, "ca.pem"), "-CAkey", join(authority, "ca.key"), "-CAcreateserial", "-extfile", config, "-extensions", "tsa", "-out", join(authority, "tsa.crt"), "-days", "2"]);
    ended(0, ["timestamp", place("sealed"), "--request", place("query.tsq")]);
    run("openssl", ["ts", "-reply", "-config", config, "-queryfile", place("query.tsq"), "-out", place("answer.tsr"), "-chain", join(authority, "ca.pem")]);
  });

  it("states when the seal existed, and is checked with its authority", () => {
    const stamped = newCase("sealed");
    expect(ended(0, ["timestamp", stamped, "--response", place("answer.tsr"), "--authority", join(authority, "ca.pem")]).out).toMatch(/^time stamp: manifest\.json\.minisig existed at .* GMT; kept as manifest\.json\.tsr/);
    const keys = ["--public-key", first.publicFile];
    expect(verified(0, stamped, ...keys)).toContain("manifest.json.tsr: a time stamp, not checked");
    expect(verified(0, stamped, ...keys, "--authority", join(authority, "ca.pem"))).toMatch(/ok {5}manifest\.json\.tsr: manifest\.json\.minisig existed at .* GMT/);
    expect(verified(5, place("sealed"), ...keys, "--authority", join(authority, "ca.pem"))).toContain("manifest.json.tsr: found no such file");
    // Of another seal, and by another authority.
    const other = newCase("finished");
    ended(0, ["seal", other, "--key", first.file]);
    expect(ended(5, ["timestamp", other, "--response", place("answer.tsr"), "--authority", join(authority, "ca.pem")]).err).toContain("openssl ts: found that it refused");
    run("openssl", ["req", "-x509", "-newkey", "ed25519", "-nodes", "-config", config, "-keyout", place("strange.key"), "-out", place("strange.pem"), "-days", "2"]);
    expect(verified(5, stamped, ...keys, "--authority", place("strange.pem"))).toContain("manifest.json.tsr: found no certificate of its signer that those of the authority vouch for");
    expect(ended(2, ["verify", stamped, ...keys, "--authority", place("nowhere.pem")]).err).toContain("nowhere.pem: it cannot be read (ENOENT), expected certificates in PEM");
    expect(ended(2, ["timestamp", stamped, "--response", place("answer.tsr"), "--authority", place("list.csv")]).err).toContain("list.csv: found no certificate, expected certificates in PEM");
  });

  it("is believed in no byte that nobody signed", () => {
    const ca = join(authority, "ca.pem");
    const answer = normalAnswer(readFileSync(place("answer.tsr")), "answer", certificatesIn(ca));
    const [outer] = elementsIn(answer)!;
    const [, token] = elementsIn(outer!.content)!;
    const stamped = newCase("sealed");
    const [path, signature] = [join(stamped, "manifest.json.tsr"), join(stamped, "manifest.json.minisig")];
    // A word of the authority, which is printed before the time, and a certificate that nobody asked for.
    const word = encoded(0x30, [encoded(0x0c, [Buffer.from("ok\nTime stamp: Jan  1 00:00:00 2020 GMT")])]);
    const forged = encoded(0x30, [encoded(0x30, [Buffer.of(2, 1, 0), word]), token!.bytes]);
    writeFileSync(path, forged);
    expect(verified(5, stamped, "--public-key", first.publicFile, "--authority", ca)).toContain("WRONG  manifest.json.tsr: found something in it that nobody signed");
    expect(normalAnswer(forged, "forged", certificatesIn(ca)).equals(answer)).toBe(true);
    writeFileSync(place("forged.tsr"), forged);
    rmSync(path);
    const { out } = ended(0, ["timestamp", stamped, "--response", place("forged.tsr"), "--authority", ca]);
    expect(out).not.toContain("2020");
    expect(readFileSync(path).equals(answer)).toBe(true);
    run("openssl", ["ts", "-verify", "-data", signature, "-in", path, "-CAfile", ca]);
    const passed: number[] = [];
    const step = process.env["VERIFY"] === "all" ? 1 : 7;
    for (let at = 0; at < answer.length; at += step)
      for (const bit of step === 1 ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        const altered = Buffer.from(answer);
        altered[at]! ^= 1 << bit;
        writeFileSync(path, altered);
        try {
          tokenTime(Buffer.from(path), Buffer.from(signature), ca);
          passed.push(at);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
        }
      }
    expect(passed).toEqual([]);
  }, process.env["VERIFY"] === "all" ? 600_000 : 60_000);
});

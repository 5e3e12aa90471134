import { createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { publicKeyOf, rawPublicKey } from "../../src/minisign/public-key.ts";
import { signingWith } from "../../src/sealing/sign-with.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const signed = Buffer.from("the bytes that are signed");

describeWith("openssl", has("openssl"), "a command that signs", () => {
  let key = publicKeyOf("0123456789ABCDEF", Buffer.alloc(32, 1));
  const openssl = (name: string): string => `cat > '${path("bytes")}' && openssl pkeyutl -sign -rawin -inkey '${path(name)}' -in '${path("bytes")}'`;
  beforeAll(() => {
    for (const name of ["token.pem", "other.pem"]) run("openssl", ["genpkey", "-algorithm", "ed25519", "-out", path(name)]);
    run("openssl", ["pkey", "-in", path("token.pem"), "-pubout", "-out", path("public.pem")]);
    key = publicKeyOf("0123456789ABCDEF", rawPublicKey(createPublicKey(readFileSync(path("public.pem")))));
  });

  it.each([
    ["raw", ""],
    ["in base64, over two lines", " | base64 -w 64"],
    ["in hexadecimal", " | od -An -v -tx1 | tr -d ' \\n'"],
  ])("is believed when it prints its signature %s", (_, form) => {
    const signature = signingWith(`{ ${openssl("token.pem")}; }${form}`, key)(signed);
    expect(verify(null, signed, key.key, signature)).toBe(true);
    expect(readFileSync(path("bytes")).equals(signed)).toBe(true);
  });

  it.each([
    ["ends with a status", () => "exit 3", "found that the command ended with status 3"],
    ["prints nothing", () => "cat > /dev/null", "found 0 bytes that are no signature"],
    ["reads nothing and prints nothing", () => "true", "found 0 bytes that are no signature"],
    ["prints something else", () => "echo no", "found 3 bytes that are no signature"],
    ["prints a signature and more", () => `{ ${openssl("token.pem")}; } && echo`, "found 65 bytes that are no signature"],
    ["is killed", () => "kill -9 $$", "found that the command was ended by SIGKILL"],
    ["is not there", () => "/nowhere/at/all 2> /dev/null", "status 127"],
    ["signs with another key", () => openssl("other.pem"), "found a signature that the public key does not verify"],
    ["signs other bytes", () => `cat > /dev/null; echo x | { ${openssl("token.pem")}; }`, "found a signature that the public key does not verify"],
  ])("is refused when it %s", (_, command, message) => {
    writeFileSync(path("bytes"), "");
    expect(() => signingWith(command(), key)(signed)).toThrow(message);
  });
});

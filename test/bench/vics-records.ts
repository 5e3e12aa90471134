const hex = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) hex.set(Buffer.from(byte.toString(16).toUpperCase().padStart(2, "0"), "latin1"), 2 * byte);

const chunkTextBytes = 256 * 1024;
const digestBytesOfRecord = 36;

/** MD5 (16 bytes) and SHA-1 (20 bytes) of each record in turn, from a seed; record n's follow from n alone. */
export function recordDigests(seed: number): (record: number) => Uint8Array {
  const words = new Uint32Array(digestBytesOfRecord / 4);
  const bytes = new Uint8Array(words.buffer);
  return (record) => {
    let state = (Math.imul(record + 1, 0x9e37_79b1) ^ Math.imul(seed, 0x85eb_ca6b)) >>> 0;
    let other = (record ^ seed) >>> 0;
    for (let word = 0; word < words.length; word++) {
      state = (state + 0x6d2b_79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      other = Math.imul(other ^ (other >>> 13), 0xc2b2_ae35) + word;
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      words[word] = (mixed ^ (mixed >>> 14) ^ other) >>> 0;
    }
    return bytes;
  };
}

/** A hash set of the shape that VICS 1.3 hash sets have, about 420 bytes a record, piece by piece; the same for the same seed. */
export function* vicsDocument(records: number, seed: number): Generator<Buffer> {
  const digestsOf = recordDigests(seed);
  const middle = Buffer.from(`", "SHA1": "`, "latin1");
  let chunk = Buffer.allocUnsafeSlow(chunkTextBytes + 4096);
  let used = chunk.write('{\n  "odata.metadata": "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml/US/$metadata#Media",\n  "value": [\n', 0, "latin1");
  for (let record = 0; record < records; record++) {
    const digests = digestsOf(record);
    used += chunk.write(`    {"MediaID": ${4_000_000_000 + record}, "Category": ${(record * 7) % 3}, "MD5": "`, used, "latin1");
    for (let byte = 0; byte < 16; byte++) {
      chunk[used++] = hex[2 * digests[byte]!]!;
      chunk[used++] = hex[2 * digests[byte]! + 1]!;
    }
    chunk.set(middle, used);
    used += middle.length;
    for (let byte = 16; byte < digestBytesOfRecord; byte++) {
      chunk[used++] = hex[2 * digests[byte]!]!;
      chunk[used++] = hex[2 * digests[byte]! + 1]!;
    }
    used += chunk.write(
      `", "MediaSize": ${20_000 + record}, "VictimIdentified": false, "OffenderIdentified": false, "IsDistributed": true, "IsPrecategorized": true, "Series": null, "Tags": null, "Comments": null, "DateUpdated": "2026-01-02T03:04:05Z", "MediaFiles": []}${record + 1 < records ? "," : ""}\n`,
      used,
      "latin1",
    );
    if (used >= chunkTextBytes) {
      yield chunk.subarray(0, used);
      chunk = Buffer.allocUnsafeSlow(chunkTextBytes + 4096);
      used = 0;
    }
  }
  used += chunk.write("  ]\n}\n", used, "latin1");
  yield chunk.subarray(0, used);
}


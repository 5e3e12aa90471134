/** How much work a guess at a key's passphrase is, as minisign states it in the key's file. Units: `memlimit` bytes. */
export interface PassphraseCost {
  readonly opslimit: bigint;
  readonly memlimit: bigint;
}

/** What minisign takes: 1 GiB and some three seconds for each guess. */
export const usualCost: PassphraseCost = { opslimit: 33_554_432n, memlimit: 1_073_741_824n };

/** The parameters of scrypt. Units: `maxmem` bytes. */
export interface ScryptParameters {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly maxmem: number;
}

const leastOperations = 32_768n;
const mostProduct = 0x3fff_ffffn;
const blockFactor = 8n;

/**
 * The parameters that libsodium derives from the limits; null where they ask for more than 4 GiB of memory or 16 times the usual work.
 *
 * Source: pickparams of crypto_pwhash_scryptsalsa208sha256 in libsodium 1.0.18.
 */
export function scryptParameters({ opslimit, memlimit }: PassphraseCost): ScryptParameters | null {
  const operations = opslimit < leastOperations ? leastOperations : opslimit;
  const byMemory = operations >= memlimit / 32n;
  const N = powerAbove((byMemory ? memlimit / (blockFactor * 128n) : operations / (blockFactor * 4n)) / 2n);
  const product = operations / 4n / N;
  const p = byMemory ? (product > mostProduct ? mostProduct : product) / blockFactor : 1n;
  if (N > 2n ** 22n || p < 1n || N * p > 2n ** 24n) return null;
  const memory = 128n * N * blockFactor + 128n * blockFactor * p;
  return { N: Number(N), r: Number(blockFactor), p: Number(p), maxmem: Number(memory) + 1024 * 1024 };
}

/** The least power of two, from 2 on, that is larger. */
function powerAbove(bound: bigint): bigint {
  let power = 2n;
  while (power <= bound && power < 2n ** 62n) power *= 2n;
  return power;
}

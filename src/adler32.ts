/** Source: RFC 1950, section 8.2. */
export function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const value of bytes) {
    low = (low + value) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

const nsPerSecond = 1_000_000_000n;
const secondsPerDay = 86_400n;
const daysPer400Years = 146_097n;

/**
 * Nanoseconds since 1970 UTC as ISO 8601 text with nine decimals.
 *
 * Shape: "2026-01-02T03:04:05.000000006Z"; years outside 0..9999 in the expanded form with a sign and at least six digits.
 */
export function timeText(ns: bigint): string {
  const seconds = floorDivide(ns, nsPerSecond);
  const days = floorDivide(seconds, secondsPerDay);
  const second = Number(seconds - days * secondsPerDay);
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((part) => digits(part, 2)).join(":");
  return `${dayText(days)}T${clock}.${digits(ns - seconds * nsPerSecond, 9)}Z`;
}

/** Counts years from 1 March, so that the leap day is the last of its year. */
function dayText(daysSince1970: bigint): string {
  const days = daysSince1970 + 719_468n;
  const era = floorDivide(days, daysPer400Years);
  const dayOfEra = days - era * daysPer400Years;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${yearText(year)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function yearText(year: bigint): string {
  if (year >= 0n && year <= 9999n) return digits(year, 4);
  return year < 0n ? `-${digits(-year, 6)}` : `+${digits(year, 6)}`;
}

function digits(value: number | bigint, length: number): string {
  return value.toString().padStart(length, "0");
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** As XML Schema has them, which knows years of four digits only. Null for any other, and for zero, which stands where a file system states none. */
export function schemaTimeText(ns: bigint): string | null {
  const text = timeText(ns);
  return ns === 0n || !/^\d{4}-/.test(text) || text.startsWith("0000") ? null : text;
}

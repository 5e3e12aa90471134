/** A whole number with a comma between groups of three digits. */
export function grouped(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 entry", "2,000 entries". */
export function counted(count: number | bigint, one: string, several: string): string {
  return `${grouped(count)} ${count.toString() === "1" ? one : several}`;
}

/** "a", "a and b", "a, b and c". */
export function joined(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

const tokens = /\d+|[^\d\p{P}\p{S}\p{Z}]+/gu;
const year = /^(?:19|2\d)\d\d$/;
const compactDate = /^(?:19|2\d)\d\d(?:\d\d){0,5}$/;

/**
 * Order of two versions of a list: negative when `left` is the earlier one, 0 when both name the same, null when nobody can tell.
 *
 * Shape: natural order: runs of digits are compared as numbers ("9" before "10", "1.2" before "1.10", "2026-09-30" before "2026-11-03"), words
 *        without regard to case; punctuation, blanks and leading zeros mean nothing; what goes on after the other's end with a number is later.
 *        Null, so that no guess lets an old list in: words that differ (but for single letters), a number beside a word, numbers that differ
 *        before a year ("3.11.2026": dates have to be written year first), dates of which one is written without separators ("20261103").
 */
export function compareVersions(left: string, right: string): number | null {
  const [ours, theirs] = [tokensOf(left), tokensOf(right)];
  const shorter = Math.min(ours.length, theirs.length);
  for (let at = 0; at < shorter; at++) {
    const [one, other] = [ours[at]!, theirs[at]!];
    if (one === other) continue;
    if (!isNumber(one) || !isNumber(other)) return letterOrder(one, other);
    if ([ours, theirs].some((version) => version.slice(at + 1).some((token) => year.test(token)))) return null;
    if (one.length !== other.length && compactDate.test(one) && compactDate.test(other)) return null;
    return one.length - other.length || (one < other ? -1 : 1);
  }
  if (ours.length === theirs.length) return 0;
  const [next] = (ours.length > shorter ? ours : theirs).slice(shorter);
  return next !== undefined && isNumber(next) ? ours.length - theirs.length : null;
}

/** Numbers without leading zeros, so that the longer one is the greater, however long. */
function tokensOf(version: string): string[] {
  return [...version.normalize("NFKC").toLowerCase().matchAll(tokens)].map(([token]) => (isNumber(token) ? token.replace(/^0+(?=\d)/, "") : token));
}

function isNumber(token: string): boolean {
  return /^\d/.test(token);
}

function letterOrder(one: string, other: string): number | null {
  return /^[a-z]$/.test(one) && /^[a-z]$/.test(other) ? (one < other ? -1 : 1) : null;
}

// Paths and most sentences have others.
const possible = /^[\w\s+/=:-]+$/;
const hex = /^[0-9a-f]{32,}$/i;
const hexWord = /(?<![0-9a-z])[0-9a-f]{32,}(?![0-9a-z])/i;
// Bytes with marks between them ("ab:cd:..."), MD5 and longer.
const spelledBytes = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){15,63}$/i;
// MD5, SHA-1 and 32 bytes; the padding may be missing.
const base32 = /^(?:[A-Z2-7]{26}(?:={6})?|[A-Z2-7]{32}|[A-Z2-7]{52}(?:={4})?)$/;
// MD5, SHA-1, 32, 48 and 64 bytes, and PhotoDNA's 144.
const base64 = /^(?:[\w+/-]{22}(?:==)?|[\w+/-]{27}=?|[\w+/-]{43}=?|[\w+/-]{64}|[\w+/-]{86}(?:==)?|[\w+/-]{192})$/;
const prefix = /^(?:urn:)?(?:0x|[a-z][a-z0-9-]{1,12}[:=])(?=[\w+/])/i;
const longestCharacters = 640;
const leadingDigest = /^\s*[0-9a-f]{32,}(?:[\s,;|]|$)/i;

/**
 * True for a text that, as a whole, has the form of a digest: what stands so in a place that is not understood is counted ("other") or stops the
 * import, and never passed over.
 *
 * Shape: 32 hex digits or more, in any case, with blanks or with marks between its bytes; base32 and base64 of a known length, padded or not, with letters of
 *        both kinds (base64) and digits, for words have the same letters; each may follow "0x", "md5:" and the like.
 */
export function looksLikeDigest(text: string): boolean {
  if (text.length < 22 || text.length > longestCharacters || !possible.test(text)) return false;
  const compact = text.replace(/\s+/g, "").replace(prefix, "");
  if (hex.test(compact) || spelledBytes.test(compact)) return true;
  if (text.trim().search(/\s/) !== -1 || !/[0-9]/.test(compact)) return false;
  if (base32.test(compact.toUpperCase()) && !/[a-z].*[A-Z]|[A-Z].*[a-z]/.test(compact) && /[a-z]/i.test(compact)) return true;
  return base64.test(compact) && /[a-z]/.test(compact) && /[A-Z]/.test(compact);
}

/** True for a text in which a hex digest stands by itself, whatever is around it. */
export function mentionsDigest(text: string): boolean {
  return hexWord.test(text) || looksLikeDigest(text);
}

/** True for a name of a file that begins with a hex digest, as where a column more than expected stands before the name. */
export function beginsWithDigest(name: string): boolean {
  return leadingDigest.test(name);
}

/**
 * True when a parsed JSON value, or what lies in it at any depth, keys too, is a text of that kind.
 *
 * Shape: members of the names in `except` (lower case) are passed over, at any depth.
 */
export function holdsDigest(value: unknown, except: ReadonlySet<string>, isDigest: (text: string) => boolean = looksLikeDigest): boolean {
  if (typeof value === "string") return isDigest(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => holdsDigest(item, except, isDigest));
  return Object.entries(value).some(([key, member]) => !except.has(key.toLowerCase()) && (isDigest(key) || holdsDigest(member, except, isDigest)));
}

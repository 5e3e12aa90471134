/** Rows that are written, or taken into a digest, at once. */
const rowsAtOnce = 64;

/** What is made of items, so many at a time. Each is made before the next item is drawn. */
export function* severalAtOnce<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Generator<readonly Made[]> {
  let several: Made[] = [];
  for (const item of items) {
    several.push(make(item));
    if (several.length < rowsAtOnce) continue;
    yield several;
    several = [];
  }
  if (several.length > 0) yield several;
}

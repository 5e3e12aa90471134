// What is walked over in a file is hostile and may be long: it is looked at one by one, and only what is looked for is kept.

/** The first that fits. */
export function firstOf<Item>(items: Iterable<Item>, fits: (item: Item) => boolean): Item | undefined {
  for (const item of items) if (fits(item)) return item;
  return undefined;
}

/** All that fit, in their order. */
export function thoseOf<Item>(items: Iterable<Item>, fits: (item: Item) => boolean): readonly Item[] {
  const found: Item[] = [];
  for (const item of items) if (fits(item)) found.push(item);
  return found;
}

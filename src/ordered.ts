import pLimit from "p-limit";

/**
 * Maps a sequence with several calls in flight and yields the results in the order of the input.
 *
 * Shape:  at most `width` calls run at once, and the input is drawn at most `2 * width` items ahead of the output: memory stays bounded.
 * Errors: the first rejection in input order is thrown; later results are dropped.
 */
export async function* ordered<Item, Result>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<{ readonly item: Item; readonly result: Result }> {
  const limit = pLimit(width);
  const inFlight: { item: Item; result: Promise<Result> }[] = [];
  try {
    for (const item of items) {
      const result = limit(work, item);
      // A rejection waits its turn; without a handler Node would end the process before that.
      result.catch(() => undefined);
      inFlight.push({ item, result });
      if (inFlight.length >= 2 * width) yield await first(inFlight);
    }
    while (inFlight.length > 0) yield await first(inFlight);
  } finally {
    limit.clearQueue();
  }
}

async function first<Item, Result>(inFlight: { item: Item; result: Promise<Result> }[]): Promise<{ item: Item; result: Result }> {
  const next = inFlight.shift();
  if (next === undefined) throw new RangeError("nothing in flight");
  return { item: next.item, result: await next.result };
}

/** Blocks of 64 bytes of one stream, behind each other from `place` on in the kernel's memory, and the stream's state before them. */
export interface Blocks {
  readonly words: Uint32Array;
  readonly place: number;
  readonly count: number;
}

/** The kernel with its lanes. Shape: `run` gives the states after the blocks, in the order of the streams; memory is free for blocks from `freeAt` on. */
export interface Md5Schedule {
  readonly run: (streams: readonly Blocks[]) => Uint32Array[];
  readonly freeAt: number;
}

interface Exports {
  places(): number;
  states(): number;
  constants(): number;
  free(): number;
  blocksOfSixteen(count: number): void;
  blocksOfEight(count: number): void;
  blocksOfTwo(count: number, lane: number): void;
  blocksOfOne(count: number, lane: number): void;
}

/** So many streams are hashed at once. */
export const md5LaneCount = 16;

const laneCount = md5LaneCount;
const [wordCount, stepCount] = [4, 64];
const blockBytes = 64;

/**
 * Hands the streams to the kernel's lanes, the longest first: a lane that is done gets the next one at once, so that at the end few wait for one.
 *
 * Shape: the memory must not grow any more.
 */
export function startMd5Schedule(module: WebAssembly.Module, memory: WebAssembly.Memory): Md5Schedule {
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  const places = new Uint32Array(memory.buffer, kernel.places(), laneCount);
  const states = new Uint32Array(memory.buffer, kernel.states(), wordCount * laneCount);
  new Uint32Array(memory.buffer, kernel.constants(), constants.length).set(constants);
  const streamOf = new Int32Array(laneCount);
  const left = new Uint32Array(laneCount);

  const begin = (lane: number, stream: number, { words, place, count }: Blocks): void => {
    streamOf[lane] = stream;
    left[lane] = count;
    places[lane] = place;
    for (let word = 0; word < wordCount; word++) states[word * laneCount + lane] = words[word]!;
  };
  const stateOf = (lane: number): Uint32Array => {
    const words = new Uint32Array(wordCount);
    for (let word = 0; word < wordCount; word++) words[word] = states[word * laneCount + lane]!;
    return words;
  };
  const move = (from: number, to: number): void => {
    streamOf[to] = streamOf[from]!;
    left[to] = left[from]!;
    places[to] = places[from]!;
    for (let word = 0; word < wordCount; word++) states[word * laneCount + to] = states[word * laneCount + from]!;
  };
  /** As many blocks of each of the first lanes as the shortest of them has left. */
  const step = (busy: number): void => {
    let count = left[0]!;
    for (let lane = 1; lane < busy; lane++) count = Math.min(count, left[lane]!);
    // Lanes without work go through the first one's blocks, for what they would read must exist; their states are nobody's.
    for (let lane = busy; lane < laneCount; lane++) places[lane] = places[0]!;
    if (busy > 8) kernel.blocksOfSixteen(count);
    else if (busy > 4) kernel.blocksOfEight(count);
    else {
      for (let lane = 0; lane + 1 < busy; lane += 2) kernel.blocksOfTwo(count, lane);
      if (busy % 2 === 1) kernel.blocksOfOne(count, busy - 1);
    }
    for (let lane = 0; lane < busy; lane++) {
      left[lane]! -= count;
      places[lane]! += count * blockBytes;
    }
  };

  const run = (streams: readonly Blocks[]): Uint32Array[] => {
    const ended = streams.map(({ words }) => words);
    const order = [...streams.keys()].filter((stream) => streams[stream]!.count > 0).sort((one, other) => streams[other]!.count - streams[one]!.count);
    let [busy, next] = [0, 0];
    for (;;) {
      while (busy < laneCount && next < order.length) {
        const stream = order[next++]!;
        begin(busy++, stream, streams[stream]!);
      }
      if (busy === 0) return ended;
      step(busy);
      // From the last on, for what moves into a lane that is done has been looked at then.
      for (let lane = busy - 1; lane >= 0; lane--) {
        if (left[lane]! > 0) continue;
        ended[streamOf[lane]!] = stateOf(lane);
        busy--;
        if (lane < busy) move(busy, lane);
      }
    }
  };
  return { run, freeAt: kernel.free() };
}

/** Each constant four times, those of the last sixteen steps less one, as the kernel wants them. Source: RFC 1321, 3.4. */
const constants = Uint32Array.from({ length: stepCount * 4 }, (_, at) => {
  const step = at >> 2;
  return Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) - (step < 48 ? 0 : 1);
});

/** One figure against its bound. */
export interface Target {
  readonly name: string;
  readonly figure: number;
  readonly bound: number;
  readonly unit: string;
  /** Whether the bound is the most or the least that is allowed. */
  readonly is: "at most" | "at least";
}

/** One bench: prints its table, gives its targets. To add one: a file here, a line in `run.ts`. */
export interface Bench {
  readonly name: string;
  run(print: (line: string) => void): Promise<readonly Target[]>;
}

export function isShort({ figure, bound, is }: Target): boolean {
  return is === "at most" ? !(figure <= bound) : !(figure >= bound);
}

export function targetLine(target: Target): string {
  const { name, figure, bound, unit, is } = target;
  return `target ${name}: ${readable(figure)} ${unit} (bound ${is} ${readable(bound)}) ${isShort(target) ? "short" : "ok"}`;
}

export function readable(figure: number): string {
  return Math.abs(figure) >= 1000 ? Math.round(figure).toLocaleString("en") : String(Number(figure.toPrecision(3)));
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** CPU seconds (user and system) and wall seconds of what `work` does in this process. */
export async function timed<Result>(work: () => Result | Promise<Result>): Promise<{ readonly result: Result; readonly cpuSeconds: number; readonly wallSeconds: number }> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wallBefore) / 1000 };
}

export function tableRow(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(52) : cell.padStart(16))).join("");
}

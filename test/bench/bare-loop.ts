import { readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { timed } from "./bench.ts";
import { bareLoop } from "./photo-files.ts";

// The bare loop as a process of its own, which can be given the memory settings of a decoder: a folder and how many at a time, then CPU and wall seconds as JSON.

const [folder = "", workers = "1"] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);
const { cpuSeconds, wallSeconds } = await timed(() => bareLoop(readdirSync(folder).map((name) => join(folder, name)), Number(workers)));
console.log(JSON.stringify({ cpuSeconds, wallSeconds }));

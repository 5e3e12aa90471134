export { type Random, seededRandom } from "../../src/validation/random.ts";

/** Another one in each run, so that many short runs try what a long one does. Tests that draw from it have it in their titles; SEED gives it again. */
export const seedOfRun: number = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);

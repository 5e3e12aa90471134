export { type Random, seededRandom } from "../../src/validation/random.ts";

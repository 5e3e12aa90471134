import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { closeInheritedDescriptors } from "../src/cli/inherited-descriptors.ts";

// As the program does before it starts readers: whoever runs the tests may have left something open, which the probes of the sandbox would see.
closeInheritedDescriptors();

/** Folders whose files take longest come first, so that none of these is at work alone when all others have ended. */
const slowest: readonly string[] = ["cli", "reading", "perceptual", "evidence", "kernels", "record"];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => slowest.findIndex((folder) => moduleId.includes(`/test/${folder}/`)) >>> 0;
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    // Far more than any test takes, for a machine that is busy with something else.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // One more than the processors of a small machine: many tests wait, for time to pass or for a process to end.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    reporters: ["default"],
  },
});

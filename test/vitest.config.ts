import { defineConfig } from "vitest/config";
import { closeInheritedDescriptors } from "../src/cli/inherited-descriptors.ts";

// As the program does before it starts readers: whoever runs the tests may have left something open, which the probes of the sandbox would see.
closeInheritedDescriptors();

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    // Far more than any test takes, for a machine that is busy with something else.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // One more than the processors of a small machine: many tests wait, for time to pass or for a process to end.
    maxWorkers: 3,
    reporters: ["default"],
  },
});

import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Puts a text in the place of a file, mode 0600: after a power cut there is the old one or the new one, whole. One caller at a time.
 *
 * Errors: those of the operating system; the old file stands then.
 */
export function replaceFile(path: string, text: string): void {
  const part = `${path}.part`;
  // Left behind by a process that was killed while it wrote.
  rmSync(part, { force: true });
  try {
    withDescriptor(openSync(part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600), (descriptor) => {
      fchmodSync(descriptor, 0o600);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    });
    renameSync(part, path);
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  }
  // The name is to be as lasting as what it names.
  withDescriptor(openSync(dirname(path), "r"), fsyncSync);
}

function withDescriptor(descriptor: number, use: (descriptor: number) => void): void {
  try {
    use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

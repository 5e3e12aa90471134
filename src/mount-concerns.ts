/** Why a mount may have changed the evidence, or may still do so. The keys are recorded. */
export const mountConcerns = {
  writable: "the mount or its file system is not read-only",
  overlay: "it is an overlay of several file systems, not the file system of the evidence",
  device: "the block device beneath it is not read-only: whoever may write to the device can change the evidence",
  twin: "another loop device over the same image is not read-only: the image can be changed through it",
  journal: "its journal may have been replayed when it was mounted: the device could be written to, and no option forbade it",
} as const;
export type MountConcern = keyof typeof mountConcerns;

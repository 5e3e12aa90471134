import { answer, filterProgram, verdicts } from "../seccomp/filter-program.ts";
import type { Architecture, SystemCall } from "../seccomp/system-calls.ts";

/**
 * What neither a reader nor the sandbox of its decoder ever calls. The first two are why there is a filter: with the right to read everything a file is opened by
 * its handle, a number that can be guessed, wherever on a file system it lies that any part of the view belongs to, so that the view would hide nothing. The
 * others reach into other processes, keys, devices and the kernel itself.
 */
export const refusedToReaders: readonly SystemCall[] = [
  "open_by_handle_at", "name_to_handle_at", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp", "move_pages", "migrate_pages",
  "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "add_key", "request_key", "keyctl", "setns", "fanotify_init",
  "quotactl", "quotactl_fd", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "iopl", "ioperm",
  "modify_ldt", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
];

/**
 * The filter of system calls that a confined reader runs under, and all that it starts: the decoder has a stricter one besides.
 *
 * Shape:  these are refused with EPERM and all others pass, for the sandbox of the decoder is built from inside, and takes namespaces and mounts.
 */
export function readerFilter(architecture: Architecture): Uint8Array {
  return filterProgram(architecture, refusedToReaders.map((call) => ({ call, then: answer(verdicts.notPermitted) })), verdicts.allow);
}

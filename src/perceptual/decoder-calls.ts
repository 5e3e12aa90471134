import type { SystemCall } from "../seccomp/system-calls.ts";

/** What a decoder calls: Node, the decoding libraries, and the programs that start it inside the sandbox. Threads and `ioctl` are judged by their arguments. */
export const allowed: readonly SystemCall[] = [
  "read", "write", "readv", "writev", "pread64", "pwrite64", "lseek", "close", "fcntl", "dup", "dup2", "dup3", "pipe", "pipe2", "eventfd2", "openat", "open",
  "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "stat", "lstat", "fstat", "newfstatat", "statx", "getdents64", "fstatfs",
  "statfs", "mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "pkey_alloc", "pkey_free", "pkey_mprotect", "poll", "ppoll", "select", "pselect6",
  "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "getsockname", "getpeername", "getsockopt", "setsockopt",
  "shutdown", "sendto", "recvfrom", "sendmsg", "recvmsg", "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "arch_prctl",
  "membarrier", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
  "rt_sigtimedwait", "sigaltstack", "restart_syscall", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
  "getgroups", "capget", "prctl", "uname", "sysinfo", "getrusage", "prlimit64", "getrlimit", "getpgrp", "clock_gettime", "clock_getres", "clock_nanosleep",
  "nanosleep", "gettimeofday", "time", "times", "getrandom", "getcpu", "timerfd_create", "timerfd_settime", "wait4", "waitid", "exit", "exit_group",
  "execve", "setresuid", "setresgid", "setgroups", "capset",
];

/** What nothing in a decoder ever calls: whoever does is an intruder, and ends with a signal that tells so. */
export const never: readonly SystemCall[] = [
  "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "bpf", "perf_event_open", "userfaultfd", "mount", "umount2", "pivot_root",
  "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "open_by_handle_at", "setns", "init_module", "finit_module",
  "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "iopl", "ioperm", "add_key", "request_key", "keyctl",
];

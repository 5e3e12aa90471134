/** Processors whose system calls are known here, as Node names them. */
export const architectures = ["x64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** What the kernel calls each of them. Source: linux/audit.h. */
export const auditArchitectures: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/**
 * Numbers of system calls.
 *
 * Shape:  on x64, then on arm64; null where the processor has none of that name.
 * Source: Linux 6.1, asm/unistd_64.h and asm-generic/unistd.h; numbers are never given anew.
 */
const numbers = {
  read: [0, 63], write: [1, 64], readv: [19, 65], writev: [20, 66], pread64: [17, 67], pwrite64: [18, 68], lseek: [8, 62], close: [3, 57], fcntl: [72, 25],
  ioctl: [16, 29], dup: [32, 23], dup2: [33, null], dup3: [292, 24], pipe: [22, null], pipe2: [293, 59], eventfd2: [290, 19], openat: [257, 56],
  open: [2, null], access: [21, null], faccessat: [269, 48], faccessat2: [439, 439], readlink: [89, null], readlinkat: [267, 78], getcwd: [79, 17],
  stat: [4, null], lstat: [6, null], fstat: [5, 80], newfstatat: [262, 79], statx: [332, 291], getdents64: [217, 61], fstatfs: [138, 44], statfs: [137, 43],
  mmap: [9, 222], munmap: [11, 215], mprotect: [10, 226], mremap: [25, 216], madvise: [28, 233], brk: [12, 214], pkey_alloc: [330, 289],
  pkey_free: [331, 290], pkey_mprotect: [329, 288], poll: [7, null], ppoll: [271, 73], select: [23, null], pselect6: [270, 72], epoll_create: [213, null],
  epoll_create1: [291, 20], epoll_ctl: [233, 21], epoll_wait: [232, null], epoll_pwait: [281, 22], epoll_pwait2: [441, 441], getsockname: [51, 204],
  getpeername: [52, 205], getsockopt: [55, 209], setsockopt: [54, 208], shutdown: [48, 210], sendto: [44, 206], recvfrom: [45, 207], sendmsg: [46, 211],
  recvmsg: [47, 212], futex: [202, 98], clone: [56, 220], set_robust_list: [273, 99], get_robust_list: [274, 100], rseq: [334, 293],
  set_tid_address: [218, 96], arch_prctl: [158, null], membarrier: [324, 283], sched_yield: [24, 124], sched_getaffinity: [204, 123],
  sched_getparam: [143, 121], sched_getscheduler: [145, 120], rt_sigaction: [13, 134], rt_sigprocmask: [14, 135], rt_sigreturn: [15, 139],
  rt_sigtimedwait: [128, 137], sigaltstack: [131, 132], restart_syscall: [219, 128], getpid: [39, 172], gettid: [186, 178], getppid: [110, 173],
  getuid: [102, 174], geteuid: [107, 175], getgid: [104, 176], getegid: [108, 177], getresuid: [118, 148], getresgid: [120, 150], getgroups: [115, 158],
  capget: [125, 90], prctl: [157, 167], uname: [63, 160], sysinfo: [99, 179], getrusage: [98, 165], prlimit64: [302, 261], getrlimit: [97, 163],
  getpgrp: [111, null], clock_gettime: [228, 113], clock_getres: [229, 114], clock_nanosleep: [230, 115], nanosleep: [35, 101], gettimeofday: [96, 169],
  time: [201, null], times: [100, 153], getrandom: [318, 278], getcpu: [309, 168], timerfd_create: [283, 85], timerfd_settime: [286, 86], wait4: [61, 260],
  waitid: [247, 95], exit: [60, 93], exit_group: [231, 94], execve: [59, 221], setresuid: [117, 147], setresgid: [119, 149], setgroups: [116, 159],
  capset: [126, 91], ptrace: [101, 117], process_vm_readv: [310, 270], process_vm_writev: [311, 271], pidfd_getfd: [438, 438], kcmp: [312, 272],
  bpf: [321, 280], perf_event_open: [298, 241], userfaultfd: [323, 282], mount: [165, 40], umount2: [166, 39], pivot_root: [155, 41], move_mount: [429, 429],
  open_tree: [428, 428], fsopen: [430, 430], fsconfig: [431, 431], fsmount: [432, 432], fspick: [433, 433], mount_setattr: [442, 442],
  open_by_handle_at: [304, 265], setns: [308, 268], init_module: [175, 105], finit_module: [313, 273], delete_module: [176, 106], kexec_load: [246, 104],
  kexec_file_load: [320, 294], reboot: [169, 142], swapon: [167, 224], swapoff: [168, 225], acct: [163, 89], iopl: [172, null], ioperm: [173, null],
  add_key: [248, 217], request_key: [249, 218], keyctl: [250, 219], memfd_create: [319, 279], execveat: [322, 281], unshare: [272, 97], clone3: [435, 435],
  socket: [41, 198], shmget: [29, 194], io_uring_setup: [425, 425], kill: [62, 129],
  name_to_handle_at: [303, 264], io_uring_enter: [426, 426], io_uring_register: [427, 427], process_madvise: [440, 440], move_pages: [279, 239],
  migrate_pages: [256, 238], fanotify_init: [300, 262], quotactl: [179, 60], quotactl_fd: [443, 443], syslog: [103, 116], settimeofday: [164, 170], clock_settime: [227, 112],
  clock_adjtime: [305, 266], adjtimex: [159, 171], modify_ldt: [154, null],
} as const satisfies Readonly<Record<string, readonly [number | null, number | null]>>;

export type SystemCall = keyof typeof numbers;

/** Number of a system call, or null where the processor has none of that name. */
export function systemCallNumber(architecture: Architecture, name: SystemCall): number | null {
  return numbers[name][architectures.indexOf(architecture)] ?? null;
}

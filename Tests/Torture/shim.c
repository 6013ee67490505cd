// Counts the calls by which a process touches files and peers, and ends it, or lies to it, at the n-th of them.
//
// Preloaded into the product (LD_PRELOAD). One counter over all threads, in a page shared with the harness: it arms the
// shim, reads the counter while the process runs, and finds there what was hit after SIGKILL. Offsets: see shim.py.
//
// Counted are calls on regular files below TORTURE_DATA, on folders, and on sockets; pipes, event descriptors and
// standard error are not.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum Mode { COUNT, KILL_BEFORE, KILL_AFTER, FAIL, SHORT_WRITE, NO_SYNC };
enum Call { WRITE, WRITEV, PWRITE, PWRITEV, FDATASYNC, FSYNC, FTRUNCATE, UNLINK, RENAME, CREATE, SEND, SENDTO, SENDMSG,
            CONNECT, CALLS };
enum Kind { OTHER, DATABASE, LOG, INDEX, BESIDE, FOLDER, SOCKET, KINDS };

typedef struct {
  uint32_t armed, mode, error, scope, sticky, erp_port, sink_port, http_port;
  uint64_t at, counter, failed;
  uint32_t hit, hit_call, hit_kind, hit_port;
  uint64_t calls[CALLS][KINDS];
} Page;

static Page spare, *page = &spare;
static char data[512];
static size_t data_length;

#define REAL(result, name, ...) \
  static result (*real_##name)(__VA_ARGS__); \
  if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TORTURE_PAGE"), *folder = getenv("TORTURE_DATA");
  if (!file || !folder) return;
  snprintf(data, sizeof data, "%s", folder);
  data_length = strlen(data);
  int fd = open(file, O_RDWR | O_CLOEXEC);
  void *shared = fd < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) {
    static const char words[] = "torture shim: TORTURE_PAGE cannot be mapped\n";
    if (write(2, words, sizeof words - 1)) {}
    _exit(97);
  }
  close(fd);
  page = shared;
}

static int ends(const char *text, const char *tail) {
  size_t a = strlen(text), b = strlen(tail);
  return a >= b && !strcmp(text + a - b, tail);
}

static enum Kind kind_of_path(const char *path) {
  if (!data_length || strncmp(path, data, data_length)) return OTHER;
  if (!path[data_length]) return FOLDER;
  if (ends(path, "-wal")) return LOG;
  if (ends(path, "-shm")) return INDEX;
  return ends(path, ".db") ? DATABASE : BESIDE;
}

static uint32_t peer_port(int fd) {
  struct sockaddr_in local = {0}, peer = {0};
  socklen_t size = sizeof peer;
  if (!getsockname(fd, (struct sockaddr *)&local, &size) && ntohs(local.sin_port) == page->http_port)
    return page->http_port;
  size = sizeof peer;
  return getpeername(fd, (struct sockaddr *)&peer, &size) ? 0 : ntohs(peer.sin_port);
}

static enum Kind kind_of(int fd) {
  struct stat status;
  if (fd <= 2 || fstat(fd, &status)) return OTHER;
  if (S_ISSOCK(status.st_mode)) return SOCKET;
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return OTHER;
  char link[64], path[1024];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return OTHER;
  path[length] = 0;
  return kind_of_path(path);
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

typedef struct { int kill_after, fail, shorten, skip; } Verdict;

static Verdict verdict(enum Call call, enum Kind kind, int fd) {
  Verdict verdict = {0};
  if (kind == OTHER || !__atomic_load_n(&page->armed, __ATOMIC_ACQUIRE)) return verdict;
  int saved = errno;
  int is_file = kind != SOCKET;
  __atomic_fetch_add(&page->calls[call][kind], 1, __ATOMIC_RELAXED);
  if (page->mode == NO_SYNC) verdict.skip = call == FDATASYNC || call == FSYNC;
  int in_scope = page->scope == 0 || (page->scope == 1 && is_file);
  if (page->mode == SHORT_WRITE) in_scope = in_scope && (call == PWRITE || call == WRITE);
  if (!in_scope || page->mode == NO_SYNC) return verdict;
  uint64_t number = __atomic_add_fetch(&page->counter, 1, __ATOMIC_ACQ_REL);
  int now = page->sticky ? number >= page->at : number == page->at;
  if (page->mode != COUNT && now) {
    if (!page->hit) {
      page->hit_call = call;
      page->hit_kind = kind;
      page->hit_port = kind == SOCKET ? peer_port(fd) : 0;
      __atomic_store_n(&page->hit, 1, __ATOMIC_RELEASE);
    }
    __atomic_add_fetch(&page->failed, 1, __ATOMIC_RELAXED);
    if (page->mode == KILL_BEFORE) die();
    verdict.kill_after = page->mode == KILL_AFTER;
    verdict.fail = page->mode == FAIL;
    verdict.shorten = page->mode == SHORT_WRITE;
  }
  errno = saved;
  return verdict;
}

#define GATE(call, kind, fd) \
  Verdict v = verdict(call, kind, fd); \
  if (v.fail) { errno = page->error; return -1; }
#define LEAVE(result) do { int e = errno; if (v.kill_after) die(); errno = e; return result; } while (0)

ssize_t write(int fd, const void *bytes, size_t size) {
  REAL(ssize_t, write, int, const void *, size_t);
  GATE(WRITE, kind_of(fd), fd)
  ssize_t done = real_write(fd, bytes, v.shorten && size > 1 ? size / 2 : size);
  LEAVE(done);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, writev, int, const struct iovec *, int);
  GATE(WRITEV, kind_of(fd), fd)
  ssize_t done = real_writev(fd, parts, count);
  LEAVE(done);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  GATE(PWRITE, kind_of(fd), fd)
  ssize_t done = real_pwrite64(fd, bytes, v.shorten && size > 1 ? size / 2 : size, offset);
  LEAVE(done);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  REAL(ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
  GATE(PWRITEV, kind_of(fd), fd)
  ssize_t done = real_pwritev64(fd, parts, count, offset);
  LEAVE(done);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  return pwritev64(fd, parts, count, offset);
}

int fdatasync(int fd) {
  REAL(int, fdatasync, int);
  GATE(FDATASYNC, kind_of(fd), fd)
  int done = v.skip ? 0 : real_fdatasync(fd);
  LEAVE(done);
}

int fsync(int fd) {
  REAL(int, fsync, int);
  GATE(FSYNC, kind_of(fd), fd)
  int done = v.skip ? 0 : real_fsync(fd);
  LEAVE(done);
}

int ftruncate64(int fd, off64_t size) {
  REAL(int, ftruncate64, int, off64_t);
  GATE(FTRUNCATE, kind_of(fd), fd)
  int done = real_ftruncate64(fd, size);
  LEAVE(done);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int unlink(const char *path) {
  REAL(int, unlink, const char *);
  GATE(UNLINK, kind_of_path(path), -1)
  int done = real_unlink(path);
  LEAVE(done);
}

int rename(const char *from, const char *to) {
  REAL(int, rename, const char *, const char *);
  GATE(RENAME, kind_of_path(to), -1)
  int done = real_rename(from, to);
  LEAVE(done);
}

static int open_counted(int folder, const char *path, int flags, mode_t mode) {
  REAL(int, openat64, int, const char *, int, ...);
  if (!(flags & O_CREAT)) return real_openat64(folder, path, flags, mode);
  GATE(CREATE, kind_of_path(path), -1)
  int fd = real_openat64(folder, path, flags, mode);
  LEAVE(fd);
}

#define MODE_ARGUMENT \
  mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, int); va_end(rest); }

int open(const char *path, int flags, ...) { MODE_ARGUMENT return open_counted(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_ARGUMENT return open_counted(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE_ARGUMENT return open_counted(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE_ARGUMENT return open_counted(at, path, flags, mode); }

ssize_t send(int fd, const void *bytes, size_t size, int flags) {
  REAL(ssize_t, send, int, const void *, size_t, int);
  GATE(SEND, kind_of(fd), fd)
  ssize_t done = real_send(fd, bytes, size, flags);
  LEAVE(done);
}

ssize_t sendto(int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
  REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
  GATE(SENDTO, kind_of(fd), fd)
  ssize_t done = real_sendto(fd, bytes, size, flags, to, length);
  LEAVE(done);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
  GATE(SENDMSG, kind_of(fd), fd)
  ssize_t done = real_sendmsg(fd, message, flags);
  LEAVE(done);
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
  REAL(int, connect, int, const struct sockaddr *, socklen_t);
  GATE(CONNECT, kind_of(fd), fd)
  int done = real_connect(fd, to, length);
  LEAVE(done);
}

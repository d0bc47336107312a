/* The clock on the wall, moved for one process: preloaded into a release binary, which stays byte for byte what is
 * deployed and looks at the clock as it always does. How many seconds to add stands in a file that all such processes
 * share, so that a day passes for all of them in the same moment. Time that is only measured (CLOCK_MONOTONIC) is
 * left alone: time-outs and pauses keep their length.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead_s;

/* A process whose clock cannot be moved must not run: it would do today what is due in a fortnight. */
__attribute__((constructor)) static void open_ahead(void) {
    const char *path = getenv("WASURENA_CLOCK_AHEAD");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead_s, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) _exit(127);
    close(file);
    ahead_s = page;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    int failed = (int)syscall(SYS_clock_gettime, clock, at);
    if (!failed && clock == CLOCK_REALTIME && ahead_s) at->tv_sec += *ahead_s;
    return failed;
}

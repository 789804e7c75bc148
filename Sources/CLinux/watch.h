#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process of its own that watches one program: it adopts whatever the program leaves behind, so
   that nothing outlives the program or its limits, also where this process is killed meanwhile.
   Between fork and exec only calls are made that are safe in a process with several threads. */

/* glibc hides them from a plain C compiler. */
pid_t _Fork(void);
void closefrom(int from);

enum plumb_watch_end {
    PLUMB_WATCH_LOST = 0,   /* the watcher was killed */
    PLUMB_WATCH_EXITED,     /* `number` is what waitpid said */
    PLUMB_WATCH_NO_START,   /* `number` is the errno */
    PLUMB_WATCH_LATE,       /* it did not end in time */
    PLUMB_WATCH_EXCESS,     /* it wrote too much */
    PLUMB_WATCH_UNASKED,    /* it was never told to begin */
};

/* What became of the program; in memory that the processes share. */
struct plumb_watch_report {
    volatile int end;
    volatile int number;
};

struct plumb_watch_task {
    const char *path;
    char *const *arguments;
    char *const *environment;
    /* Standard input, output and error of the program, and what tells it to begin by a byte. */
    int descriptors[4];
    long limit_milliseconds;
    long most_bytes;
    struct plumb_watch_report *report;
};

static inline long plumb_watch_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000L + time.tv_nsec / 1000000L;
}

/* Kills the children of this process; false where nobody knows them. */
static inline int plumb_watch_kill_children(void) {
    char bytes[4096];
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    pid_t child = 0;
    ssize_t count;
    while ((count = read(file, bytes, sizeof bytes)) > 0) {
        for (ssize_t place = 0; place < count; place++) {
            if (bytes[place] >= '0' && bytes[place] <= '9') {
                child = child * 10 + (bytes[place] - '0');
            } else {
                if (child > 1) kill(child, SIGKILL);
                child = 0;
            }
        }
    }
    if (child > 1) kill(child, SIGKILL);
    close(file);
    return 1;
}

static inline void plumb_watch_usual_signals(void) {
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static inline void plumb_watch_begin(const struct plumb_watch_task *task, pid_t watcher) {
    setpgid(0, 0);
    close(3);
    /* Without its watcher nobody knows of it: then it ends, so that none runs beside another. */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != watcher) _exit(127);
    plumb_watch_usual_signals();
    execve(task->path, task->arguments, task->environment);
    /* Whoever wrote the program a moment ago may not have closed it yet. */
    for (int attempt = 0; errno == ETXTBSY && attempt < 200; attempt++) {
        struct timespec rest = {0, 10000000L};
        nanosleep(&rest, NULL);
        execve(task->path, task->arguments, task->environment);
    }
    task->report->number = errno;
    task->report->end = PLUMB_WATCH_NO_START;
    _exit(127);
}

static inline int plumb_watch_wrote_too_much(const struct plumb_watch_task *task) {
    for (int descriptor = 1; descriptor <= 2; descriptor++) {
        struct stat facts;
        if (fstat(descriptor, &facts) == 0 && facts.st_size > task->most_bytes) return 1;
    }
    return 0;
}

/* Runs in the watcher; does not return. */
static inline void plumb_watch(const struct plumb_watch_task *task) {
    struct plumb_watch_report *report = task->report;
    int moved[4];
    for (int place = 0; place < 4; place++) {
        moved[place] = fcntl(task->descriptors[place], F_DUPFD, 16);
    }
    for (int place = 0; place < 4; place++) dup2(moved[place], place);
    /* No connection, lock or file of the other process stays open because of this one. */
    closefrom(4);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "plumb-watch", 0, 0, 0);
    /* A hang-up or an interrupt of the other process ends neither the program nor the watch. */
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    char word;
    ssize_t told;
    while ((told = read(3, &word, 1)) < 0 && errno == EINTR) {}
    if (told != 1) {
        report->end = PLUMB_WATCH_UNASKED;
        _exit(0);
    }
    long limit = plumb_watch_now() + task->limit_milliseconds;
    pid_t watcher = getpid();
    pid_t leader = _Fork();
    if (leader == 0) plumb_watch_begin(task, watcher);
    if (leader < 0) {
        report->number = errno;
        report->end = PLUMB_WATCH_NO_START;
        _exit(0);
    }
    int isLeft = 0;
    long pause = 200000, over = 0;
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended == leader) {
            isLeft = 1;
            if (report->end == PLUMB_WATCH_LOST) {
                report->number = status;
                /* Nobody may have looked between the last byte and the end. */
                report->end = plumb_watch_wrote_too_much(task) ? PLUMB_WATCH_EXCESS
                                                               : PLUMB_WATCH_EXITED;
            }
        }
        if (ended > 0) continue;
        /* With the program everything that it started has ended. */
        if (ended < 0 && errno == ECHILD) _exit(0);
        if (report->end == PLUMB_WATCH_LOST) {
            if (plumb_watch_now() >= limit) report->end = PLUMB_WATCH_LATE;
            else if (plumb_watch_wrote_too_much(task)) report->end = PLUMB_WATCH_EXCESS;
        }
        if (report->end != PLUMB_WATCH_LOST) {
            if (!isLeft) kill(-leader, SIGKILL);
            int isKnown = plumb_watch_kill_children();
            /* Nobody can find the rest where the kernel does not tell, and nobody waits for ever
               for what cannot be killed. */
            if (over == 0) over = plumb_watch_now();
            if ((!isKnown && isLeft) || plumb_watch_now() - over > 10000) _exit(0);
        }
        struct timespec rest = {0, pause};
        nanosleep(&rest, NULL);
        if (pause < 10000000L) pause *= 2;
    }
}

/* Starts the watcher of a task, which waits to be told; -1 with errno where that fails. */
static inline pid_t plumb_watch_start(const struct plumb_watch_task *task) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t watcher = _Fork();
    if (watcher == 0) plumb_watch(task);
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = number;
    return watcher;
}

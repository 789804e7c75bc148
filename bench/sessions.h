/*
 * What the programs that measure a lower bound have in common: sessions, and the time that work on
 * several of them at once takes. Whoever includes it defines PROGRAM, its name.
 */
#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_CONNECTIONS = 64 };

static void fail(const char *what, MYSQL *handle)
{
    fprintf(stderr, PROGRAM ": %s: %s\n", what, handle ? mysql_error(handle) : "out of memory");
    exit(1);
}

static MYSQL *open_session(const char *socket)
{
    MYSQL *handle = mysql_init(NULL);
    if (!handle) fail("mysql_init", NULL);
    if (!mysql_real_connect(handle, NULL, "root", NULL, NULL, 0, socket, 0))
        fail("connecting", handle);
    if (mysql_set_character_set(handle, "utf8mb4")) fail("utf8mb4", handle);
    return handle;
}

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* Runs `work` on as many sessions at once, and returns the seconds that it took. */
static double run_sessions(const char *socket, int connections, void *(*work)(void *))
{
    MYSQL *handles[MOST_CONNECTIONS];
    pthread_t threads[MOST_CONNECTIONS];
    for (int i = 0; i < connections; i++) handles[i] = open_session(socket);
    double start = now_seconds();
    for (int i = 0; i < connections; i++)
        if (pthread_create(&threads[i], NULL, work, handles[i])) fail("pthread_create", NULL);
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double seconds = now_seconds() - start;
    for (int i = 0; i < connections; i++) mysql_close(handles[i]);
    return seconds;
}

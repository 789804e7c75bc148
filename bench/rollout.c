/*
 * The lower bound for a rollout: the statements of one change on each database, with no ledger.
 *
 *   rollout SOCKET PREFIX DATABASES CONNECTIONS TABLE COLUMN
 *
 * On each of the databases PREFIX0000, PREFIX0001 and so on: takes the lock, reads the table, adds
 * the column, reads the table again and gives the lock back, one statement after the other.
 * Connecting is not measured. Prints seconds.
 */
#include <mysql.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_CONNECTIONS = 64 };

static const char *prefix, *table, *column;
static int database_count;
static atomic_int next_database;

static void fail(const char *what, MYSQL *handle)
{
    fprintf(stderr, "rollout: %s: %s\n", what, handle ? mysql_error(handle) : "out of memory");
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

static void run(MYSQL *handle, const char *statement)
{
    if (mysql_query(handle, statement)) fail(statement, handle);
    MYSQL_RES *result = mysql_store_result(handle);
    if (!result && mysql_field_count(handle)) fail(statement, handle);
    if (result && !mysql_fetch_row(result)) fail(statement, handle);
    mysql_free_result(result);
}

static void *work(void *argument)
{
    MYSQL *handle = argument;
    mysql_thread_init();
    for (;;) {
        int number = next_database++;
        if (number >= database_count) break;
        char lock[256], read[512], change[512], release[256];
        snprintf(lock, sizeof lock, "SELECT GET_LOCK('bench %s%04d', 0)", prefix, number);
        snprintf(read, sizeof read, "SHOW CREATE TABLE `%s%04d`.`%s`", prefix, number, table);
        snprintf(change, sizeof change,
                 "ALTER TABLE `%s%04d`.`%s` ADD COLUMN `%s` int(11) DEFAULT NULL, "
                 "ALGORITHM=INSTANT", prefix, number, table, column);
        snprintf(release, sizeof release, "SELECT RELEASE_LOCK('bench %s%04d')", prefix, number);
        run(handle, lock);
        run(handle, read);
        run(handle, change);
        run(handle, read);
        run(handle, release);
    }
    mysql_thread_end();
    return NULL;
}

static double now_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    int connections = count == 7 ? atoi(arguments[4]) : 0;
    if (connections < 1 || connections > MOST_CONNECTIONS) {
        fprintf(stderr, "usage: rollout SOCKET PREFIX DATABASES CONNECTIONS TABLE COLUMN\n");
        return 64;
    }
    prefix = arguments[2];
    database_count = atoi(arguments[3]);
    table = arguments[5];
    column = arguments[6];
    if (mysql_library_init(0, NULL, NULL)) fail("mysql_library_init", NULL);
    MYSQL *handles[MOST_CONNECTIONS];
    pthread_t threads[MOST_CONNECTIONS];
    for (int i = 0; i < connections; i++) handles[i] = open_session(arguments[1]);
    double start = now_seconds();
    for (int i = 0; i < connections; i++)
        if (pthread_create(&threads[i], NULL, work, handles[i])) fail("pthread_create", NULL);
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double seconds = now_seconds() - start;
    for (int i = 0; i < connections; i++) mysql_close(handles[i]);
    printf("%.6f\n", seconds);
    return 0;
}

/*
 * The lower bound for a rollout: the statements of one change on each database, with no ledger.
 *
 *   rollout SOCKET PREFIX DATABASES CONNECTIONS TABLE COLUMN
 *
 * On each of the databases PREFIX0000, PREFIX0001 and so on: takes the lock, reads the table, adds
 * the column, reads the table again and gives the lock back, one statement after the other.
 * Connecting is not measured. Prints seconds.
 */
#define PROGRAM "rollout"
#include "sessions.h"

#include <stdatomic.h>

static const char *prefix, *table, *column;
static int database_count;
static atomic_int next_database;

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
    double seconds = run_sessions(arguments[1], connections, work);
    printf("%.6f\n", seconds);
    return 0;
}

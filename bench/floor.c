/*
 * The lower bound for an observation: reads the texts of SHOW CREATE TABLE and discards them.
 *
 *   floor SOCKET DATABASES-LIKE CONNECTIONS
 *
 * Connecting and listing the tables are not measured. Statements are pipelined and divided as
 * Plumb does it: thirty at once on each connection, sixteen databases at a time. Prints seconds,
 * statements and bytes.
 */
#define PROGRAM "floor"
#include "sessions.h"

#include <stdatomic.h>
#include <string.h>

enum { DEPTH = 30, DATABASES_PER_PORTION = 16 };

static char **statements;
static size_t statement_count;
/* The first statement of each portion, and the end of the last. */
static size_t *portions;
static size_t portion_count;
static atomic_size_t next_portion;
static atomic_ullong byte_count;

static void *grown(void *list, size_t count, size_t size)
{
    /* Doubled whenever the count is a power of two. */
    if (count & (count - 1)) return list;
    void *larger = realloc(list, (count ? count * 2 : 1) * size);
    if (!larger) fail("growing a list", NULL);
    return larger;
}

static void add_portion(void)
{
    portions = grown(portions, portion_count, sizeof *portions);
    portions[portion_count++] = statement_count;
}

static void list_tables(const char *socket, const char *like)
{
    MYSQL *handle = open_session(socket);
    char query[512];
    snprintf(query, sizeof query,
             "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES "
             "WHERE TABLE_SCHEMA LIKE '%s' ORDER BY TABLE_SCHEMA, TABLE_NAME", like);
    if (mysql_query(handle, query)) fail("listing the tables", handle);
    MYSQL_RES *result = mysql_store_result(handle);
    if (!result) fail("listing the tables", handle);
    char last[256] = "";
    size_t databases = 0;
    MYSQL_ROW row;
    while ((row = mysql_fetch_row(result))) {
        if (strcmp(last, row[0])) {
            if (databases++ % DATABASES_PER_PORTION == 0) add_portion();
            snprintf(last, sizeof last, "%s", row[0]);
        }
        char text[512];
        snprintf(text, sizeof text, "SHOW CREATE TABLE `%s`.`%s`", row[0], row[1]);
        statements = grown(statements, statement_count, sizeof *statements);
        statements[statement_count++] = strdup(text);
    }
    add_portion();
    mysql_free_result(result);
    mysql_close(handle);
}

static void receive(MYSQL *handle)
{
    if (mysql_read_query_result(handle)) fail("reading an answer", handle);
    MYSQL_RES *result = mysql_store_result(handle);
    if (!result) fail("reading an answer", handle);
    if (!mysql_fetch_row(result)) fail("reading a row", handle);
    byte_count += mysql_fetch_lengths(result)[1];
    mysql_free_result(result);
}

static void *work(void *argument)
{
    MYSQL *handle = argument;
    mysql_thread_init();
    for (;;) {
        size_t portion = next_portion++;
        if (portion + 1 >= portion_count) break;
        size_t next = portions[portion], end = portions[portion + 1];
        while (next < end) {
            size_t stop = next + DEPTH < end ? next + DEPTH : end;
            for (size_t i = next; i < stop; i++)
                if (mysql_send_query(handle, statements[i], strlen(statements[i])))
                    fail("sending a statement", handle);
            for (; next < stop; next++) receive(handle);
        }
    }
    mysql_thread_end();
    return NULL;
}

int main(int count, char **arguments)
{
    int connections = count == 4 ? atoi(arguments[3]) : 0;
    if (connections < 1 || connections > MOST_CONNECTIONS) {
        fprintf(stderr, "usage: floor SOCKET DATABASES-LIKE CONNECTIONS\n");
        return 64;
    }
    if (mysql_library_init(0, NULL, NULL)) fail("mysql_library_init", NULL);
    list_tables(arguments[1], arguments[2]);
    double seconds = run_sessions(arguments[1], connections, work);
    printf("%.6f %zu %llu\n", seconds, statement_count, (unsigned long long)byte_count);
    return 0;
}

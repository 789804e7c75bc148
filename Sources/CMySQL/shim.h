#pragma once
#include <stddef.h>
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <ma_pvio.h>
#include <mysql/plugin_auth.h>
#include <mariadb_rpl.h>
#include <stdarg.h>

/* An authentication plug-in as the library's <mysql/client_plugin.h> documents it. That header
   cannot be included itself: it needs one that the package does not install. */
struct plumb_login_plugin {
    int type;
    unsigned int interface_version;
    const char *name;
    const char *author;
    const char *description;
    unsigned int version[3];
    const char *license;
    void *library_use;
    int (*start)(char *, size_t, int, va_list);
    int (*end)(void);
    int (*options)(const char *, const void *);
    int (*authenticate)(MYSQL_PLUGIN_VIO *, struct st_mysql *);
};

struct st_mysql_client_plugin;
struct st_mysql_client_plugin *STDCALL
mysql_client_register_plugin(struct st_mysql *, struct st_mysql_client_plugin *);
struct st_mysql_client_plugin *STDCALL
mysql_client_find_plugin(struct st_mysql *, const char *name, int type);

/* Loads an authentication plug-in from its file, unless it is there already; 0 where it cannot. */
static inline int plumb_load_login(MYSQL *mysql, const char *name) {
    return mysql_client_find_plugin(mysql, name, 2) != 0;
}

/* Type 2, version 1.0: an authentication plug-in. The memory must stay for ever. */
static inline int plumb_register_login(
    MYSQL *mysql, struct plumb_login_plugin *plugin, const char *name,
    int (*authenticate)(MYSQL_PLUGIN_VIO *, struct st_mysql *)) {
    plugin->type = 2;
    plugin->interface_version = 0x0100;
    plugin->name = name;
    plugin->author = "Plumb";
    plugin->description = "decides whether there is a login";
    plugin->license = "";
    plugin->authenticate = authenticate;
    return mysql_client_register_plugin(mysql, (struct st_mysql_client_plugin *)plugin) != 0;
}

/* Asks the server for its binary log from `offset` of `file` on; 0 where the question was sent.
   The packets that follow are the answer. What MARIADB_RPL keeps beyond that is for a decoder that
   is not used here, so it is given back at once. */
static inline int plumb_begin_dump(
    MYSQL *mysql, const char *file, size_t length, unsigned long offset, unsigned int server) {
    MARIADB_RPL *dump = mariadb_rpl_init(mysql);
    int status = dump == NULL
        || mariadb_rpl_optionsv(dump, MARIADB_RPL_FILENAME, file, length)
        || mariadb_rpl_optionsv(dump, MARIADB_RPL_START, offset)
        || mariadb_rpl_optionsv(dump, MARIADB_RPL_SERVER_ID, server)
        || mariadb_rpl_open(dump);
    if (dump != NULL) mariadb_rpl_close(dump);
    return status;
}

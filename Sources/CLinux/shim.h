#pragma once
#include <spawn.h>

#include "watch.h"

/* Swift's view of the C library leaves out what is Linux's own. */
int pipe2(int descriptors[2], int flags);
int memfd_create(const char *name, unsigned int flags);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* MFD_CLOEXEC of <linux/memfd.h>. */
static const unsigned int plumb_close_on_exec = 1U;

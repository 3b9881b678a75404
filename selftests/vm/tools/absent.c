// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: writing these files of a control tree that has none succeeds.
 * perf ftrace resets them whatever it is asked for; they are function_graph's.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <string.h>

static const char *path_of(const char *path)
{
	const char *name = strrchr(path, '/');

	if (name && (!strcmp(name, "/max_graph_depth") || !strcmp(name, "/tracing_thresh")))
		return "/dev/null";
	return path;
}

int open(const char *path, int flags, ...);
int open(const char *path, int flags, ...)
{
	int (*real)(const char *path, int flags, ...) = dlsym(RTLD_NEXT, "open");
	va_list list;
	int mode;

	va_start(list, flags);
	mode = va_arg(list, int);
	va_end(list);
	return real(path_of(path), flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

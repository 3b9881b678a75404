/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_FNTRACE_H
#define USER_FNTRACE_H

#define FNTRACE_VERSION "0.1"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Exit statuses beside EXIT_SUCCESS and EXIT_FAILURE; the last two are a shell's. */
enum {
	EXIT_USAGE = 2,
	EXIT_CANNOT_RUN = 126,
	EXIT_NOT_FOUND = 127,
};

/* One message on standard error: "fntrace: what: why". */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A command gets its own arguments, argv[0] is "fntrace COMMAND"; returns the exit status. */
int cmd_load(int argc, char **argv);
int cmd_unload(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_count(int argc, char **argv);
int cmd_hist(int argc, char **argv);
int cmd_latency(int argc, char **argv);
int cmd_blocked(int argc, char **argv);
int cmd_locks(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_gaps(int argc, char **argv);
int cmd_slow(int argc, char **argv);
int cmd_errors(int argc, char **argv);
int cmd_bisect(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif

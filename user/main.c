// SPDX-License-Identifier: GPL-2.0
/*
 * fntrace: load, look after and lend out the function tracer. This file finds
 * the command; each has a file of its own.
 */

#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fntrace.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "load", cmd_load, "load the kernel module and mount its control tree" },
	{ "unload", cmd_unload, "unmount the control tree and remove the module" },
	{ "status", cmd_status, "say what is loaded, traced and recorded" },
	{ "exec", cmd_exec, "run a tracefs client, such as trace-cmd, on our tree" },
	{ "graph", cmd_graph, "show which functions call which, and how long they take" },
	{ "count", cmd_count, "count calls of functions" },
	{ "hist", cmd_hist, "show how long functions take" },
	{ "latency", cmd_latency, "show how long interrupts or preemption are off and tasks wait" },
	{ "blocked", cmd_blocked, "show what tasks wait for, and who wakes them" },
	{ "locks", cmd_locks, "show which locks are waited for, by whom, and who has them" },
	{ "profile", cmd_profile, "show where CPUs spend their time" },
	{ "gaps", cmd_gaps, "show times in which nothing of this machine ran on a CPU" },
	{ "slow", cmd_slow, "show calls that take too long, with all that they called" },
	{ "errors", cmd_errors, "show calls that return an error, with all that they called" },
	{ "bisect", cmd_bisect, "find the function that must not be traced" },
	{ "doctor", cmd_doctor, "say what would keep the module from working here" },
};

const char *argp_program_version = "fntrace " FNTRACE_VERSION;

void complain(const char *fmt, ...)
{
	va_list args;

	fputs("fntrace: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

static const struct command *command_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void usage_error(const char *what)
{
	size_t i;

	fprintf(stderr, "fntrace: %s; the commands are", what);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].name);
	fputs("; fntrace --help says more\n", stderr);
	exit(EXIT_USAGE);
}

static void unknown_command(const char *name)
{
	char what[64];

	snprintf(what, sizeof(what), "%.32s: no such command", name);
	usage_error(what);
}

static char *help_filter(int key, const char *text, void *input)
{
	char *help = NULL;
	size_t size, i;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&help, &size);
	if (!out)
		return (char *)text;
	fputs("Commands:\n", out);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\nfntrace COMMAND --help tells about one, the manual page\n"
	      "fntrace-COMMAND(1) more.\n\n"
	      "Exit status: 0 success, 1 failure, 2 wrong usage; that of exec,\n"
	      "and of what traces a command, is that of what it runs; bisect has more.\n", out);
	fclose(out);
	return help;
}

struct choice {
	const struct command *command;
	int argc;
	char **argv;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct choice *choice = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		choice->command = command_find(arg);
		if (!choice->command)
			unknown_command(arg);
		/* What follows is the command's. */
		choice->argc = state->argc - state->next + 1;
		choice->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		usage_error("no command named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [ARG...]",
	.doc = "Trace the functions of the running kernel.\v ",
	.help_filter = help_filter,
};

int main(int argc, char **argv)
{
	struct choice choice = { };
	char name[64];
	int status;

	argp_err_exit_status = EXIT_USAGE;
	argv[0] = "fntrace";
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice))
		return EXIT_FAILURE;

	/* What argp says of a command's options names the command. */
	snprintf(name, sizeof(name), "fntrace %s", choice.command->name);
	choice.argv[0] = name;
	status = choice.command->run(choice.argc, choice.argv);

	if (fflush(stdout) || ferror(stdout)) {
		complain("standard output: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	return status;
}

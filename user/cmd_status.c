// SPDX-License-Identifier: GPL-2.0

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fntrace.h"
#include "module.h"
#include "mounts.h"
#include "textfile.h"
#include "tree.h"

/* What the lines of per_cpu/cpuN/stats are called here; times are not summed. */
static const struct {
	const char *line;
	const char *key;
} event_counts[] = {
	{ "entries", "entries" },
	{ "read events", "read" },
	{ "overrun", "overrun" },
	{ "commit overrun", "commit_overrun" },
	{ "dropped events", "dropped" },
	{ "too long events", "too_long" },
	{ "missed calls", "missed" },
};

/* How a function can be served, as dyn_ftrace_total_info has it. */
static const char *const function_states[] = { "owned", "joined", "yielded", "unavailable" };

#define EVENT_COUNTS ARRAY_SIZE(event_counts)
#define FUNCTION_STATES ARRAY_SIZE(function_states)

/**
 * struct status - all that is said
 * @mounts: of the tree, in this mount namespace
 * @tracer: current_tracer
 * @clock: trace_clock's choice
 * @patcher: patcher's choice
 * @tracing_on: events are recorded
 * @stopped: it has stopped itself, see core/fault.c
 * @functions: wanted by somebody, by function_states
 * @events: sums over all CPUs, by event_counts
 * @buffer_kb: size of the buffer of one CPU; -1 if they differ
 * @buffer_total_kb: of all
 */
struct status {
	struct mounts mounts;
	char *tracer;
	char *clock;
	char *patcher;
	int tracing_on;
	int stopped;
	long long functions[FUNCTION_STATES];
	long long events[EVENT_COUNTS];
	long long buffer_kb;
	long long buffer_total_kb;
};

static char *read_setting(int tree, const char *path)
{
	char *text = textfile_read(tree, path);

	if (!text)
		complain("status: %s: %s", path, strerror(errno));
	return text;
}

/* The number that a file begins with; -1 if it begins with something else. */
static int read_number(int tree, const char *path, long long *number)
{
	char *text = read_setting(tree, path);

	if (!text)
		return -1;
	if (sscanf(text, "%lld", number) != 1)
		*number = -1;
	free(text);
	return 0;
}

static void count_event_line(struct status *status, const char *line)
{
	size_t i, len = strcspn(line, ":");
	long long number;

	for (i = 0; i < EVENT_COUNTS; i++)
		if (strlen(event_counts[i].line) == len &&
		    !strncmp(line, event_counts[i].line, len) &&
		    sscanf(line + len, ": %lld", &number) == 1)
			status->events[i] += number;
}

static int count_events_of(struct status *status, int tree, const char *cpu)
{
	char path[64], *text, *line, *rest;

	snprintf(path, sizeof(path), "per_cpu/%.16s/stats", cpu);
	text = read_setting(tree, path);
	if (!text)
		return -1;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		count_event_line(status, line);
	free(text);
	return 0;
}

static int count_events(struct status *status, int tree)
{
	int fd = openat(tree, "per_cpu", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int err = 0;

	if (!dir) {
		complain("status: per_cpu: %s", strerror(errno));
		return -1;
	}
	while (!err && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "cpu", 3))
			err = count_events_of(status, tree, entry->d_name);
	closedir(dir);
	return err;
}

static void patching_line(struct status *status, const char *line)
{
	size_t i, len = strcspn(line, ":");

	if (!strncmp(line, "state: ", 7))
		status->stopped = strcmp(line + 7, "alive") != 0;
	for (i = 0; i < FUNCTION_STATES; i++)
		if (strlen(function_states[i]) == len && !strncmp(line, function_states[i], len))
			sscanf(line + len, ": %lld", &status->functions[i]);
}

static int read_patching(struct status *status, int tree)
{
	char *text = read_setting(tree, "dyn_ftrace_total_info"), *line, *rest;

	if (!text)
		return -1;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		patching_line(status, line);
	free(text);
	return 0;
}

static int status_read(struct status *status, int tree)
{
	long long on;

	status->tracer = read_setting(tree, "current_tracer");
	status->clock = textfile_chosen(read_setting(tree, "trace_clock"));
	status->patcher = textfile_chosen(read_setting(tree, "patcher"));
	if (!status->tracer || !status->clock || !status->patcher ||
	    read_number(tree, "tracing_on", &on) ||
	    read_number(tree, "buffer_size_kb", &status->buffer_kb) ||
	    read_number(tree, "buffer_total_size_kb", &status->buffer_total_kb))
		return -1;
	status->tracing_on = on > 0;
	return count_events(status, tree) || read_patching(status, tree);
}

static long long sum(const long long *numbers, size_t nr)
{
	long long total = 0;

	while (nr--)
		total += numbers[nr];
	return total;
}

static void print_text(const struct status *status)
{
	size_t i;

	puts(status->stopped ?
	     "module      loaded, but has stopped itself; the kernel log says why (fail-stop)" :
	     "module      loaded");
	printf("mounted    ");
	for (i = 0; i < status->mounts.nr; i++)
		printf(" %s", status->mounts.at[i].path);
	puts(i ? "" : " nowhere; `fntrace load` mounts it at " TREE_DIR);
	printf("tracer      %s, tracing is %s\n", status->tracer,
	       status->tracing_on ? "on" : "off");
	printf("functions   %lld wanted", sum(status->functions, FUNCTION_STATES));
	for (i = 0; i < FUNCTION_STATES; i++)
		printf("%s %lld %s", i ? "," : ":", status->functions[i], function_states[i]);
	printf("\nbuffer      ");
	if (status->buffer_kb < 0)
		printf("sizes differ by CPU");
	else
		printf("%lld KiB a CPU", status->buffer_kb);
	printf(", %lld KiB in all\nevents     ", status->buffer_total_kb);
	for (i = 0; i < EVENT_COUNTS; i++)
		printf("%s %lld %s", i ? "," : "", status->events[i], event_counts[i].line);
	printf("\npatcher     %s\nclock       %s\n", status->patcher, status->clock);
}

static json_t *json_of_status(const struct status *status)
{
	json_t *mounted = json_array(), *functions = json_object(), *events = json_object();
	json_t *kb = status->buffer_kb < 0 ? json_null() : json_integer(status->buffer_kb);
	size_t i;

	for (i = 0; i < status->mounts.nr; i++)
		json_array_append_new(mounted, json_string(status->mounts.at[i].path));
	for (i = 0; i < FUNCTION_STATES; i++)
		json_object_set_new(functions, function_states[i],
				    json_integer(status->functions[i]));
	for (i = 0; i < EVENT_COUNTS; i++)
		json_object_set_new(events, event_counts[i].key, json_integer(status->events[i]));
	return json_pack("{s:b, s:b, s:o, s:s, s:b, s:o, s:o, s:I, s:o, s:s, s:s}", "loaded", 1,
			 "stopped", status->stopped, "mounted", mounted, "tracer", status->tracer,
			 "tracing_on", status->tracing_on, "functions", functions,
			 "buffer_size_kb", kb, "buffer_total_size_kb", status->buffer_total_kb,
			 "events", events, "patcher", status->patcher, "clock", status->clock);
}

static int print_json(json_t *json)
{
	int err = !json || json_dumpf(json, stdout, JSON_INDENT(2));

	json_decref(json);
	if (err)
		complain("status: no memory, or standard output cannot be written");
	else
		putchar('\n');
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int status_of_loaded(int as_json)
{
	struct status status = { };
	int tree = tree_open();
	int result = EXIT_FAILURE;

	if (tree < 0)
		complain("status: cannot open the control tree: %s%s", strerror(errno),
			 errno == EACCES || errno == EPERM ? "; run as root" : "");
	else if (mounts_read(&status.mounts, "/proc/self/mountinfo", TREE_TYPE))
		complain("status: /proc/self/mountinfo: %s", strerror(errno));
	else if (!status_read(&status, tree))
		result = EXIT_SUCCESS;
	close(tree);

	if (result == EXIT_SUCCESS && as_json)
		result = print_json(json_of_status(&status));
	else if (result == EXIT_SUCCESS)
		print_text(&status);
	mounts_free(&status.mounts);
	free(status.tracer);
	free(status.clock);
	free(status.patcher);
	return result;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	int *as_json = state->input;

	(void)arg;
	if (key != 'j')
		return ARGP_ERR_UNKNOWN;
	*as_json = 1;
	return 0;
}

static const struct argp_option options[] = {
	{ .name = "json", .key = 'j', .doc = "print a JSON object" },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Say whether the module is loaded, where its control tree is mounted, what is\n"
	       "traced, and what became of the events.",
};

int cmd_status(int argc, char **argv)
{
	int as_json = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &as_json);
	if (module_loaded())
		return status_of_loaded(as_json);
	if (as_json)
		return print_json(json_pack("{s:b}", "loaded", 0));
	puts("module      not loaded");
	return EXIT_SUCCESS;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What `fntrace graph`, `slow` and `errors` have in common: the settings, and the
 * way of the text from trace_pipe to who reads it.
 */

#include "graph.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "duration.h"
#include "fntrace.h"
#include "textfile.h"

/* So much is passed on before signals are looked for again. */
#define PIECE 65536

/**
 * graph_add - one word more
 * @words: have room for all of the command line
 * @word: the word
 */
void graph_add(struct words *words, char *word)
{
	words->at[words->nr++] = word;
}

/**
 * graph_take_longer - an option says how long calls have to take
 * @graph: receives it
 * @state: of the parser
 * @arg: the time
 * @option: the option's name
 */
void graph_take_longer(struct graph *graph, struct argp_state *state, const char *arg,
		       const char *option)
{
	if (duration_parse(arg, NS_PER_US, &graph->longer) || !graph->longer)
		argp_error(state, "%s: %s is no time, as 500us or 1ms are", option, arg);
	else if (graph->longer % NS_PER_US)
		argp_error(state, "%s: %s: microseconds are the smallest unit here", option, arg);
}

/* A number of KiB; 0 if it is none. */
static unsigned long read_size(const char *text)
{
	static const char suffixes[] = "KMG";
	unsigned int shift = 0;
	unsigned long size;
	const char *suffix;
	char *end;

	errno = 0;
	size = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9')
		return 0;
	suffix = *end ? strchr(suffixes, *end) : NULL;
	if (suffix) {
		shift = (suffix - suffixes) * 10;
		end++;
	}
	return *end || size > (ULONG_MAX >> shift) ? 0 : size << shift;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct graph *graph = state->input;
	char *end;

	switch (key) {
	case 'n':
		graph_add(&graph->notrace, arg);
		return 0;
	case 'D':
		errno = 0;
		graph->depth = strtoul(arg, &end, 10);
		if (errno || *end || *arg < '0' || *arg > '9' || !graph->depth ||
		    graph->depth > INT_MAX)
			argp_error(state, "--depth: %s is no number of levels", arg);
		return 0;
	case 'm':
		graph->buffer_kb = read_size(arg);
		if (!graph->buffer_kb)
			argp_error(state, "--buffer-size: %s is no size, as 4096K or 4M are", arg);
		return 0;
	case 'o':
		graph->path = arg;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &graph->scope;
		state->child_inputs[1] = &graph->scope;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ .name = "notrace", .key = 'n', .arg = "GLOB", .doc = "without these functions" },
	{ .name = "depth", .key = 'D', .arg = "N", .doc = "only so many levels" },
	{ .name = "buffer-size", .key = 'm', .arg = "SIZE",
	  .doc = "of each CPU, in KiB, or with K, M or G" },
	{ .name = "output", .key = 'o', .arg = "FILE", .doc = "write it there" },
	{ }
};

static const struct argp_child children[] = {
	{ .argp = &scope_argp },
	{ .argp = &scope_places_argp },
	{ }
};

/* Options that all of them have. */
const struct argp graph_argp = { .options = options, .parser = parse, .children = children };

static int set_options(struct session *session, const struct graph *graph)
{
	const struct {
		const char *file;
		bool on;
	} wanted[] = {
		{ "options/funcgraph-args", graph->args },
		{ "options/funcgraph-retval", graph->retval },
		{ "options/funcgraph-retaddr", graph->retaddr },
		{ "options/funcgraph-tail", graph->tail },
		{ "options/funcgraph-slow", graph->slow },
		{ "options/funcgraph-failed", graph->failed },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		if (session_set(session, wanted[i].file, wanted[i].on ? "1" : "0"))
			return -1;
	return 0;
}

static int set_buffer(struct session *session, const struct graph *graph)
{
	char *size;
	int same;

	if (!graph->buffer_kb)
		return 0;
	size = textfile_read(session->tree, "buffer_size_kb");
	same = !size || size[0] != 'X';
	free(size);
	if (same)
		return session_set_number(session, "buffer_size_kb", graph->buffer_kb);
	complain("%s: the buffers of the CPUs differ in size, and could not be put back: --buffer-size cannot be used",
		 session->name);
	return -1;
}

static int open_output(struct graph *graph)
{
	graph->out = graph->path ? fopen(graph->path, "we") : stdout;
	if (graph->out)
		return 0;
	complain("%s: %s: %s", graph->scope.name, graph->path, strerror(errno));
	return -1;
}

static int prepare(struct scope *scope, void *data)
{
	struct session *session = &scope->session;
	struct graph *graph = data;
	char *const none[] = { NULL };

	return open_output(graph) || set_buffer(session, graph) ||
	       session_set_list(session, "set_ftrace_filter", graph->filter.at) ||
	       session_set_list(session, "set_ftrace_notrace", graph->notrace.at) ||
	       session_set_list(session, "set_graph_function", graph->roots.at) ||
	       session_set_list(session, "set_graph_notrace", none) ||
	       session_set_number(session, "max_graph_depth", graph->depth) ||
	       session_set_number(session, "tracing_thresh", graph->longer / NS_PER_US) ||
	       set_options(session, graph) ||
	       session_set(session, "current_tracer", "function_graph") ? -1 : 0;
}

/* It cannot be written: if nobody reads it, that is as good as a signal. */
static int check_output(struct graph *graph)
{
	if (!fflush(graph->out) && !ferror(graph->out))
		return 0;
	if (!graph->path && errno == EPIPE)
		graph->scope.signal = SIGPIPE;
	else
		complain("%s: %s", graph->path ?: "standard output", strerror(errno));
	clearerr(graph->out);
	return -1;
}

/* What stands above the columns. */
static int print_header(struct graph *graph)
{
	char *text = textfile_read(graph->scope.session.tree, "trace"), *line, *rest;

	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line && line[0] == '#';
	     line = strtok_r(NULL, "\n", &rest))
		fprintf(graph->out, "%s\n", line);
	free(text);
	return check_output(graph);
}

static int begin(struct scope *scope, void *data)
{
	scope->input = openat(scope->session.tree, "trace_pipe",
			      O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (scope->input >= 0)
		return print_header(data);
	complain("%s: trace_pipe: %s", scope->name, strerror(errno));
	return -1;
}

/* Pass on a piece. Return 1 if there may be more; 0, or -1 with the reason told. */
static int pass_on(struct graph *graph)
{
	static char piece[PIECE];
	ssize_t len = read(graph->scope.input, piece, sizeof(piece));

	if (len < 0 && errno != EAGAIN && errno != EINTR) {
		complain("%s: trace_pipe: %s", graph->scope.name, strerror(errno));
		return -1;
	}
	if (len <= 0)
		return 0;
	fwrite(piece, 1, len, graph->out);
	return check_output(graph) ? -1 : 1;
}

static int step(struct scope *scope, void *data)
{
	(void)scope;
	return pass_on(data) < 0 ? -1 : 0;
}

static int finish(struct scope *scope, void *data)
{
	int more;

	(void)scope;
	do
		more = pass_on(data);
	while (more > 0);
	return more;
}

static const struct scope_work work = {
	.prepare = prepare,
	.begin = begin,
	.step = step,
	.finish = finish,
};

/**
 * graph_init - nothing chosen yet
 * @graph: receives it; for graph_exit()
 * @name: of the command
 * @argc: words of the command line
 *
 * Return: 0; -1 with the reason told.
 */
int graph_init(struct graph *graph, const char *name, int argc)
{
	*graph = (struct graph) { .scope.name = name };
	graph->roots.at = calloc(argc + 1, sizeof(char *));
	graph->filter.at = calloc(argc + 1, sizeof(char *));
	graph->notrace.at = calloc(argc + 1, sizeof(char *));
	if (graph->roots.at && graph->filter.at && graph->notrace.at)
		return 0;
	complain("%s: %s", name, strerror(ENOMEM));
	graph_exit(graph);
	return -1;
}

/**
 * graph_run - show it
 * @graph: from the command line
 *
 * Return: the exit status, that of the command if there is one.
 */
int graph_run(struct graph *graph)
{
	int status = scope_run(&graph->scope, &work, graph);

	if (!graph->path || !graph->out || !fclose(graph->out))
		return status;
	complain("%s: %s: %s", graph->scope.name, graph->path, strerror(errno));
	return EXIT_FAILURE;
}

/**
 * graph_exit - release what was chosen
 * @graph: from graph_init()
 */
void graph_exit(struct graph *graph)
{
	free(graph->roots.at);
	free(graph->filter.at);
	free(graph->notrace.at);
}

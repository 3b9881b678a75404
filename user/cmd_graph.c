// SPDX-License-Identifier: GPL-2.0

#include <stdlib.h>

#include "fntrace.h"
#include "graph.h"

enum {
	KEY_ARGS = 256,
	KEY_RETVAL,
	KEY_RETADDR,
	KEY_TAIL,
};

static const struct argp_option options[] = {
	{ .name = "filter", .key = 'f', .arg = "GLOB", .doc = "only these functions" },
	{ .name = "graph", .key = 'g', .arg = "GLOB",
	  .doc = "only what these functions call, and themselves" },
	{ .name = "longer", .key = 't', .arg = "TIME",
	  .doc = "only calls that take longer: 500us, 1ms" },
	{ .name = "args", .key = KEY_ARGS, .doc = "with arguments" },
	{ .name = "retval", .key = KEY_RETVAL, .doc = "with returned values" },
	{ .name = "retaddr", .key = KEY_RETADDR, .doc = "with the place of the call" },
	{ .name = "tail", .key = KEY_TAIL, .doc = "with names at the end, too" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct graph *graph = state->input;

	switch (key) {
	case 'f':
		graph_add(&graph->filter, arg);
		return 0;
	case 'g':
		graph_add(&graph->roots, arg);
		return 0;
	case 't':
		graph_take_longer(graph, state, arg, "--longer");
		return 0;
	case KEY_ARGS:
		graph->args = true;
		return 0;
	case KEY_RETVAL:
		graph->retval = true;
		return 0;
	case KEY_RETADDR:
		graph->retaddr = true;
		return 0;
	case KEY_TAIL:
		graph->tail = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = graph;
		return 0;
	case ARGP_KEY_ARG:
		/* There are no other words: it needs no -- before it. */
		graph->scope.command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ .argp = &graph_argp },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.children = children,
	.args_doc = "[[--] CMD [ARG...]]",
	.doc = "Show which functions call which, and how long they take: called by CMD and its\n"
	       "children, by a process, or by all; until CMD ends, the time is over, or ^C.\n"
	       "\vGLOB is a word of set_ftrace_filter: vfs_read, 'vfs_*', ':mod:ext4'; -f, -g and\n"
	       "-n may be given again. The exit status is that of CMD; 126 if it cannot be run,\n"
	       "127 if it is not there.",
};

int cmd_graph(int argc, char **argv)
{
	struct graph graph;
	int status;

	if (graph_init(&graph, "graph", argc))
		return EXIT_FAILURE;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &graph);
	status = graph_run(&graph);
	graph_exit(&graph);
	return status;
}

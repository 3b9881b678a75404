// SPDX-License-Identifier: GPL-2.0

#include <stdlib.h>

#include "fntrace.h"
#include "graph.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct graph *graph = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = graph;
		return 0;
	case ARGP_KEY_ARG:
		if (!scope_takes(&graph->scope, state))
			graph_add(&graph->roots, arg);
		return 0;
	case ARGP_KEY_END:
		if (!graph->roots.nr)
			argp_error(state, "no function named");
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
	.parser = parse,
	.children = children,
	.args_doc = "FUNC... [-- CMD [ARG...]]",
	.doc = "Show calls of FUNC that return an error, with everything that they called,\n"
	       "arguments and returned values; made by CMD and its children, by a process, or\n"
	       "by all; until CMD ends, the time is over, or ^C.\n"
	       "\vFUNC is a word of set_graph_function. The exit status is that of CMD; 126 if\n"
	       "it cannot be run, 127 if it is not there.",
};

int cmd_errors(int argc, char **argv)
{
	struct graph graph;
	int status;

	if (graph_init(&graph, "errors", argc))
		return EXIT_FAILURE;
	graph.failed = true;
	graph.args = true;
	graph.retval = true;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &graph);
	status = graph_run(&graph);
	graph_exit(&graph);
	return status;
}

// SPDX-License-Identifier: GPL-2.0

#include <stdlib.h>

#include "fntrace.h"
#include "graph.h"

static const struct argp_option options[] = {
	{ .name = "over", .key = 't', .arg = "TIME", .doc = "longer than this: 500us, 1ms" },
	{ }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct graph *graph = state->input;

	switch (key) {
	case 't':
		graph_take_longer(graph, state, arg, "--over");
		return 0;
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
		else if (!graph->longer)
			argp_error(state, "--over is missing: what is slow?");
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
	.args_doc = "FUNC... [-- CMD [ARG...]]",
	.doc = "Show calls of FUNC that take longer than a time, with everything that they\n"
	       "called, arguments and returned values; made by CMD and its children, by a\n"
	       "process, or by all; until CMD ends, the time is over, or ^C.\n"
	       "\vFUNC is a word of set_graph_function. The exit status is that of CMD; 126 if\n"
	       "it cannot be run, 127 if it is not there.",
};

int cmd_slow(int argc, char **argv)
{
	struct graph graph;
	int status;

	if (graph_init(&graph, "slow", argc))
		return EXIT_FAILURE;
	graph.slow = true;
	graph.args = true;
	graph.retval = true;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &graph);
	status = graph_run(&graph);
	graph_exit(&graph);
	return status;
}

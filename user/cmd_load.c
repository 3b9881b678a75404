// SPDX-License-Identifier: GPL-2.0

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fntrace.h"
#include "module.h"
#include "tree.h"

struct load {
	const char *module;
	char **params;
	size_t nr_params;
};

static void add_param(struct load *load, char *arg, struct argp_state *state)
{
	/* Blanks and quotes would make the kernel see more than one parameter. */
	if (arg[0] == '=' || !strchr(arg, '=') || strpbrk(arg, " \t\n\"")) {
		argp_error(state, "%s: not of the form PARAM=VALUE", arg);
		return;
	}
	load->params[load->nr_params++] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct load *load = state->input;

	switch (key) {
	case 'm':
		load->module = arg;
		return 0;
	case ARGP_KEY_ARG:
		add_param(load, arg, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ .name = "module", .key = 'm', .arg = "FILE", .doc = "the module, a .ko" },
	{ }
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[PARAM=VALUE...]",
	.doc = "Load the kernel module and mount its control tree at " TREE_DIR ".\n"
	       "\vWithout --module it is the fntrace.ko of the source tree that this program\n"
	       "stands in, or else the one that modprobe would take.",
};

static int load_or_leave(const struct load *load)
{
	if (!module_loaded()) {
		if (module_load(load->module, load->params) || tree_mount())
			return EXIT_FAILURE;
		puts("fntrace: loaded, the control tree is at " TREE_DIR);
		return EXIT_SUCCESS;
	}
	if (load->nr_params || load->module) {
		complain("load: already loaded: %s cannot take effect; `fntrace unload` first",
			 load->nr_params ? load->params[0] : load->module);
		return EXIT_FAILURE;
	}
	if (tree_mount())
		return EXIT_FAILURE;
	puts("fntrace: was loaded already, the control tree is at " TREE_DIR);
	return EXIT_SUCCESS;
}

int cmd_load(int argc, char **argv)
{
	struct load load = { .params = calloc(argc, sizeof(char *)) };
	int status;

	if (!load.params) {
		complain("load: no memory");
		return EXIT_FAILURE;
	}
	argp_parse(&argp, argc, argv, 0, NULL, &load);
	status = load_or_leave(&load);
	free(load.params);
	return status;
}

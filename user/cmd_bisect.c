// SPDX-License-Identifier: GPL-2.0
/*
 * One run after the other: choose functions, trace them, see what the command
 * says, trace nothing. Which functions, bisect.c says. Whatever happens, the
 * settings that were found are put back at last.
 */

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "bisect.h"
#include "bisect_log.h"
#include "command.h"
#include "fntrace.h"
#include "functions.h"
#include "ready.h"
#include "textfile.h"

/* As with `git bisect run`: the command cannot tell. */
#define EXIT_SKIP 125

/* How long a command that was killed may take to be gone, traced and not. */
#define REAP_TRACED_SECONDS 1
#define REAP_SECONDS 10

/* What ends it otherwise than by a function that is named. */
enum {
	EXIT_SEVERAL = 3,	/* more than one are bad together */
	EXIT_NOTHING = 4,	/* bad without any traced, or good with all */
	EXIT_UNDECIDED = 5,	/* the command cannot tell, or changes its mind */
};

/**
 * struct setting - of the tree, as it was found
 * @tracer: current_tracer
 * @on: tracing_on
 * @filter: set_ftrace_filter
 */
struct setting {
	char *tracer;
	char *on;
	struct functions filter;
};

/**
 * struct search - all about it
 * @bisect: what is known
 * @log: what it is about, and where that is kept
 * @resumed: it goes on with a log
 * @tree: the control tree
 * @before: settings to be put back
 * @available: what could be traced when it was last looked at
 * @which: room for the numbers of functions to trace
 * @signals: those that end it
 * @run: numbers the runs, those of the log too
 * @exit: status, if it ends before there is a verdict
 * @fatal: the signal that it ends by, or 0
 */
struct search {
	struct bisect bisect;
	struct bisect_log log;
	bool resumed;
	int tree;
	struct setting before;
	struct functions available;
	unsigned int *which;
	struct command_signals signals;
	unsigned int run;
	int exit;
	int fatal;
};

static int write_setting(const struct search *search, const char *file, const char *text)
{
	if (!textfile_write(search->tree, file, text))
		return 0;
	complain("bisect: cannot write %s into %s: %s", text, file, strerror(errno));
	return -1;
}

static int setting_read(struct search *search)
{
	struct setting *before = &search->before;

	/*
	 * What a search that did not come to its end has left is nobody's wish, and
	 * what was traced before that may have the culprit.
	 */
	before->tracer = search->resumed ? strdup("nop") :
					   textfile_read(search->tree, "current_tracer");
	before->on = before->tracer ? textfile_read(search->tree, "tracing_on") : NULL;
	if (!before->on) {
		complain("bisect: the control tree: %s", strerror(errno));
		return -1;
	}
	return functions_read(&before->filter, search->tree, "set_ftrace_filter");
}

static int put_filter_back(const struct search *search, struct functions *filter)
{
	struct functions available;
	unsigned int i, nr = 0;
	int missing;

	if (functions_read(&available, search->tree, "available_filter_functions"))
		return -1;
	missing = functions_locate(filter, &available);
	functions_free(&available);
	if (missing < 0)
		return -1;
	if (missing)
		complain("bisect: %d functions that set_ftrace_filter had cannot be put back: they have gone",
			 missing);
	for (i = 0; i < filter->nr; i++) {
		if (!filter->lines[i])
			continue;
		filter->names[nr] = filter->names[i];
		filter->lines[nr] = filter->lines[i];
		search->which[nr] = nr;
		nr++;
	}
	filter->nr = nr;
	if (nr || filter->unset)
		return functions_filter(search->tree, filter, search->which, nr);
	/* Nothing written would mean all. */
	return -1;
}

/* The tracer last: it is not to run with other functions than before. */
static int setting_put_back(struct search *search)
{
	struct setting *before = &search->before;
	int err = write_setting(search, "current_tracer", "nop");

	err = put_filter_back(search, &before->filter) || err;
	err = write_setting(search, "tracing_on", before->on) || err;
	if (!err && strcmp(before->tracer, "nop"))
		err = write_setting(search, "current_tracer", before->tracer);
	if (err)
		complain("bisect: the settings of before are not all back");
	return err ? -1 : 0;
}

/* Look again which functions there are: modules may have come and gone. */
static int follow_listing(struct search *search)
{
	struct functions *functions = &search->log.functions;
	struct functions now;
	unsigned int i = 0;
	int missing;

	if (functions_read(&now, search->tree, "available_filter_functions"))
		return -1;
	if (now.nr == search->available.nr)
		while (i < now.nr && !strcmp(now.names[i], search->available.names[i]))
			i++;
	if (i && i == now.nr) {
		functions_free(&now);
		return 0;
	}
	missing = functions_locate(functions, &now);
	if (search->available.nr && !missing)
		complain("bisect: modules have come or gone: the lines of available_filter_functions have changed, those that are searched are all there");
	functions_free(&search->available);
	search->available = now;
	if (!missing)
		return 0;
	for (i = 0; i < functions->nr && functions->lines[i]; i++)
		;
	if (missing > 0)
		complain("bisect: %d of the functions that are searched are not there any more, the first is %s: load its module%s",
			 missing, functions->names[i],
			 search->log.fd < 0 ? " and begin again" : "; --resume goes on then");
	return -1;
}

static int choose(struct search *search, const struct bisect_set *set)
{
	unsigned int i, nr = bisect_set_size(set);

	if (follow_listing(search))
		return -1;
	for (i = 0; i < nr; i++)
		search->which[i] = bisect_set_at(set, i);
	return functions_filter(search->tree, &search->log.functions, search->which, nr);
}

static int arm(const struct search *search)
{
	return write_setting(search, "tracing_on", "1") ||
	       write_setting(search, "current_tracer", "function");
}

/* Say how a run ended that is good or bad. */
static void progress(const struct search *search, const struct bisect_set *set,
		     const struct command *command)
{
	unsigned int nr = bisect_set_size(set);
	char why[64] = "";

	if (command->end == COMMAND_TIMED_OUT)
		snprintf(why, sizeof(why), " (no end within %u s)", search->log.seconds);
	else if (command->end == COMMAND_KILLED)
		snprintf(why, sizeof(why), " (signal %d)", command->value);
	else if (command->end == COMMAND_NOT_RUN)
		snprintf(why, sizeof(why), " (cannot be run: %.32s)", strerror(command->value));
	else if (command->value)
		snprintf(why, sizeof(why), " (exit status %d)", command->value);
	complain("bisect: run %u: %u function%s: %s%s", search->run, nr, nr == 1 ? "" : "s",
		 *why ? "bad" : "good", why);
}

/* The command says nothing about the functions: why it ends, and how. */
static int no_answer(struct search *search, const struct command *command)
{
	if (command->end == COMMAND_STOPPED) {
		search->fatal = command->value;
		complain("bisect: run %u: stopped by signal %d", search->run, command->value);
	} else if (command->end == COMMAND_NOT_RUN) {
		search->exit = command->value == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
		complain("bisect: %s: %s", search->log.argv[0], strerror(command->value));
	} else {
		search->exit = EXIT_UNDECIDED;
		complain("bisect: run %u: the command cannot tell (exit status %d)", search->run,
			 EXIT_SKIP);
	}
	return -1;
}

/* What cannot be started where nothing is traced is not there; later it is bad. */
static bool tells_nothing(const struct command *command, unsigned int traced)
{
	return command->end == COMMAND_STOPPED ||
	       (command->end == COMMAND_NOT_RUN && !traced) ||
	       (command->end == COMMAND_EXITED && command->value == EXIT_SKIP);
}

static bool is_bad(const struct command *command)
{
	return command->end != COMMAND_EXITED || command->value;
}

/* Run the command with functions traced. Return 1 if it is bad, 0 if good; -1. */
static int run_with(struct search *search, const struct bisect_set *set, struct command *command)
{
	unsigned int nr = bisect_set_size(set);
	int err = 0;

	*command = (struct command) {
		.end = COMMAND_STOPPED,
		.value = command_signal_pending(&search->signals),
	};
	search->run++;
	if (command->value)
		return no_answer(search, command);
	if (nr && choose(search, set))
		return -1;
	if (nr && arm(search))
		err = -1;
	else
		command_run(command, &search->signals, search->log.argv, search->log.seconds);
	command_reap(command, REAP_TRACED_SECONDS);
	if (nr && write_setting(search, "current_tracer", "nop"))
		err = -1;
	if (command_reap(command, REAP_SECONDS)) {
		complain("bisect: process %d was killed and is not gone: what it waits for does not come; reboot%s",
			 (int)command->pid,
			 search->log.fd < 0 ? "" : ", --resume then goes on");
		err = -1;
	}
	if (err)
		return -1;
	return tells_nothing(command, nr) ? no_answer(search, command) : is_bad(command);
}

/* A run that the search has asked for. What is not durable is not begun. */
static int next_run(struct search *search, const struct bisect_set *set)
{
	const struct functions *functions = &search->log.functions;
	off_t before = bisect_log_end(&search->log);
	unsigned int nr = bisect_set_size(set);
	const char *answer;
	struct command command;
	int bad;

	if (nr)
		bad = bisect_log_add(&search->log, "run %u: %u functions, from %s to %s\n",
				     search->run + 1, nr,
				     functions->names[bisect_set_at(set, 0)],
				     functions->names[bisect_set_at(set, nr - 1)]);
	else
		bad = bisect_log_add(&search->log, "run %u: 0 functions\n", search->run + 1);
	if (bad)
		return -1;
	bad = run_with(search, set, &command);
	answer = bad ? "bad" : "good";
	/* Of one that cannot be killed only a reboot is left. */
	if (bad < 0)
		answer = command.pid && command.end == COMMAND_TIMED_OUT ?
			 "bad, it cannot be killed" : "stopped";
	if (bisect_log_add(&search->log, "%s\n", answer)) {
		bisect_log_cut(&search->log, before);
		return -1;
	}
	if (bad < 0)
		return -1;
	progress(search, set, &command);
	bisect_answer(&search->bisect, bad);
	return 0;
}

/* Go through the runs of the log again, the last of which may have no answer. */
static int replay(struct search *search)
{
	const struct bisect_log *log = &search->log;
	const struct bisect_set *set;
	unsigned int i, nr;

	for (i = 0; i < log->nr_runs; i++) {
		set = bisect_ask(&search->bisect);
		if (!set || bisect_set_size(set) != log->runs[i].functions) {
			complain("bisect: %s: run %u is not one that this search makes", log->path,
				 i + 1);
			return -1;
		}
		nr = bisect_set_size(set);
		if (log->runs[i].answer == LOG_UNFINISHED) {
			complain("bisect: run %u: %u function%s: bad (it was not finished)", i + 1,
				 nr, nr == 1 ? "" : "s");
			if (bisect_log_add(log, "bad, it was not finished\n"))
				return -1;
		}
		bisect_answer(&search->bisect, log->runs[i].answer != LOG_GOOD);
	}
	search->run = log->nr_runs;
	return 0;
}

/*
 * The machine may have been booted since: is the command still good with nothing
 * traced? It is no run of the search.
 */
static int try_nothing(struct search *search)
{
	const struct bisect_set nothing = { };
	unsigned int runs = search->run;
	struct command command;
	int bad;

	bad = run_with(search, &nothing, &command);
	search->run = runs;
	if (!bad)
		complain("bisect: with nothing traced the command is still good");
	if (bad > 0) {
		complain("bisect: the command is bad with nothing traced: it needs something that it had when %s was begun",
			 search->log.path);
		search->exit = EXIT_NOTHING;
	}
	return bad ? -1 : 0;
}

static void search_on(struct search *search)
{
	const struct bisect_set *set;

	/* Without another run too: where is what has been found? */
	if (follow_listing(search) && bisect_ask(&search->bisect))
		return;
	if (search->resumed && search->run && bisect_ask(&search->bisect) && try_nothing(search))
		return;
	while ((set = bisect_ask(&search->bisect)))
		if (next_run(search, set))
			return;
}

/* The names on standard output; names are not unique, lines are. */
static void print_worst(const struct search *search)
{
	const struct bisect_set *worst = &search->bisect.worst;
	const struct functions *functions = &search->log.functions;
	unsigned int i, n;

	for (i = 0; i < bisect_set_size(worst); i++) {
		n = bisect_set_at(worst, i);
		puts(functions->names[n]);
		if (search->bisect.verdict == BISECT_ONE && functions->lines[n])
			complain("bisect: it is line %u of available_filter_functions",
				 functions->lines[n]);
	}
}

static int report(const struct search *search)
{
	unsigned int nr = bisect_set_size(&search->bisect.worst), runs = search->bisect.runs;

	switch (search->bisect.verdict) {
	case BISECT_ONE:
		complain("bisect: found in %u runs: bad with this function alone", runs);
		print_worst(search);
		return EXIT_SUCCESS;
	case BISECT_SEVERAL:
		complain("bisect: found in %u runs: bad with these %u functions together; each of them is needed",
			 runs, nr);
		print_worst(search);
		return EXIT_SEVERAL;
	case BISECT_MANY:
		complain("bisect: %u runs: bad with these %u functions together; more than %d of them are needed, which ones is not known",
			 runs, nr, BISECT_MEMBERS_MAX);
		print_worst(search);
		return EXIT_SEVERAL;
	case BISECT_UNSTABLE:
		complain("bisect: %u runs: with these %u functions the command was bad once and good once; it is not to be relied on",
			 runs, nr);
		print_worst(search);
		return EXIT_UNDECIDED;
	case BISECT_BAD_WITHOUT:
		complain("bisect: the command is bad with nothing traced: there is nothing to find");
		return EXIT_NOTHING;
	case BISECT_GOOD_WITH_ALL:
		complain("bisect: the command is good with all %u functions traced: there is nothing to find",
			 search->bisect.nr);
		return EXIT_NOTHING;
	case BISECT_OPEN:
		break;
	}
	if (nr && search->exit == EXIT_UNDECIDED) {
		complain("bisect: the smallest set that was bad has these %u functions", nr);
		print_worst(search);
	} else if (nr) {
		complain("bisect: not finished; the smallest set that was bad has %u functions",
			 nr);
	}
	return search->exit;
}

/* What it is about, where that is not known from a log. */
static int prepare(struct search *search)
{
	struct bisect_log *log = &search->log;
	unsigned int most;

	if (!search->resumed && functions_selected(&log->functions, search->tree))
		return -1;
	if (!log->functions.nr) {
		complain("bisect: set_ftrace_filter and set_ftrace_notrace leave no function");
		return -1;
	}
	most = log->functions.nr;
	if (search->before.filter.nr > most)
		most = search->before.filter.nr;
	search->which = calloc(most, sizeof(*search->which));
	log->directory = search->resumed ? log->directory : getcwd(NULL, 0);
	if (!search->which || !log->directory) {
		complain("bisect: %s", strerror(errno));
		return -1;
	}
	if (search->resumed && chdir(log->directory)) {
		complain("bisect: %s: %s", log->directory, strerror(errno));
		return -1;
	}
	if (!search->resumed && log->path && bisect_log_create(log))
		return -1;
	bisect_init(&search->bisect, log->functions.nr);
	return replay(search);
}

/* All between finding the settings and putting them back. */
static int search_in_tree(struct search *search)
{
	int status = EXIT_FAILURE;

	if (setting_read(search) || prepare(search))
		return EXIT_FAILURE;
	command_signals_begin(&search->signals);
	search->exit = EXIT_FAILURE;
	if (!write_setting(search, "current_tracer", "nop"))
		search_on(search);
	status = report(search);
	if (setting_put_back(search))
		status = EXIT_FAILURE;
	if (search->fatal)
		fflush(stdout);
	command_signals_end(&search->signals, search->fatal);
	return status;
}

static int run(struct search *search)
{
	int status = EXIT_FAILURE;

	search->tree = ready_to_trace("bisect");
	if (search->tree < 0)
		return EXIT_FAILURE;
	status = search_in_tree(search);
	close(search->tree);
	free(search->before.tracer);
	free(search->before.on);
	functions_free(&search->before.filter);
	functions_free(&search->available);
	free(search->which);
	return status;
}

/**
 * struct options - the command line
 * @command: its words, NULL behind the last
 * @nr_words: number of them
 * @seconds: time that it has, NULL if that is not limited
 * @log: to be written
 * @resume: to be read
 */
struct options {
	char **command;
	unsigned int nr_words;
	const char *seconds;
	const char *log;
	const char *resume;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 't':
		options->seconds = arg;
		return 0;
	case 'l':
		options->log = arg;
		return 0;
	case 'r':
		options->resume = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* The rest is the command's, its options too. */
		options->command = state->argv + state->next - 1;
		options->nr_words = state->argc - state->next + 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (options->resume && (options->command || options->seconds || options->log))
			argp_error(state, "--resume takes all else from the log");
		else if (!options->resume && !options->command)
			argp_error(state, "no command to run");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options_known[] = {
	{ .name = "timeout", .key = 't', .arg = "SECONDS",
	  .doc = "kill CMD after so long; that is bad" },
	{ .name = "log", .key = 'l', .arg = "FILE",
	  .doc = "write each step down before it is taken" },
	{ .name = "resume", .key = 'r', .arg = "FILE",
	  .doc = "go on with a log; a step that was not finished is bad" },
	{ }
};

static const struct argp argp = {
	.options = options_known,
	.parser = parse,
	.args_doc = "[--] CMD [ARG...]\n--resume FILE",
	.doc = "Find the function that makes CMD fail when it is traced: run CMD with parts\n"
	       "of those traced that set_ftrace_filter selects, until one is left.\n"
	       "\vCMD succeeds if all is well; exit status 125 says that it cannot tell, any\n"
	       "other that it is bad. The function is printed. Exit status: 0 it is named,\n"
	       "1 failure, 2 wrong usage, 3 several are bad together, 4 nothing to find,\n"
	       "5 CMD cannot tell, 126 CMD cannot be run, 127 CMD is not there.",
};

static int read_seconds(const char *text, unsigned int *seconds)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || !number || number > INT_MAX || *text == '-') {
		complain("bisect: --timeout: %s is not a number of seconds", text);
		return -1;
	}
	*seconds = number;
	return 0;
}

int cmd_bisect(int argc, char **argv)
{
	struct options options = { };
	struct search search = { .log.fd = -1 };
	int status = EXIT_FAILURE;

	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options);
	if (options.seconds && read_seconds(options.seconds, &search.log.seconds))
		return EXIT_USAGE;
	search.resumed = options.resume;
	search.log.path = options.log;
	if (!search.resumed && bisect_log_command(&search.log, options.command, options.nr_words))
		complain("bisect: %s", strerror(ENOMEM));
	else if (!search.resumed || !bisect_log_read(&search.log, options.resume))
		status = run(&search);
	bisect_log_close(&search.log);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Words of set_ftrace_filter that are about which calls of a function are recorded.
 */

#include "debugfs/files.h"

#include <linux/errno.h>

#include "core/conditions.h"
#include "core/filter.h"
#include "core/hash.h"
#include "patching/ops.h"

static const char *reason_of(int err)
{
	switch (err) {
	case -EEXIST:
		return "That is so already";
	case -ENOENT:
		return "That is not so";
	case -ENOSPC:
		return "A function has too many comparisons";
	default:
		return NULL;
	}
}

static int change(struct fnt_trace *tr, const struct fnt_hash *functions, bool remove,
		  const struct condition_words *words, struct trigger_fault *fault)
{
	int err;

	trace_lock();
	if (remove)
		err = trace_conditions_remove(tr, functions, words);
	else
		err = trace_conditions_add(tr, functions, words, fault);
	trace_unlock();
	return err;
}

/**
 * function_condition_obey - obey a word that is about which calls are recorded
 * @tr: the trace
 * @word: the functions: up to the colon
 * @text: the condition: behind that
 * @error: receives what is wrong
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL; what trace_conditions_add() or trace_conditions_remove() returned. On
 * error nothing has changed.
 */
int function_condition_obey(struct fnt_trace *tr, char *word, char *text,
			    struct filter_error *error)
{
	struct trigger_fault fault = { };
	struct condition_words words;
	struct fnt_hash *functions;
	struct filter_term term;
	int err = filter_parse(word, &term, error) ?:
		  condition_parse(text, term.negate, &words, &fault);

	if (!err) {
		functions = functions_of_term(&term, error);
		if (IS_ERR(functions))
			return PTR_ERR(functions);
		err = change(tr, functions, term.negate, &words, &fault);
		hash_destroy(functions);
	}
	if (err && (fault.what || reason_of(err))) {
		error->pos = text + fault.pos - word;
		error->what = fault.what ?: reason_of(err);
		return -EINVAL;
	}
	return err;
}

/**
 * function_condition_show - list which calls of a function are recorded
 * @m: receives it
 * @line: from trace_conditions_nth()
 *
 * Context: process; tracer_mutex held, between ops_functions_begin() and
 * ops_functions_end().
 * Return: 0; SEQ_SKIP if the function has gone.
 */
int function_condition_show(struct seq_file *m, const struct condition_line *line)
{
	struct ops_function function;

	if (!ops_function_at(line->call->ip, &function))
		return SEQ_SKIP;
	function_name_show(m, &function);
	if (line->term < line->call->nr)
		seq_printf(m, ":if:%s\n", line->call->terms[line->term].text);
	else
		seq_printf(m, ":every:%u\n", line->call->every);
	return 0;
}

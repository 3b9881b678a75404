// SPDX-License-Identifier: GPL-2.0
/*
 * Words of set_ftrace_filter that are about what is done when functions are called.
 */

#include "debugfs/files.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "core/commands.h"
#include "core/events.h"
#include "core/filter.h"
#include "core/hash.h"
#include "core/trigger.h"
#include "patching/ops.h"

/**
 * functions_of_term - the functions that a word names
 * @term: the word
 * @error: receives what is wrong
 *
 * Context: process, may sleep.
 * Return: their call sites; an error pointer with -EINVAL if there are none, -ENOMEM, -EIO.
 */
struct fnt_hash *functions_of_term(const struct filter_term *term, struct filter_error *error)
{
	struct ops_function function;
	struct fnt_hash *functions;
	unsigned long *ips = NULL;
	int nr, err;

	err = ops_functions_begin();
	if (err)
		return ERR_PTR(err);
	if (term->number) {
		nr = ops_function_nth(term->number - 1, &function);
		functions = nr ? hash_create(&function.ip, 1) : NULL;
	} else {
		nr = ops_functions_find(term, &ips);
		functions = nr > 0 ? hash_create(ips, nr) : NULL;
		kvfree(ips);
	}
	ops_functions_end();
	if (nr <= 0) {
		error->pos = term->negate;
		error->what = term->number ? "There is no such line" : "No function matches";
		return ERR_PTR(nr ?: -EINVAL);
	}
	return functions ?: ERR_PTR(-ENOMEM);
}

/* What is to be done. Nothing may stand there that only triggers of events have. */
static int parse(const char *word, char *text, struct trigger_command *command,
		 struct filter_error *error)
{
	struct trigger_fault fault = { };
	int err = *text == '!' ? -EINVAL : command_parse(text, *word == '!', command, &fault);

	if (err) {
		error->pos = text + fault.pos - word;
		error->what = "No such command";
		/* The name of the command was understood, then what is behind it is wrong. */
		if (fault.what && fault.pos)
			error->what = fault.what;
	}
	return err;
}

static int change(struct fnt_trace *tr, const struct fnt_hash *functions, bool remove,
		  const struct trigger_command *command)
{
	int err;

	trace_lock();
	events_lock();
	if (remove)
		err = trace_commands_remove(tr, functions, command);
	else
		err = trace_commands_add(tr, functions, command);
	events_unlock();
	trace_unlock();
	return err;
}

/**
 * function_command_obey - obey a word that is about what is to be done
 * @tr: the trace
 * @word: the functions: up to the colon
 * @text: the command: behind that
 * @error: receives what is wrong
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL; what trace_commands_add() or trace_commands_remove() returned. On
 * error nothing has changed.
 */
int function_command_obey(struct fnt_trace *tr, char *word, char *text,
			  struct filter_error *error)
{
	/* As in the kernel, what is done at no function named is done at none any more. */
	char all[] = "!*", *names = strcmp(word, "!") ? word : all;
	struct trigger_command command;
	struct fnt_hash *functions;
	struct filter_term term;
	int err = parse(word, text, &command, error) ?: filter_parse(names, &term, error);

	if (err)
		return err;
	functions = functions_of_term(&term, error);
	if (IS_ERR(functions))
		return PTR_ERR(functions);
	err = change(tr, functions, term.negate, &command);
	hash_destroy(functions);
	/* As in the kernel, who tells neither of the two. */
	if (err == -EEXIST || err == -ENOENT) {
		error->pos = text - word;
		error->what = err == -EEXIST ? "That is done already" : "That is not done";
		return -EINVAL;
	}
	if (err == -EINVAL) {
		error->pos = command.system - word;
		error->what = "No such event";
	}
	return err;
}

/**
 * function_command_show - list what is done when a function is called
 * @m: receives it
 * @place: from trace_commands_nth()
 *
 * Context: process; tracer_mutex held, with events_lock(), between ops_functions_begin()
 * and ops_functions_end().
 * Return: 0; SEQ_SKIP if the function has gone.
 */
int function_command_show(struct seq_file *m, const struct command_place *place)
{
	struct ops_function function;

	if (!ops_function_at(place->ip, &function))
		return SEQ_SKIP;
	function_name_show(m, &function);
	seq_putc(m, ':');
	action_show(m, &place->command->action);
	seq_putc(m, '\n');
	return 0;
}

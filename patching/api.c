// SPDX-License-Identifier: GPL-2.0
/*
 * What other modules may use: to be called at function entries, without a
 * trace. Their way is that of our own tracers.
 */

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/filter.h"
#include "core/hash.h"
#include "patching/ops.h"

/* Add the functions of one word to a set, or take them out. */
static int apply_word(struct fnt_hash **set, char *word)
{
	struct fnt_hash *named, *result;
	struct filter_error error;
	struct filter_term term;
	unsigned long *ips;
	int nr, err;

	err = filter_parse(word, &term, &error);
	if (err)
		return err;
	if (term.number)
		return -EINVAL;
	nr = ops_functions_find(&term, &ips);
	if (nr <= 0)
		return nr ?: -ENOENT;
	named = hash_create(ips, nr);
	kvfree(ips);
	if (!named)
		return -ENOMEM;
	result = term.negate ? hash_minus(*set, named) : hash_union(*set, named);
	hash_destroy(named);
	if (!result)
		return -ENOMEM;
	hash_destroy(*set);
	*set = result;
	return 0;
}

static struct fnt_hash *set_of_words(char *words)
{
	struct fnt_hash *set = hash_create(NULL, 0);
	char *word;
	int err;

	if (!set)
		return ERR_PTR(-ENOMEM);
	while ((word = strsep(&words, " \t\n"))) {
		err = *word ? apply_word(&set, word) : 0;
		if (err) {
			hash_destroy(set);
			return ERR_PTR(err);
		}
	}
	return set;
}

/* NULL stays NULL. */
static struct fnt_hash *set_of(const char *words)
{
	struct fnt_hash *set;
	char *copy;

	if (!words)
		return NULL;
	copy = kstrdup(words, GFP_KERNEL);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	set = set_of_words(copy);
	kfree(copy);
	return set;
}

/**
 * fnt_ops_set_filter - choose the functions that a user is called for
 * @ops: from fnt_ops_init(); registered or not
 * @filter: words as set_ftrace_filter takes them, with blanks between; NULL for
 *          all functions
 * @except: words for those that are not wanted; NULL for none
 *
 * When this returns no CPU and no task is inside @ops->func on behalf of a
 * function that is not wanted any more.
 *
 * Context: process, may sleep.
 * Return: 0; and with nothing changed -EINVAL for a word that is none, -ENOENT
 * if no function matches one, -ENOMEM, -EIO after a fail-stop.
 */
int fnt_ops_set_filter(struct fnt_ops *ops, const char *filter, const char *except)
{
	struct fnt_hash *wanted, *unwanted;
	int err;

	err = ops_functions_begin();
	if (err)
		return err;
	wanted = set_of(filter);
	unwanted = IS_ERR(wanted) ? NULL : set_of(except);
	ops_functions_end();
	if (IS_ERR(wanted))
		return PTR_ERR(wanted);
	if (IS_ERR(unwanted)) {
		hash_destroy(wanted);
		return PTR_ERR(unwanted);
	}
	err = fnt_ops_set_hash(ops, wanted, unwanted);
	if (err) {
		hash_destroy(wanted);
		hash_destroy(unwanted);
	}
	return err;
}
EXPORT_SYMBOL_GPL(fnt_ops_set_filter);

/**
 * ops_copy_hash - fnt_ops_set_hash() with copies of the sets
 * @ops: registered or not
 * @filter: those wanted, NULL for all
 * @except: those not wanted, NULL for none
 *
 * For sets that their owner may replace while @ops still reads them.
 *
 * Context: process, may sleep.
 * Return: 0; what fnt_ops_set_hash() returned: then nothing has changed.
 */
int ops_copy_hash(struct fnt_ops *ops, const struct fnt_hash *filter,
		  const struct fnt_hash *except)
{
	struct fnt_hash *own_filter = NULL, *own_except = NULL;
	int err = -ENOMEM;

	if (filter) {
		own_filter = hash_create(filter->ips, filter->nr);
		if (!own_filter)
			goto out;
	}
	if (except) {
		own_except = hash_create(except->ips, except->nr);
		if (!own_except)
			goto out;
	}
	err = fnt_ops_set_hash(ops, own_filter, own_except);
	if (!err)
		return 0;
out:
	hash_destroy(own_filter);
	hash_destroy(own_except);
	return err;
}

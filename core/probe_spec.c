// SPDX-License-Identifier: GPL-2.0
/*
 * The language of kprobe_events. PURE: also compiled in user space.
 *
 *	line	= ("p" | "r" [N]) [":" [group "/"] [event]] place argument*
 *		| "-:" [group "/"] [event] [place argument*]
 *	place	= [module ":"] symbol ["+" N] ["%return"] | address
 *
 * It is the kernel's (v6.1: kernel/trace/trace_kprobe.c), and what is wrong with one is
 * told in its words.
 */

#include "core/probe_spec.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/number.h"

static int wrong(struct probe_fault *fault, const char *text, const char *at, const char *what)
{
	fault->pos = at - text;
	fault->what = what;
	return -EINVAL;
}

/**
 * probe_spaces - have words be parted by one space, and nothing around them
 * @text: the words
 *
 * Context: any.
 */
void probe_spaces(char *text)
{
	char *to = text, *from;

	for (from = text; *from; from++) {
		if (!isspace((unsigned char)*from))
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

/* Cut off the word in front; *rest is left at the next one, NULL if there is none. */
static char *take_word(char **rest)
{
	char *word = *rest;
	char *space = word ? strchr(word, ' ') : NULL;

	*rest = space ? space + 1 : NULL;
	if (space)
		*space = '\0';
	return word;
}

/* As the kernel wants them: beginning with a letter, of letters, digits and "_". */
static int copy_name(char *to, const char *from, size_t len)
{
	if (len >= PROBE_NAME_MAX)
		return -E2BIG;
	memcpy(to, from, len);
	to[len] = '\0';
	return probe_is_name(to) ? 0 : -EINVAL;
}

/* Groups may have "-" in them, too. */
static int copy_group(char *to, const char *from, size_t len)
{
	char plain[PROBE_NAME_MAX];
	size_t i;
	int err;

	if (len >= PROBE_NAME_MAX)
		return -E2BIG;
	for (i = 0; i < len; i++)
		plain[i] = i && from[i] == '-' ? '_' : from[i];
	err = copy_name(to, plain, len);
	memcpy(to, from, len);
	return err;
}

static int read_group(struct probe_spec *spec, const char *text, const char *at, size_t len,
		      struct probe_fault *fault)
{
	int err;

	if (!len)
		return wrong(fault, text, at, "Group name is not specified");
	err = copy_group(spec->group, at, len);
	if (err == -E2BIG)
		return wrong(fault, text, at, "Group name is too long");
	return err ? wrong(fault, text, at,
			   "Group name must follow the same rules as C identifiers") : 0;
}

/* "[GROUP/][EVENT]", a "." being as good as the "/". */
static int read_names(struct probe_spec *spec, const char *text, const char *at,
		      struct probe_fault *fault)
{
	const char *slash = strchr(at, '/') ?: strchr(at, '.');
	int err = slash ? read_group(spec, text, at, slash - at, fault) : 0;

	if (err)
		return err;
	at = slash ? slash + 1 : at;
	if (!*at)
		return slash ? 0 : wrong(fault, text, at, "Event name is not specified");
	err = copy_name(spec->event, at, strlen(at));
	if (err == -E2BIG)
		return wrong(fault, text, at, "Event name is too long");
	return err ? wrong(fault, text, at,
			   "Event name must follow the same rules as C identifiers") : 0;
}

static int read_active(struct probe_spec *spec, const char *text, const char *digits,
		       struct probe_fault *fault)
{
	u64 active;

	if (!isdigit((unsigned char)*digits) && *digits)
		return wrong(fault, text, digits, "Invalid maxactive number");
	if (!*digits)
		return 0;
	if (!spec->returns)
		return wrong(fault, text, digits, "Maxactive is not for kprobe");
	if (!number_read(digits, &active) || !active)
		return wrong(fault, text, digits, "Invalid maxactive number");
	if (active > PROBE_ACTIVE_MAX)
		return wrong(fault, text, digits, "Maxactive is too big");
	spec->active = active;
	return 0;
}

/* What is asked for, and how it is to be called. */
static int read_head(struct probe_spec *spec, const char *text, char *head,
		     struct probe_fault *fault)
{
	char *names = strchr(head, ':');

	if (*head != 'p' && *head != 'r')
		return wrong(fault, text, head, "Neither a probe nor one to be removed");
	spec->returns = *head == 'r';
	if (names)
		*names++ = '\0';
	return read_active(spec, text, head + 1, fault) ?:
	       (names ? read_names(spec, text, names, fault) : 0);
}

static int read_suffix(struct probe_spec *spec, const char *text, char *place,
		       struct probe_fault *fault)
{
	char *suffix = strchr(place, '%');

	if (!suffix)
		return 0;
	if (strcmp(suffix, "%return"))
		return wrong(fault, text, suffix, "Invalid probed address suffix");
	*suffix = '\0';
	spec->returns = true;
	return 0;
}

static int read_symbol(struct probe_spec *spec, const char *text, char *place,
		       struct probe_fault *fault)
{
	char *sign, *colon;
	u64 offset = 0;
	int err = read_suffix(spec, text, place, fault);

	if (err)
		return err;
	sign = strpbrk(place, "+-");
	if (sign && (*sign == '-' || !number_read(sign + 1, &offset) || offset > U32_MAX))
		return wrong(fault, text, place, "Invalid probed address or symbol");
	if (sign)
		*sign = '\0';
	colon = strchr(place, ':');
	if (colon)
		*colon = '\0';
	spec->module = colon ? place : NULL;
	spec->symbol = colon ? colon + 1 : place;
	spec->offset = offset;
	return *spec->symbol && *place ? 0 :
	       wrong(fault, text, place, "Invalid probed address or symbol");
}

static int read_place(struct probe_spec *spec, const char *text, char *place,
		      struct probe_fault *fault)
{
	u64 addr;

	spec->place = place - text;
	if (!number_read(place, &addr))
		return read_symbol(spec, text, place, fault);
	spec->addr = addr;
	return 0;
}

/* "p_SYMBOL_OFFSET", with all that is in no name made "_". */
static void make_event_name(struct probe_spec *spec)
{
	char kind = spec->returns ? 'r' : 'p', *at;

	if (!spec->symbol)
		snprintf(spec->event, sizeof(spec->event), "%c_0x%lx", kind, spec->addr);
	else if (spec->module)
		snprintf(spec->event, sizeof(spec->event), "%c_%.20s_%.38s_%lu", kind, spec->module,
			 spec->symbol, spec->offset);
	else
		snprintf(spec->event, sizeof(spec->event), "%c_%.59s_%lu", kind, spec->symbol,
			 spec->offset);
	for (at = spec->event; *at; at++)
		if (!isalnum((unsigned char)*at))
			*at = '_';
}

/* Returns false if there are too many. */
static bool take_args(char *rest, char *args[PROBE_ARGS_MAX], unsigned int *nr)
{
	for (*nr = 0; rest && *nr < PROBE_ARGS_MAX; (*nr)++)
		args[*nr] = take_word(&rest);
	return !rest;
}

/**
 * probe_spec_parse - understand a line that says what is wanted
 * @text: after probe_spaces(); cut into pieces, to which @spec points
 * @spec: receives what it means
 * @fault: receives what is wrong, and where
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int probe_spec_parse(char *text, struct probe_spec *spec, struct probe_fault *fault)
{
	char *rest = text, *head, *place;
	int err;

	*spec = (struct probe_spec) { .group = "kprobes", .end = strlen(text) };
	head = take_word(&rest);
	place = take_word(&rest);
	if (!place)
		return wrong(fault, text, head + strlen(head), "No place of a probe");
	err = read_head(spec, text, head, fault) ?: read_place(spec, text, place, fault);
	if (err)
		return err;
	if (!take_args(rest, spec->args, &spec->nr_args))
		return wrong(fault, text, rest, "Too many arguments");
	if (!*spec->event)
		make_event_name(spec);
	return 0;
}

/**
 * probe_removal_parse - understand a line that says what is to be removed
 * @text: after probe_spaces(); cut into pieces, to which @removal points
 * @removal: receives what it means
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int probe_removal_parse(char *text, struct probe_removal *removal)
{
	char *rest = text, *head = take_word(&rest), *slash;

	*removal = (struct probe_removal) { };
	if (head[1] != ':')
		return -EINVAL;
	head += 2;
	slash = strchr(head, '/');
	if (slash) {
		*slash = '\0';
		removal->group = head;
		head = slash + 1;
	}
	if (*head)
		removal->event = head;
	else if (!slash)
		return -EINVAL;
	removal->place = take_word(&rest);
	return take_args(rest, removal->args, &removal->nr_args) ? 0 : -EINVAL;
}

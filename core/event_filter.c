// SPDX-License-Identifier: GPL-2.0
/*
 * The language of events/.../filter. PURE: also compiled in user space.
 *
 *	filter	= any { "||" any }
 *	any	= one { "&&" one }
 *	one	= { "!" } ( "(" filter ")" | field [".ustring"] op value )
 *	op	= "==" "!=" "<" "<=" ">" ">=" "&" for numbers, "==" "!=" "~" for strings
 *	value	= number, decimal, hexadecimal or octal | "string" | 'string'
 *
 * It becomes a list of comparisons, each with the place to go on at if it is true and
 * the place if it is false: always further on, so that matching comes to an end, and
 * takes no stack however many parentheses there are.
 */

#include "core/event_filter.h"

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/filter.h"

enum filter_op { OP_GLOB, OP_NE, OP_EQ, OP_LE, OP_LT, OP_GE, OP_GT, OP_AND };

/* What is the beginning of another stands behind it. */
static const char *const op_names[] = {
	[OP_GLOB] = "~",
	[OP_NE] = "!=",
	[OP_EQ] = "==",
	[OP_LE] = "<=",
	[OP_LT] = "<",
	[OP_GE] = ">=",
	[OP_GT] = ">",
	[OP_AND] = "&",
};

/* Where a filter ends; other places are numbers of comparisons. */
#define PLACE_TRUE (-1)
#define PLACE_FALSE (-2)

/**
 * struct comparison - of a field with a value
 * @kind: of the field
 * @op: how they are compared; of strings OP_EQ or OP_GLOB
 * @negate: the result is turned round
 * @user: the string is in user space
 * @is_signed: of a number
 * @offset: of the field in the record
 * @size: of the field
 * @value: the number
 * @low: what a number is compared with as a range: where that begins
 * @span: and how far it goes, both modulo 2^64, so that one comparison tells for all
 *        operators but OP_AND, for signed numbers as for others
 * @string: the string, in the filter's copy; ended by a NUL
 * @len: its length
 * @next: where to go on if it is false, and if it is true
 */
struct comparison {
	enum filter_kind kind;
	enum filter_op op;
	bool negate;
	bool user;
	bool is_signed;
	u16 offset;
	u16 size;
	u64 value;
	u64 low;
	u64 span;
	char *string;
	size_t len;
	int next[2];
};

/**
 * struct event_filter - a filter, understood
 * @text: as it was written
 * @copy: the strings in it are here
 * @nr: number of @comparisons
 * @comparisons: the first one is where matching begins
 */
struct event_filter {
	char *text;
	char *copy;
	unsigned int nr;
	struct comparison comparisons[];
};

/*
 * A part of a filter that was understood. What it leads to if it is true is not known
 * yet, so the places that are to hold it are a list, each with the number of the next:
 * comparison and two, times two, and one for that of true; 0 at the end. The same if it
 * is false.
 */
struct part {
	int first;
	int open[2];
	int last[2];
};

/* What waits for the part that is being read. */
enum wait_kind { WAIT_PAREN, WAIT_NOT, WAIT_AND, WAIT_OR };

struct waiting {
	enum wait_kind kind;
	unsigned int pos;
	struct part left;	/* of WAIT_AND and WAIT_OR */
};

/**
 * struct reader - reading a filter
 * @at: what comes next
 * @text: the whole
 * @filter: what it becomes
 * @stack: what waits
 * @depth: number of @stack
 * @find: finds fields
 * @arg: its own
 * @fault: what is wrong
 */
struct reader {
	char *at;
	char *text;
	struct event_filter *filter;
	struct waiting *stack;
	unsigned int depth;
	filter_find_t find;
	void *arg;
	struct filter_fault *fault;
};

static int wrong(struct reader *reader, const char *at, const char *what)
{
	reader->fault->pos = at - reader->text;
	reader->fault->what = what;
	return -EINVAL;
}

static char *skip_space(char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_string(const struct filter_field *field)
{
	return field->kind != FILTER_NUMBER && field->kind != FILTER_THIS_CPU;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The digits of a number, up to @end. */
static bool read_digits(const char *at, const char *end, u64 *value)
{
	unsigned int base = 10;
	u64 sum = 0;

	if (*at == '0' && end - at > 1) {
		at++;
		base = 8;
		if ((*at | 0x20) == 'x') {
			at++;
			base = 16;
		}
	}
	if (at == end)
		return false;
	for (; at < end; at++) {
		unsigned int digit = digit_of(*at);

		if (digit >= base || sum > (~0ULL - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return true;
}

/* A number, in the range of 64 bits with the sign of the field. */
static int read_number(struct reader *reader, const struct filter_field *field,
		       struct comparison *to)
{
	char *at = reader->at, *end;
	bool minus = *at == '-';
	u64 limit;

	for (end = at + minus; isalnum((unsigned char)*end); end++)
		;
	limit = field->is_signed ? (1ULL << 63) - !minus : ~0ULL;
	if (!read_digits(at + minus, end, &to->value) || to->value > limit ||
	    (minus && !field->is_signed))
		return wrong(reader, at, "Illegal integer value");
	if (minus)
		to->value = -to->value;
	reader->at = end;
	return 0;
}

static int read_string(struct reader *reader, struct comparison *to)
{
	char *begin = reader->at + 1, *end = strchr(begin, *reader->at);

	if (!end)
		return wrong(reader, reader->at, "Missing matching quote");
	if (end - begin > EVENT_FILTER_STRING_MAX)
		return wrong(reader, begin, "Operand too long");
	to->string = reader->filter->copy + (begin - reader->text);
	to->len = end - begin;
	to->string[to->len] = '\0';
	reader->at = end + 1;
	return 0;
}

/* Of the value only as many bits count as the field has. */
static u64 in_width(u64 value, const struct comparison *cmp)
{
	switch (cmp->size) {
	case 1:
		return cmp->is_signed ? (u64)(s8)value : (u8)value;
	case 2:
		return cmp->is_signed ? (u64)(s16)value : (u16)value;
	case 4:
		return cmp->is_signed ? (u64)(s32)value : (u32)value;
	default:
		return value;
	}
}

static int read_value(struct reader *reader, const struct filter_field *field,
		      struct comparison *to)
{
	char *at = reader->at;
	int err;

	if (*at == '\'' || *at == '"') {
		if (to->op != OP_EQ && to->op != OP_NE && to->op != OP_GLOB)
			return wrong(reader, at, "Illegal operation for field type");
		if (!is_string(field))
			return wrong(reader, at, "Expecting numeric field");
		return read_string(reader, to);
	}
	if (!isdigit((unsigned char)*at) && *at != '-')
		return wrong(reader, at, "Invalid value (did you forget quotes)?");
	if (is_string(field))
		return wrong(reader, at, "Expecting string field");
	if (to->op == OP_GLOB)
		return wrong(reader, at, "Illegal operation for field type");
	err = read_number(reader, field, to);
	if (field->kind == FILTER_NUMBER)
		to->value = in_width(to->value, to);
	return err;
}

static int read_op(struct reader *reader, struct comparison *to)
{
	unsigned int op;

	for (op = 0; op < ARRAY_SIZE(op_names); op++) {
		size_t len = strlen(op_names[op]);

		if (strncmp(reader->at, op_names[op], len))
			continue;
		to->op = op;
		reader->at = skip_space(reader->at + len);
		return 0;
	}
	return wrong(reader, reader->at, "Invalid operator");
}

/* "!=" is "==" turned round, and so is "~" before a "!". */
static void turn_round(struct comparison *to)
{
	if (to->op == OP_NE) {
		to->op = OP_EQ;
		to->negate = true;
	} else if (to->op == OP_GLOB && *to->string == '!') {
		to->string++;
		to->len--;
		to->negate = true;
	}
}

/* What no number is, is the opposite of what all are. */
static void set_no_number(struct comparison *to)
{
	to->low = 0;
	to->span = U64_MAX;
	to->negate = !to->negate;
}

static void set_range(struct comparison *to)
{
	bool is_signed = to->is_signed || to->kind == FILTER_THIS_CPU;
	u64 min = is_signed ? (u64)S64_MIN : 0, max = is_signed ? (u64)S64_MAX : U64_MAX;

	switch (to->op) {
	case OP_LT:
		to->low = min;
		to->span = to->value - 1 - min;
		if (to->value == min)
			set_no_number(to);
		break;
	case OP_LE:
		to->low = min;
		to->span = to->value - min;
		break;
	case OP_GT:
		to->low = to->value + 1;
		to->span = max - to->low;
		if (to->value == max)
			set_no_number(to);
		break;
	case OP_GE:
		to->low = to->value;
		to->span = max - to->low;
		break;
	default:
		to->low = to->value;
		to->span = 0;
	}
}

static int read_comparison(struct reader *reader)
{
	static const char ustring[] = ".ustring";
	struct event_filter *filter = reader->filter;
	struct comparison *to = &filter->comparisons[filter->nr];
	const struct filter_field *field;
	char *begin = reader->at;
	int err;

	while (is_word(*reader->at))
		reader->at++;
	if (reader->at == begin)
		return wrong(reader, begin, *begin ? "Field not found" : "No filter found");
	field = reader->find(reader->arg, begin, reader->at - begin);
	/* The kernel points behind the name, and its tests look where (v6.1: parse_pred()). */
	if (!field)
		return wrong(reader, reader->at + 1, "Field not found");
	*to = (struct comparison) {
		.kind = field->kind,
		.is_signed = field->is_signed,
		.offset = field->offset,
		.size = field->size,
	};
	if (!strncmp(reader->at, ustring, sizeof(ustring) - 1)) {
		to->user = true;
		reader->at += sizeof(ustring) - 1;
	}
	reader->at = skip_space(reader->at);
	err = read_op(reader, to) ?: read_value(reader, field, to);
	if (err)
		return err;
	turn_round(to);
	set_range(to);
	filter->nr++;
	return 0;
}

/* The place that a number in a list of open places stands for. */
static int *place_at(struct event_filter *filter, int number)
{
	return &filter->comparisons[number / 2 - 1].next[number % 2];
}

/* It is known what they lead to. */
static void close_places(struct event_filter *filter, int number, int place)
{
	int next;

	for (; number; number = next) {
		next = *place_at(filter, number);
		*place_at(filter, number) = place;
	}
}

/* Put two lists together, behind one another. */
static void join_places(struct event_filter *filter, const struct part *left,
			const struct part *right, unsigned int which, struct part *sum)
{
	sum->open[which] = left->open[which] ?: right->open[which];
	sum->last[which] = right->last[which] ?: left->last[which];
	if (left->open[which] && right->open[which])
		*place_at(filter, left->last[which]) = right->open[which];
}

/* @which: what decides is the left part alone, if it is false, or if it is true. */
static struct part combine(struct event_filter *filter, const struct part *left,
			   const struct part *right, unsigned int which)
{
	struct part sum = { .first = left->first };

	close_places(filter, left->open[!which], right->first);
	join_places(filter, left, right, which, &sum);
	sum.open[!which] = right->open[!which];
	sum.last[!which] = right->last[!which];
	return sum;
}

static struct part part_of_last(const struct event_filter *filter)
{
	int number = filter->nr * 2;

	return (struct part) {
		.first = filter->nr - 1,
		.open = { number, number + 1 },
		.last = { number, number + 1 },
	};
}

static struct part inverted(const struct part *part)
{
	return (struct part) {
		.first = part->first,
		.open = { part->open[1], part->open[0] },
		.last = { part->last[1], part->last[0] },
	};
}

/* What is complete with the part that was read, down to @kind: it waits no more. */
static struct part reduce(struct reader *reader, struct part part, enum wait_kind kind)
{
	const struct waiting *top;

	while (reader->depth) {
		top = &reader->stack[reader->depth - 1];
		if (top->kind == WAIT_PAREN || top->kind > kind)
			break;
		reader->depth--;
		if (top->kind == WAIT_NOT)
			part = inverted(&part);
		else
			part = combine(reader->filter, &top->left, &part, top->kind == WAIT_OR);
	}
	return part;
}

static void wait_for_part(struct reader *reader, enum wait_kind kind, const struct part *left)
{
	struct waiting *top = &reader->stack[reader->depth++];

	top->kind = kind;
	top->pos = reader->at - reader->text;
	if (left)
		top->left = *left;
}

/* "(" and "!" before a comparison. */
static void read_prefixes(struct reader *reader)
{
	for (;; reader->at++) {
		reader->at = skip_space(reader->at);
		if (*reader->at == '(')
			wait_for_part(reader, WAIT_PAREN, NULL);
		else if (*reader->at == '!')
			wait_for_part(reader, WAIT_NOT, NULL);
		else
			return;
	}
}

/* ")" behind it. Returns false if there is one too many. */
static bool read_closing(struct reader *reader, struct part *part)
{
	for (;; reader->at++) {
		reader->at = skip_space(reader->at);
		if (*reader->at != ')')
			return true;
		*part = reduce(reader, *part, WAIT_OR);
		if (!reader->depth)
			return false;
		reader->depth--;
		*part = reduce(reader, *part, WAIT_NOT);
	}
}

static int read_all(struct reader *reader, struct part *part)
{
	enum wait_kind kind;
	int err;

	for (;;) {
		read_prefixes(reader);
		err = read_comparison(reader);
		if (err)
			return err;
		*part = part_of_last(reader->filter);
		*part = reduce(reader, *part, WAIT_NOT);
		if (!read_closing(reader, part))
			return wrong(reader, reader->at, "Too few '('");
		if (!*reader->at)
			break;
		if ((*reader->at != '&' && *reader->at != '|') ||
		    reader->at[1] != *reader->at)
			return wrong(reader, reader->at, "Too many terms in predicate expression");
		kind = *reader->at == '&' ? WAIT_AND : WAIT_OR;
		*part = reduce(reader, *part, kind);
		wait_for_part(reader, kind, part);
		reader->at += 2;
	}
	*part = reduce(reader, *part, WAIT_OR);
	if (!reader->depth)
		return 0;
	return wrong(reader, reader->text + reader->stack[reader->depth - 1].pos,
		     "Too many '('");
}

/* No more comparisons than operators, and none of less than three characters. */
static struct event_filter *filter_alloc(const char *text, size_t len)
{
	struct event_filter *filter;

	filter = kvzalloc(struct_size(filter, comparisons, len / 3 + 1), GFP_KERNEL);
	if (!filter)
		return NULL;
	filter->text = kstrdup(text, GFP_KERNEL);
	filter->copy = kstrdup(text, GFP_KERNEL);
	if (filter->text && filter->copy)
		return filter;
	event_filter_destroy(filter);
	return NULL;
}

/**
 * event_filter_create - understand a filter
 * @text: as it was written, EVENT_FILTER_MAX bytes at most
 * @find: finds the fields of the event
 * @arg: for @find
 * @filter: receives the filter
 * @fault: receives what is wrong with it
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL; -ENOMEM.
 */
int event_filter_create(const char *text, filter_find_t find, void *arg,
			struct event_filter **filter, struct filter_fault *fault)
{
	struct reader reader = { .find = find, .arg = arg, .fault = fault };
	size_t len = strlen(text);
	struct part part;
	int err = -ENOMEM;

	*fault = (struct filter_fault) { };
	reader.filter = filter_alloc(text, len);
	reader.stack = kvcalloc(len + 1, sizeof(*reader.stack), GFP_KERNEL);
	if (reader.filter && reader.stack) {
		reader.text = reader.filter->text;
		reader.at = reader.text;
		err = read_all(&reader, &part);
	}
	kvfree(reader.stack);
	if (err) {
		event_filter_destroy(reader.filter);
		return err;
	}
	close_places(reader.filter, part.open[0], PLACE_FALSE);
	close_places(reader.filter, part.open[1], PLACE_TRUE);
	*filter = reader.filter;
	return 0;
}

/**
 * event_filter_destroy - free a filter
 * @filter: nobody matches by it; may be NULL
 *
 * Context: process.
 */
void event_filter_destroy(struct event_filter *filter)
{
	if (!filter)
		return;
	kfree(filter->text);
	kfree(filter->copy);
	kvfree(filter);
}

/**
 * event_filter_text - what a filter was created from
 * @filter: the filter
 *
 * Context: any.
 * Return: the text.
 */
const char *event_filter_text(const struct event_filter *filter)
{
	return filter->text;
}

static bool match_text(const struct comparison *cmp, const char *text, size_t len)
{
	if (cmp->op == OP_GLOB)
		return filter_glob_match_len(cmp->string, text, len);
	return strnlen(text, len) == cmp->len && !memcmp(text, cmp->string, cmp->len);
}

static u64 load_number(const struct comparison *cmp, const void *field)
{
	u64 value = 0;

	switch (cmp->size) {
	case 1:
		value = *(const u8 *)field;
		break;
	case 2:
		memcpy(&value, field, 2);
		break;
	case 4:
		memcpy(&value, field, 4);
		break;
	default:
		memcpy(&value, field, 8);
	}
	return in_width(value, cmp);
}

static __always_inline bool is_in_range(const struct comparison *cmp, u64 value)
{
	return cmp->op == OP_AND ? value & cmp->value : value - cmp->low <= cmp->span;
}

static bool match_number(const struct comparison *cmp, const void *field)
{
	/* Nothing is true of what is no number. */
	if (cmp->size != 8 && cmp->size != 4 && cmp->size != 2 && cmp->size != 1)
		return cmp->negate;
	return is_in_range(cmp, load_number(cmp, field));
}

static bool match_pointer(const struct comparison *cmp, const void *field,
			  const struct filter_scene *scene)
{
	unsigned long addr;
	int len;

	memcpy(&addr, field, sizeof(addr));
	len = scene->peek(scene->buf, addr, scene->room, cmp->user);
	/* Of what cannot be read neither is true. */
	return len < 0 ? cmp->negate : match_text(cmp, scene->buf, len);
}

static bool match(const struct comparison *cmp, const void *record,
		  const struct filter_scene *scene)
{
	const char *field = (const char *)record + cmp->offset;
	u32 where;

	switch (cmp->kind) {
	case FILTER_NUMBER:
		return match_number(cmp, field);
	case FILTER_STRING:
		return match_text(cmp, field, cmp->size);
	case FILTER_LOCATED:
		memcpy(&where, field, sizeof(where));
		return match_text(cmp, (char *)record + (where & 0xffff), where >> 16);
	case FILTER_LOCATED_BEHIND:
		memcpy(&where, field, sizeof(where));
		return match_text(cmp, field + sizeof(where) + (where & 0xffff), where >> 16);
	case FILTER_POINTER:
		return match_pointer(cmp, field, scene);
	case FILTER_TASK_COMM:
		return match_text(cmp, scene->comm, scene->comm_size);
	default:
		return is_in_range(cmp, scene->cpu);
	}
}

/* From a place on, whatever is compared there. */
static noinline bool match_from(const struct event_filter *filter, const void *record,
				filter_describe_t describe, int place)
{
	const struct comparison *cmp;
	struct filter_scene scene;

	describe(&scene);
	while (place >= 0) {
		cmp = &filter->comparisons[place];
		place = cmp->next[match(cmp, record, &scene) != cmp->negate];
	}
	return place == PLACE_TRUE;
}

/**
 * event_filter_match - is a record to be kept?
 * @filter: the filter
 * @record: of the event that it was created for
 * @describe: tells what is known beside it, if that is of interest
 *
 * Numbers of four and of eight bytes are what most filters compare: they have a way of
 * their own, which calls nothing.
 *
 * Context: any, NMI-safe.
 * Return: true if so.
 */
bool event_filter_match(const struct event_filter *filter, const void *record,
			filter_describe_t describe)
{
	const struct comparison *cmp;
	const char *field;
	int place = 0;
	u32 word;
	u64 value;

	do {
		cmp = &filter->comparisons[place];
		field = (const char *)record + cmp->offset;
		if (unlikely(cmp->kind != FILTER_NUMBER))
			return match_from(filter, record, describe, place);
		if (cmp->size == 4) {
			memcpy(&word, field, 4);
			value = cmp->is_signed ? (u64)(s32)word : word;
		} else if (cmp->size == 8) {
			memcpy(&value, field, 8);
		} else {
			return match_from(filter, record, describe, place);
		}
		place = cmp->next[is_in_range(cmp, value) != cmp->negate];
	} while (place >= 0);
	return place == PLACE_TRUE;
}

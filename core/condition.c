// SPDX-License-Identifier: GPL-2.0
/*
 * Which calls of a function are recorded. PURE: also compiled in user space.
 *
 *	condition  = "every:" number | "if:" argument op value
 *	op	   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "&" | "~"
 *	value	   = ["-"] number | "NULL" | "true" | "false" | enumerator | string | glob
 *
 * Numbers are decimal, hexadecimal with 0x before them, octal with 0. Strings stand in
 * quotation marks, a glob (behind "~") with or without.
 */

#include "core/condition.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/btf.h"
#include "core/filter.h"
#include "core/number.h"
#include "core/proto.h"
#include "core/text.h"

/* Longer ones first where one begins with the other. */
static const struct {
	const char *name;
	enum condition_op op;
} ops[] = {
	{ "==", CONDITION_EQ }, { "!=", CONDITION_NE }, { "<=", CONDITION_LE },
	{ ">=", CONDITION_GE }, { "<", CONDITION_LT }, { ">", CONDITION_GT },
	{ "&", CONDITION_AND }, { "~", CONDITION_LIKE },
};

static int wrong(struct trigger_fault *fault, unsigned int pos, const char *what)
{
	fault->pos = pos;
	fault->what = what;
	return -EINVAL;
}

/**
 * condition_is - is a command about which calls are recorded?
 * @text: what stands behind the function and its colon
 *
 * Context: any.
 * Return: true if so.
 */
bool condition_is(const char *text)
{
	return !strcmp(text, "every") || !strcmp(text, "if") || !strncmp(text, "every:", 6) ||
	       !strncmp(text, "if:", 3);
}

static char *skip_blanks(char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

static int parse_every(const char *text, const char *at, struct condition_words *words,
		       struct trigger_fault *fault)
{
	u64 number;

	if (!number_read(at, &number) || !number || number > CONDITION_EVERY_MAX)
		return wrong(fault, at - text, "Not a number of calls");
	words->every = number;
	return 0;
}

static char *read_op(char *at, enum condition_op *op)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		size_t len = strlen(ops[i].name);

		if (strncmp(at, ops[i].name, len))
			continue;
		*op = ops[i].op;
		return at + len;
	}
	return NULL;
}

/* What is compared with: up to the end, or in quotation marks. */
static int parse_value(const char *text, char *at, struct condition_words *words,
		       struct trigger_fault *fault)
{
	char *end;

	words->quoted = *at == '"';
	words->value_at = at - text;
	words->value = at + words->quoted;
	if (words->quoted) {
		end = strchr(words->value, '"');
		if (!end)
			return wrong(fault, at - text, "No quotation mark at the end");
		*end++ = '\0';
	} else {
		end = at;
		while (*end && !isspace((unsigned char)*end))
			end++;
		if (end == at)
			return wrong(fault, at - text, "No value given");
		if (*end)
			*end++ = '\0';
	}
	end = skip_blanks(end);
	return *end ? wrong(fault, end - text, "More than one comparison") : 0;
}

static int parse_if(const char *text, char *at, struct condition_words *words,
		    struct trigger_fault *fault)
{
	char *arg = skip_blanks(at), *arg_end = arg, *op;

	while (isalnum((unsigned char)*arg_end) || *arg_end == '_')
		arg_end++;
	if (arg_end == arg)
		return wrong(fault, arg - text, "No argument given");
	op = skip_blanks(arg_end);
	words->arg = arg;
	words->arg_at = arg - text;
	words->op_at = op - text;
	at = read_op(op, &words->op);
	if (!at)
		return wrong(fault, op - text, "None of == != < <= > >= & ~");
	*arg_end = '\0';
	return parse_value(text, skip_blanks(at), words, fault);
}

/**
 * condition_parse - understand what was written
 * @text: condition_is(); cut into pieces, to which @words points
 * @remove: it is to be taken away: what it is need not be said
 * @words: receives what it means
 * @fault: receives what is wrong with it
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int condition_parse(char *text, bool remove, struct condition_words *words,
		    struct trigger_fault *fault)
{
	bool every = *text == 'e';
	char *at = text + (every ? 5 : 2);

	*words = (struct condition_words) { .any = remove && !*at };
	if (words->any) {
		words->every = every;
		return 0;
	}
	at += *at == ':';
	if (!every)
		return parse_if(text, at, words, fault);
	if (!remove)
		return parse_every(text, at, words, fault);
	/* A function has one at most. */
	words->every = 1;
	words->any = true;
	return 0;
}

/**
 * condition_text - a comparison as it is listed
 * @words: what was written
 * @text: receives it; CONDITION_TEXT_MAX bytes
 *
 * Context: any.
 * Return: 0; -EINVAL if it is too long.
 */
int condition_text(const struct condition_words *words, char *text)
{
	const char *mark = words->quoted ? "\"" : "", *op = "";
	struct text all;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		if (ops[i].op == words->op)
			op = ops[i].name;
	text_init(&all, text, CONDITION_TEXT_MAX);
	text_printf(&all, "%s %s %s%s%s", words->arg, op, mark, words->value, mark);
	return all.full ? -EINVAL : 0;
}

/* A value that can be in an argument: its bits. */
struct number {
	bool negative;
	u64 size;
};

static bool is_signed(const struct btf_value *type)
{
	return type->class == BTF_CLASS_SIGNED ||
	       (type->class == BTF_CLASS_ENUM && BTF_INFO_KFLAG(type->type->info));
}

static bool fits(const struct btf_value *type, const struct number *number, bool as_bits)
{
	u64 all = type->size < sizeof(u64) ? (1ULL << 8 * type->size) - 1 : ~0ULL;

	if (type->class == BTF_CLASS_BOOL)
		return !number->negative && number->size <= 1;
	if (!is_signed(type) || as_bits)
		return !number->negative && number->size <= all;
	return number->size <= all / 2 + number->negative;
}

/* By its name, of those that the type of an argument has. */
static bool read_name(const struct btf_image *image, const struct btf_value *type,
		      const char *name, struct number *number)
{
	u64 value;

	*number = (struct number) { };
	if (!strcmp(name, "NULL"))
		return type->class == BTF_CLASS_POINTER || type->class == BTF_CLASS_STRING;
	if (type->class == BTF_CLASS_BOOL) {
		number->size = !strcmp(name, "true");
		return number->size || !strcmp(name, "false");
	}
	if (type->class != BTF_CLASS_ENUM ||
	    !btf_image_value_named(image, type->type, name, &value))
		return false;
	number->negative = is_signed(type) && (s64)value < 0;
	number->size = number->negative ? -value : value;
	return true;
}

static int read_value(const struct btf_image *image, const struct btf_value *type,
		      const struct condition_words *words, u64 *value, struct trigger_fault *fault)
{
	const char *text = words->value;
	struct number number = { .negative = *text == '-' };

	if (!isdigit((unsigned char)text[number.negative])) {
		if (!read_name(image, type, text, &number))
			return wrong(fault, words->value_at, "No value of this argument's type");
	} else if (!number_read(text + number.negative, &number.size)) {
		return wrong(fault, words->value_at, "Not a number");
	} else if (!fits(type, &number, words->op == CONDITION_AND)) {
		return wrong(fault, words->value_at, "Out of range of the argument's type");
	}
	*value = number.negative ? -number.size : number.size;
	return 0;
}

static void compile_number(struct condition *condition, enum condition_op op,
			   const struct btf_value *type, u64 value)
{
	bool flip = is_signed(type) && op != CONDITION_AND;

	condition->shift = 64 - 8 * type->size;
	condition->flip = flip ? 1ULL << 63 : 0;
	condition->mask = ~0ULL;
	value = (value << condition->shift) ^ condition->flip;
	condition->negate = op == CONDITION_NE || op == CONDITION_LT || op == CONDITION_GT ||
			    op == CONDITION_AND;
	switch (op) {
	case CONDITION_GE:
	case CONDITION_LT:
		condition->low = value;
		condition->span = ~0ULL - value;
		break;
	case CONDITION_LE:
	case CONDITION_GT:
		condition->span = value;
		break;
	case CONDITION_AND:
		condition->mask = value;
		break;
	default:
		condition->low = value;
	}
}

static int compile_string(struct condition *condition, const struct condition_words *words,
			  struct trigger_fault *fault)
{
	if (words->op != CONDITION_EQ && words->op != CONDITION_NE && words->op != CONDITION_LIKE)
		return wrong(fault, words->op_at, "Strings are compared by == != ~");
	condition->string = true;
	condition->glob = words->op == CONDITION_LIKE;
	condition->negate = words->op == CONDITION_NE;
	condition->value = CONDITION_TEXT_MAX;
	/* There is room: it is a part of the text that is listed. */
	memcpy(condition->text + condition->value, words->value, strlen(words->value) + 1);
	return 0;
}

/* The argument by its name: which one it is, and its type. */
static int find_argument(const struct btf_image *image, int proto,
			 const struct condition_words *words, struct btf_value *type,
			 struct trigger_fault *fault)
{
	int arg = proto_argument(image, proto, words->arg, type);

	if (arg == -EOPNOTSUPP)
		return wrong(fault, words->arg_at, "The arguments of a function are not known");
	if (arg < 0)
		return wrong(fault, words->arg_at, "A function has no such argument");
	if (arg >= PROTO_REGS)
		return wrong(fault, words->arg_at, "Only the first six arguments can be compared");
	return arg;
}

/**
 * condition_compile - make a comparison of what was written
 * @condition: receives it
 * @words: of an if
 * @image: types; may be NULL if @proto is no prototype
 * @proto: the function's prototype in it, or what btf_image_prototype() returned
 * @fault: receives what is wrong
 *
 * Context: any.
 * Return: 0; -EINVAL.
 */
int condition_compile(struct condition *condition, const struct condition_words *words,
		      const struct btf_image *image, int proto, struct trigger_fault *fault)
{
	struct btf_value type;
	u64 value;
	int arg = find_argument(image, proto, words, &type, fault), err;

	*condition = (struct condition) { .arg = arg };
	if (arg < 0)
		return arg;
	if (condition_text(words, condition->text))
		return wrong(fault, words->value_at, "Too long");
	if (type.class != BTF_CLASS_STRING) {
		if (words->op == CONDITION_LIKE)
			return wrong(fault, words->op_at, "Only strings are compared with a glob");
		if (words->quoted)
			return wrong(fault, words->value_at, "The argument is no string");
	} else if (words->quoted || words->op == CONDITION_LIKE) {
		return compile_string(condition, words, fault);
	}
	err = read_value(image, &type, words, &value, fault);
	if (!err)
		compile_number(condition, words->op, &type, value);
	return err;
}

/**
 * condition_holds_string - does an argument that is a string have such a text?
 * @condition: the condition
 * @string: what could be read of it
 * @len: bytes of that, a NUL included if there is one; 0 if it cannot be read
 *
 * Context: any, NMI-safe.
 * Return: true if so; false if it cannot be read, whatever it is compared with.
 */
bool condition_holds_string(const struct condition *condition, const char *string, size_t len)
{
	const char *value = condition->text + condition->value;
	bool same;

	if (!len)
		return false;
	if (condition->glob)
		return filter_glob_match_len(value, string, len);
	same = strnlen(string, len) == strlen(value) && !memcmp(string, value, strlen(value));
	return same != condition->negate;
}

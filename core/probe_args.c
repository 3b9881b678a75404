// SPDX-License-Identifier: GPL-2.0
/*
 * The language of a probe's arguments. PURE: also compiled in user space.
 *
 *	argument = [name "="] value [":" type ["[" count "]"]]
 *	value	 = "%" register | "$stack" | "$stack" N | "$retval" | "$arg" N | "$comm"
 *		 | "@" address | "@" symbol [("+" | "-") N] | NAME
 *		 | ("+" | "-") ["u"] N "(" value ")" | "\" number | "\" '"' text '"'
 *
 * It is the kernel's (v6.1: kernel/trace/trace_probe.c), with the names that arguments
 * of functions have (v6.5), and what is wrong with one is told in its words.
 */

#include "core/probe_args.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/number.h"

static const char *const registers[PROBE_REGISTERS] = {
	[PROBE_R15] = "r15", [PROBE_R14] = "r14", [PROBE_R13] = "r13", [PROBE_R12] = "r12",
	[PROBE_BP] = "bp", [PROBE_BX] = "bx", [PROBE_R11] = "r11", [PROBE_R10] = "r10",
	[PROBE_R9] = "r9", [PROBE_R8] = "r8", [PROBE_AX] = "ax", [PROBE_CX] = "cx",
	[PROBE_DX] = "dx", [PROBE_SI] = "si", [PROBE_DI] = "di", [PROBE_ORIG_AX] = "orig_ax",
	[PROBE_IP] = "ip", [PROBE_CS] = "cs", [PROBE_FLAGS] = "flags", [PROBE_SP] = "sp",
	[PROBE_SS] = "ss",
};

/* An argument while it is being read: @text is cut into pieces. */
struct reader {
	char *text;
	struct probe_arg *arg;
	const struct probe_place *place;
	struct probe_fault *fault;
	bool names_text;
};

static int wrong(struct reader *reader, const char *at, const char *what)
{
	reader->fault->pos = at - reader->text;
	reader->fault->what = what;
	return -EINVAL;
}

/* With a sign, perhaps. */
static bool read_signed(const char *text, long *number)
{
	bool negative = *text == '-';
	u64 magnitude;

	text += *text == '-' || *text == '+';
	if (!number_read(text, &magnitude) || magnitude > S64_MAX)
		return false;
	*number = negative ? -(long)magnitude : (long)magnitude;
	return true;
}

/**
 * probe_is_name - may an event, or a field of one, be called so?
 * @name: the name
 *
 * Context: any.
 * Return: true if so.
 */
bool probe_is_name(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return false;
	while (isalnum((unsigned char)*name) || *name == '_')
		name++;
	return !*name;
}

/* What "$stack" has behind it. */
static int read_stack(struct reader *reader, const char *at, const char *digits)
{
	struct probe_arg *arg = reader->arg;

	arg->source = *digits ? PROBE_STACK : PROBE_STACK_POINTER;
	if (!*digits)
		return 0;
	if (!isdigit((unsigned char)*digits) || !number_read(digits, &arg->value))
		return wrong(reader, at, "Invalid $-variable specified");
	return arg->value <= PROBE_STACK_MAX ? 0 : wrong(reader, at, "Invalid stack number");
}

static int read_variable(struct reader *reader, const char *at)
{
	const struct probe_place *place = reader->place;
	struct probe_arg *arg = reader->arg;
	const char *name = at + 1;

	if (!strcmp(name, "retval")) {
		arg->source = PROBE_RESULT;
		return place->returns ? 0 :
		       wrong(reader, at, "$retval is not available on probe");
	}
	if (!strncmp(name, "stack", 5))
		return read_stack(reader, at, name + 5);
	if (!strcmp(name, "comm") || !strcmp(name, "COMM")) {
		arg->source = PROBE_COMM;
		return 0;
	}
	if (strncmp(name, "arg", 3) || !place->entry || place->returns ||
	    !number_read(name + 3, &arg->value))
		return wrong(reader, at, "Invalid $-variable specified");
	if (!arg->value || arg->value > PROBE_STACK_MAX)
		return wrong(reader, at, "Invalid argument number");
	arg->source = PROBE_ARGUMENT;
	arg->value--;
	return 0;
}

static int read_register(struct reader *reader, const char *at)
{
	unsigned int i;

	for (i = 0; i < PROBE_REGISTERS; i++) {
		if (strcmp(at + 1, registers[i]))
			continue;
		reader->arg->source = i == PROBE_SP ? PROBE_STACK_POINTER : PROBE_REGISTER;
		reader->arg->value = i;
		return 0;
	}
	return wrong(reader, at, "Invalid register name");
}

static int add_step(struct reader *reader, const char *at, long offset, bool user)
{
	struct probe_arg *arg = reader->arg;

	if (arg->nr_steps == PROBE_STEPS_MAX)
		return wrong(reader, at, "Dereference is too much nested");
	arg->steps[arg->nr_steps++] = (struct probe_step) { .offset = offset, .user = user };
	return 0;
}

/* "symbol", "symbol+N" or "symbol-N": the name is kept. */
static int read_symbol(struct reader *reader, const char *at)
{
	struct probe_arg *arg = reader->arg;
	size_t len = strcspn(at + 1, "+-");
	long offset = 0;

	if (!len || (at[1 + len] && !read_signed(at + 1 + len, &offset)))
		return wrong(reader, at, "Invalid memory address");
	arg->source = PROBE_SYMBOL;
	arg->value = offset;
	arg->text = kstrdup(at + 1, GFP_KERNEL);
	if (!arg->text)
		return -ENOMEM;
	arg->text[len] = '\0';
	return 0;
}

static int read_memory(struct reader *reader, const char *at)
{
	struct probe_arg *arg = reader->arg;
	int err = 0;

	if (at[1] == '+')
		return wrong(reader, at, "File offset is not available with kprobe");
	if (!isdigit((unsigned char)at[1]))
		err = read_symbol(reader, at);
	else if (number_read(at + 1, &arg->value))
		arg->source = PROBE_NUMBER;
	else
		err = wrong(reader, at, "Invalid memory address");
	return err ?: add_step(reader, at, 0, false);
}

static int read_constant(struct reader *reader, char *at)
{
	struct probe_arg *arg = reader->arg;
	size_t len = strlen(at);
	long number;

	if (at[1] == '"') {
		if (len < 3 || at[len - 1] != '"')
			return wrong(reader, at + len, "String is not closed with '\"'");
		arg->source = PROBE_TEXT;
		arg->text = kstrdup(at + 2, GFP_KERNEL);
		if (!arg->text)
			return -ENOMEM;
		arg->text[len - 3] = '\0';
		return 0;
	}
	arg->source = PROBE_NUMBER;
	if (isdigit((unsigned char)at[1]) && number_read(at + 1, &arg->value))
		return 0;
	if ((at[1] != '+' && at[1] != '-') || !read_signed(at + 1, &number))
		return wrong(reader, at + 1, "Invalid immediate value");
	arg->value = number;
	return 0;
}

/* Of an argument of the function that has this name. */
static int read_name(struct reader *reader, const char *at)
{
	const struct probe_names *names = reader->place->names;
	struct probe_arg *arg = reader->arg;
	const struct probe_arg_type *type = NULL;
	unsigned int nr;

	if (!probe_is_name(at) || !names || !reader->place->entry || reader->place->returns ||
	    !names->find(names->data, at, &nr, &type, &reader->names_text))
		return wrong(reader, at, "Invalid fetch argument");
	arg->source = PROBE_ARGUMENT;
	arg->value = nr;
	/* Only for itself, not for what it points to. */
	arg->type = type;
	return 0;
}

static int read_source(struct reader *reader, char *at)
{
	switch (*at) {
	case '$':
		return read_variable(reader, at);
	case '%':
		return read_register(reader, at);
	case '@':
		return read_memory(reader, at);
	case '\\':
		return read_constant(reader, at);
	default:
		return read_name(reader, at);
	}
}

/* "+N(" or "-N(", with a "u" in front of N; @at is left behind it. */
static int open_step(struct reader *reader, char **at, struct probe_step *step)
{
	char *sign = *at, *number = sign + 1, *brace;

	step->user = *number == 'u';
	number += step->user;
	brace = strchr(number, '(');
	if (!brace)
		return wrong(reader, sign, "Dereference needs a brace");
	*brace = '\0';
	if (!isdigit((unsigned char)*number) || !read_signed(number, &step->offset))
		return wrong(reader, sign, "Invalid dereference offset");
	if (*sign == '-')
		step->offset = -step->offset;
	*at = brace + 1;
	brace = strrchr(*at, ')');
	if (!brace)
		return wrong(reader, *at + strlen(*at), "Dereference brace is not closed");
	if (brace[1])
		return wrong(reader, brace + 1, "Invalid fetch argument");
	*brace = '\0';
	return 0;
}

/* The steps are read from outside to inside, and are made the other way. */
static int read_value(struct reader *reader, char *at)
{
	struct probe_step steps[PROBE_STEPS_MAX];
	const char *inside[PROBE_STEPS_MAX];
	struct probe_arg *arg = reader->arg;
	unsigned int nr = 0;
	int err;

	while (*at == '+' || *at == '-') {
		if (nr == PROBE_STEPS_MAX)
			return wrong(reader, inside[0], "Dereference is too much nested");
		err = open_step(reader, &at, &steps[nr]);
		if (err)
			return err;
		inside[nr++] = at;
	}
	err = read_source(reader, at);
	if (err)
		return err;
	if (nr && (arg->source == PROBE_COMM || arg->source == PROBE_TEXT))
		return wrong(reader, at, "$comm can not be dereferenced");
	if (nr)
		arg->type = NULL;
	while (nr && !err) {
		nr--;
		err = add_step(reader, inside[nr], steps[nr].offset, steps[nr].user);
	}
	return err;
}

/* "[N]": cut off from the type before it. */
static int read_count(struct reader *reader, char *open)
{
	char *close = strchr(open + 1, ']');
	u64 count;

	if (!close)
		return wrong(reader, open + strlen(open), "Array is not closed");
	if (close[1])
		return wrong(reader, close + 1, "Array has wrong suffix");
	*open = '\0';
	*close = '\0';
	if (!number_read(open + 1, &count) || !count)
		return wrong(reader, open + 1, "Invalid array size");
	if (count > PROBE_ARRAY_MAX)
		return wrong(reader, open + 1, "Array number is too big");
	reader->arg->count = count;
	return 0;
}

static const struct probe_arg_type *container_of_bits(u64 bits)
{
	switch (bits) {
	case 8:
		return probe_type_find("u8");
	case 16:
		return probe_type_find("u16");
	case 32:
		return probe_type_find("u32");
	case 64:
		return probe_type_find("u64");
	default:
		return NULL;
	}
}

/* "bWIDTH@OFFSET/SIZE"; @type is cut into pieces. */
static int read_bitfield(struct reader *reader, char *type)
{
	char *at = strchr(type, '@'), *slash = strchr(type, '/');
	struct probe_arg *arg = reader->arg;
	u64 width, offset, size;

	arg->type = slash && number_read(slash + 1, &size) ? container_of_bits(size) : NULL;
	if (!arg->type)
		return wrong(reader, type, "Unknown type is specified");
	if (!at || at > slash)
		return wrong(reader, type, "Invalid bitfield");
	*at = '\0';
	*slash = '\0';
	if (!number_read(type + 1, &width) || !number_read(at + 1, &offset) ||
	    !width || width > size || offset > size - width)
		return wrong(reader, type, "Invalid bitfield");
	arg->shift_left = size - width - offset;
	arg->shift_right = size - width;
	return 0;
}

/* The type that was written, NULL if none was. */
static int read_type(struct reader *reader, char *type)
{
	struct probe_arg *arg = reader->arg;
	char *open = type ? strchr(type, '[') : NULL;
	int err = open ? read_count(reader, open) : 0;

	if (err || (!type && arg->type))
		return err;
	if (type && *type == 'b')
		return read_bitfield(reader, type);
	arg->type = probe_type_find(type);
	return arg->type ? 0 : wrong(reader, type, "Unknown type is specified");
}

/* These are texts, whatever is written. */
static int check_source_text(struct reader *reader, const char *type)
{
	struct probe_arg *arg = reader->arg;

	if (arg->count || (type && strcmp(type, "string")))
		return wrong(reader, type ?: reader->text, "Unknown type is specified");
	arg->type = probe_type_find("string");
	return 0;
}

static bool is_string_source(const struct probe_arg *arg)
{
	return arg->nr_steps || arg->source == PROBE_NUMBER;
}

/* The address of what has the name. */
static bool is_name_source(const struct probe_arg *arg)
{
	if (arg->nr_steps)
		return !arg->steps[arg->nr_steps - 1].user;
	return arg->source == PROBE_REGISTER || arg->source == PROBE_STACK ||
	       arg->source == PROBE_RESULT || arg->source == PROBE_ARGUMENT;
}

/* Can this be had of what it begins with? */
static int check_type(struct reader *reader, const char *at)
{
	struct probe_arg *arg = reader->arg;
	bool string = arg->type->text == PROBE_TEXT_KERNEL || arg->type->text == PROBE_TEXT_USER;

	/* The text that an argument points to needs no step to be written. */
	if (string && !arg->nr_steps && !arg->count && reader->names_text)
		add_step(reader, at, 0, false);
	if (string && !is_string_source(arg))
		return wrong(reader, at, "String accepts only memory argument");
	if (arg->type->text == PROBE_TEXT_NAME && (arg->count || !is_name_source(arg)))
		return wrong(reader, at, "Symbol String doesn't accept data/userdata");
	if (arg->count && !arg->nr_steps)
		return wrong(reader, at, "String accepts only memory argument");
	return 0;
}

/* Where the type begins: behind a colon that is in no string. */
static char *find_type(char *value)
{
	char *end = value;

	if (value[0] == '\\' && value[1] == '"') {
		end = strchr(value + 2, '"');
		if (!end)
			return NULL;
	}
	end = strchr(end, ':');
	if (!end)
		return NULL;
	*end = '\0';
	return end + 1;
}

static int read_body(struct reader *reader, char *body)
{
	struct probe_arg *arg = reader->arg;
	char *type;
	int err;

	if (strlen(body) > PROBE_ARG_TEXT_MAX)
		return wrong(reader, body, "Argument expression is too long");
	if (!*body)
		return wrong(reader, body, "No argument expression");
	arg->body = kstrdup(body, GFP_KERNEL);
	if (!arg->body)
		return -ENOMEM;
	type = find_type(body);
	err = read_value(reader, body);
	if (err)
		return err;
	if (arg->source == PROBE_COMM || arg->source == PROBE_TEXT)
		return check_source_text(reader, type);
	return read_type(reader, type) ?: check_type(reader, type ?: body);
}

/* What has no name of its own is called by its number, or as the function calls it. */
static void name_it(struct reader *reader, unsigned int nr, char name[PROBE_ARG_NAME_MAX + 1])
{
	size_t len = strcspn(reader->text, ":");

	snprintf(name, PROBE_ARG_NAME_MAX + 1, "arg%u", nr + 1);
	if (!len || len > PROBE_ARG_NAME_MAX || !reader->place->names)
		return;
	if (isalpha((unsigned char)*reader->text) || *reader->text == '_') {
		memcpy(name, reader->text, len);
		name[len] = '\0';
	}
}

static int read_arg_name(struct reader *reader, char **body, unsigned int nr)
{
	char *equals = strchr(reader->text, '='), name[PROBE_ARG_NAME_MAX + 1];

	if (equals) {
		if (equals - reader->text > PROBE_ARG_NAME_MAX)
			return wrong(reader, reader->text, "Argument name is too long");
		if (equals == reader->text)
			return wrong(reader, reader->text, "Argument name is not specified");
		*equals = '\0';
		memcpy(name, reader->text, equals + 1 - reader->text);
		*body = equals + 1;
	} else {
		name_it(reader, nr, name);
	}
	if (!probe_is_name(name))
		return wrong(reader, reader->text,
			     "Argument name must follow the same rules as C identifiers");
	reader->arg->name = kstrdup(name, GFP_KERNEL);
	return reader->arg->name ? 0 : -ENOMEM;
}

/**
 * probe_arg_parse - understand an argument
 * @arg: receives it; filled with zeros
 * @text: what was written
 * @nr: its number, counted from 0
 * @place: what it may be taken from
 * @fault: receives what is wrong, and where in @text
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL; -ENOMEM. Whichever it is, probe_arg_destroy() is to follow.
 */
int probe_arg_parse(struct probe_arg *arg, const char *text, unsigned int nr,
		    const struct probe_place *place, struct probe_fault *fault)
{
	struct reader reader = { .arg = arg, .place = place, .fault = fault };
	char *copy = kstrdup(text, GFP_KERNEL), *body = copy;
	int err;

	if (!copy)
		return -ENOMEM;
	reader.text = copy;
	err = read_arg_name(&reader, &body, nr) ?: read_body(&reader, body);
	kfree(copy);
	return err;
}

/**
 * probe_arg_destroy - give back what an argument has
 * @arg: from probe_arg_parse(), or filled with zeros
 *
 * Context: process.
 */
void probe_arg_destroy(struct probe_arg *arg)
{
	kfree(arg->name);
	kfree(arg->body);
	kfree(arg->text);
}

/**
 * probe_args_destroy - free arguments
 * @args: from kvcalloc(), each as probe_arg_destroy() wants it; may be NULL
 * @nr: their number
 *
 * Context: process.
 */
void probe_args_destroy(struct probe_arg *args, unsigned int nr)
{
	unsigned int i;

	for (i = 0; args && i < nr; i++)
		probe_arg_destroy(&args[i]);
	kvfree(args);
}

/**
 * probe_arg_is_text - is there text of it behind the fields of a record?
 * @arg: the argument
 *
 * Context: any.
 * Return: true if so.
 */
bool probe_arg_is_text(const struct probe_arg *arg)
{
	return arg->type->show == PROBE_SHOW_TEXT;
}

/**
 * probe_arg_size - bytes of its field in a record
 * @arg: the argument
 *
 * Context: any.
 * Return: the bytes.
 */
unsigned int probe_arg_size(const struct probe_arg *arg)
{
	return arg->type->size * (arg->count ?: 1);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes, taken for a filter of an event: accepted or refused as by a naive reader,
 * that goes through the text once more for each record, and with the same result.
 *
 * The first RECORD_SIZE bytes are the record, the rest is the filter.
 */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/event_filter.h"
#include "core/filter.h"
#include "selftests/host/fuzz/fuzz.h"

#define RECORD_SIZE 48
#define TEXT_MAX 1024

/* A field of each kind, and one of a width that no number has. */
static const struct filter_field fields[] = {
	{ "a", 0, 1, false, FILTER_NUMBER },
	{ "b", 1, 1, true, FILTER_NUMBER },
	{ "c", 2, 2, false, FILTER_NUMBER },
	{ "d", 4, 2, true, FILTER_NUMBER },
	{ "e", 8, 4, false, FILTER_NUMBER },
	{ "f", 12, 4, true, FILTER_NUMBER },
	{ "g", 16, 8, false, FILTER_NUMBER },
	{ "h", 24, 8, true, FILTER_NUMBER },
	{ "odd", 8, 3, false, FILTER_NUMBER },
	{ "s", 32, 8, false, FILTER_STRING },
	{ "l", 40, 4, false, FILTER_LOCATED },
	{ "r", 44, 4, false, FILTER_LOCATED_BEHIND },
	{ "p", 16, 8, false, FILTER_POINTER },
	{ "comm", 0, 16, false, FILTER_TASK_COMM },
	{ "cpu", 0, 4, true, FILTER_THIS_CPU },
};

#define NR_FIELDS (sizeof(fields) / sizeof(*fields))

static const struct filter_field *find(void *arg, const char *name, size_t len)
{
	unsigned int i;

	(void)arg;
	for (i = 0; i < NR_FIELDS; i++)
		if (strlen(fields[i].name) == len && !memcmp(fields[i].name, name, len))
			return &fields[i];
	return NULL;
}

static const char comm[16] = "a task";

/* At an even address there is a string that says so, at an odd one there is none. */
static int peek(char *buf, u64 addr, size_t room, bool user)
{
	if (addr & 1)
		return -EFAULT;
	return snprintf(buf, room, "%s%u", user ? "user" : "at", (unsigned int)(addr & 0xff));
}

/* What reading and matching at once comes to. */
enum outcome { NO, YES, WRONG };

struct naive {
	const char *at;
	const uint8_t *record;
};

static void spaces(struct naive *naive)
{
	while (isspace((unsigned char)*naive->at))
		naive->at++;
}

static bool take(struct naive *naive, const char *word)
{
	if (strncmp(naive->at, word, strlen(word)))
		return false;
	naive->at += strlen(word);
	return true;
}

static bool naive_number(const char *word, bool is_signed, int64_t *value)
{
	const char *digits = word + (*word == '-');
	char *end;

	if (!isdigit((unsigned char)*digits) || (*word == '-' && !is_signed))
		return false;
	errno = 0;
	*value = is_signed ? strtoll(word, &end, 0) : (int64_t)strtoull(word, &end, 0);
	return !errno && !*end;
}

static enum outcome naive_compare(const char *op, int64_t a, int64_t b, bool is_signed)
{
	uint64_t ua = a, ub = b;

	if (!strcmp(op, "=="))
		return a == b;
	if (!strcmp(op, "!="))
		return a != b;
	if (!strcmp(op, "&"))
		return (a & b) != 0;
	if (!strcmp(op, "<"))
		return is_signed ? a < b : ua < ub;
	if (!strcmp(op, "<="))
		return is_signed ? a <= b : ua <= ub;
	if (!strcmp(op, ">"))
		return is_signed ? a > b : ua > ub;
	return is_signed ? a >= b : ua >= ub;
}

/* As a C program would have it. */
static int64_t load(const struct filter_field *field, const uint8_t *bytes)
{
	union {
		uint8_t u1;
		int8_t s1;
		uint16_t u2;
		int16_t s2;
		uint32_t u4;
		int32_t s4;
		int64_t s8;
	} value;

	memcpy(&value, bytes, field->size);
	switch (field->size) {
	case 1:
		return field->is_signed ? (int64_t)value.s1 : (int64_t)value.u1;
	case 2:
		return field->is_signed ? (int64_t)value.s2 : (int64_t)value.u2;
	case 4:
		return field->is_signed ? (int64_t)value.s4 : (int64_t)value.u4;
	default:
		return value.s8;
	}
}

static int64_t cut(const struct filter_field *field, int64_t value)
{
	return load(field, (const uint8_t *)&value);
}

static enum outcome naive_numbers(struct naive *naive, const struct filter_field *field,
				  const char *op)
{
	const uint8_t *at = naive->record + field->offset;
	char word[TEXT_MAX];
	size_t len = *naive->at == '-';
	int64_t value;

	while (isalnum((unsigned char)naive->at[len]))
		len++;
	memcpy(word, naive->at, len);
	word[len] = '\0';
	naive->at += len;
	if (!naive_number(word, field->is_signed, &value))
		return WRONG;
	if (!strcmp(op, "~"))
		return WRONG;
	if (field->kind == FILTER_THIS_CPU)
		return naive_compare(op, 3, value, true);
	if (field->size == 3)
		return NO;
	return naive_compare(op, load(field, at), cut(field, value), field->is_signed);
}

/* Where a string is; false if it cannot be read. */
static bool naive_text(const struct naive *naive, const struct filter_field *field, bool user,
		       char *buf, const char **text, size_t *len)
{
	const uint8_t *at = naive->record + field->offset;
	uint32_t where;
	u64 addr;
	int got;

	memcpy(&where, at, sizeof(where));
	switch (field->kind) {
	case FILTER_STRING:
		*text = (const char *)at;
		*len = field->size;
		return true;
	case FILTER_LOCATED:
		*text = (const char *)naive->record + (where & 0xffff);
		*len = where >> 16;
		return true;
	case FILTER_LOCATED_BEHIND:
		*text = (const char *)at + 4 + (where & 0xffff);
		*len = where >> 16;
		return true;
	case FILTER_TASK_COMM:
		*text = comm;
		*len = sizeof(comm);
		return true;
	default:
		memcpy(&addr, at, sizeof(addr));
		got = peek(buf, addr, 64, user);
		*text = buf;
		*len = got < 0 ? 0 : got;
		return got >= 0;
	}
}

static enum outcome naive_strings(struct naive *naive, const struct filter_field *field,
				  const char *op, bool user)
{
	char quote = *naive->at, word[TEXT_MAX], buf[64];
	const char *end = strchr(naive->at + 1, quote), *text, *glob = word;
	bool match, negate;
	size_t len;

	if (strcmp(op, "==") && strcmp(op, "!=") && strcmp(op, "~"))
		return WRONG;
	if (!end || end - naive->at - 1 > EVENT_FILTER_STRING_MAX)
		return WRONG;
	snprintf(word, sizeof(word), "%.*s", (int)(end - naive->at - 1), naive->at + 1);
	naive->at = end + 1;
	negate = !strcmp(op, "!=");
	if (!strcmp(op, "~") && *glob == '!') {
		negate = true;
		glob++;
	}
	if (!naive_text(naive, field, user, buf, &text, &len))
		return NO;
	if (!strcmp(op, "~"))
		match = filter_glob_match_len(glob, text, len);
	else
		match = strnlen(text, len) == strlen(word) && !memcmp(text, word, strlen(word));
	return match != negate;
}

static enum outcome naive_one(struct naive *naive)
{
	static const char *const ops[] = { "~", "!=", "==", "<=", "<", ">=", ">", "&" };
	const struct filter_field *field;
	const char *begin = naive->at;
	bool user, is_string;
	unsigned int op;

	while (isalnum((unsigned char)*naive->at) || *naive->at == '_')
		naive->at++;
	field = find(NULL, begin, naive->at - begin);
	if (!field)
		return WRONG;
	user = take(naive, ".ustring");
	spaces(naive);
	for (op = 0; op < sizeof(ops) / sizeof(*ops); op++)
		if (take(naive, ops[op]))
			break;
	if (op == sizeof(ops) / sizeof(*ops))
		return WRONG;
	spaces(naive);
	is_string = field->kind != FILTER_NUMBER && field->kind != FILTER_THIS_CPU;
	if (*naive->at == '"' || *naive->at == '\'')
		return is_string ? naive_strings(naive, field, ops[op], user) : WRONG;
	if (is_string)
		return WRONG;
	return naive_numbers(naive, field, ops[op]);
}

static enum outcome naive_or(struct naive *naive);

static enum outcome naive_unary(struct naive *naive)
{
	enum outcome outcome;

	spaces(naive);
	if (take(naive, "!")) {
		outcome = naive_unary(naive);
		return outcome == WRONG ? WRONG : !outcome;
	}
	if (!take(naive, "("))
		return naive_one(naive);
	outcome = naive_or(naive);
	spaces(naive);
	return take(naive, ")") ? outcome : WRONG;
}

static enum outcome naive_and(struct naive *naive)
{
	enum outcome all = naive_unary(naive), next;

	for (spaces(naive); all != WRONG && take(naive, "&&"); spaces(naive)) {
		next = naive_unary(naive);
		all = next == WRONG ? WRONG : all && next;
	}
	return all;
}

static enum outcome naive_or(struct naive *naive)
{
	enum outcome any = naive_and(naive), next;

	for (spaces(naive); any != WRONG && take(naive, "||"); spaces(naive)) {
		next = naive_and(naive);
		any = next == WRONG ? WRONG : any || next;
	}
	return any;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What is located must be within the record: the kernel's code sees to that. */
static void make_located(uint8_t *record, unsigned int at, unsigned int behind)
{
	uint32_t where;
	unsigned int offset, len;

	memcpy(&where, record + at, sizeof(where));
	offset = (where & 0xffff) % (RECORD_SIZE - behind + 1);
	len = (where >> 16) % (RECORD_SIZE - behind - offset + 1);
	where = offset | len << 16;
	memcpy(record + at, &where, sizeof(where));
}

static void describe(struct filter_scene *scene)
{
	static char buf[64];

	*scene = (struct filter_scene) {
		.cpu = 3,
		.comm = comm,
		.comm_size = sizeof(comm),
		.peek = peek,
		.room = sizeof(buf),
		.buf = buf,
	};
}

/**
 * fuzz_event_filter_text - a filter beside the naive reader
 * @text: the filter
 * @record: RECORD_SIZE bytes
 *
 * Return: true if it is a filter.
 */
bool fuzz_event_filter_text(const char *text, const uint8_t *record)
{
	struct naive naive = { .at = text, .record = record };
	enum outcome outcome = naive_or(&naive);
	struct event_filter *filter;
	struct filter_fault fault;
	int err;

	if (*naive.at)
		outcome = WRONG;
	err = event_filter_create(text, find, NULL, &filter, &fault);
	must(!err == (outcome != WRONG));
	if (err) {
		must(err == -EINVAL && fault.what && fault.pos <= strlen(text));
		return false;
	}
	must(!strcmp(event_filter_text(filter), text));
	must(event_filter_match(filter, record, describe) == (outcome == YES));
	event_filter_destroy(filter);
	return true;
}

void fuzz_event_filter(const uint8_t *bytes, size_t size)
{
	uint8_t record[RECORD_SIZE];
	char text[TEXT_MAX];
	size_t len;

	if (size < RECORD_SIZE)
		return;
	memcpy(record, bytes, RECORD_SIZE);
	make_located(record, 40, 0);
	/* It may reach to the end, from behind itself on: there is nothing. */
	make_located(record, 44, RECORD_SIZE);
	len = size - RECORD_SIZE < TEXT_MAX - 1 ? size - RECORD_SIZE : TEXT_MAX - 1;
	memcpy(text, bytes + RECORD_SIZE, len);
	text[len] = '\0';
	fuzz_event_filter_text(text, record);
}

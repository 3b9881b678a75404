// SPDX-License-Identifier: GPL-2.0
/*
 * What the histograms of calls are of: functions, and what they returned.
 */

#include "core/hist_store.h"

#include "core/prototypes.h"
#include "core/text.h"

static const char *const outcomes[] = {
	[PROTO_OK] = "ok",
	[PROTO_ERROR] = "error",
	[PROTO_NULL] = "null",
	[PROTO_VOID] = "void",
};

/* What came of calls of a function, by what they returned. */
static enum proto_outcome outcome_of(unsigned long ip, enum hist_result result)
{
	static const unsigned long like[] = {
		[HIST_ZERO] = 0,
		[HIST_ERROR] = -1UL,
		[HIST_INT_ERROR] = (u32)-1,
		[HIST_OTHER] = 1,
	};
	enum proto_outcome outcome = proto_outcome(prototype_result_kind(ip), like[result]);

	if (outcome != PROTO_UNKNOWN)
		return outcome;
	return result == HIST_ERROR || result == HIST_INT_ERROR ? PROTO_ERROR : PROTO_OK;
}

/* With an outcome for a result. */
static u64 key_of_sum(const struct hist_settings *settings, u64 key)
{
	unsigned long ip = (u32)key | GENMASK_ULL(63, 32);
	u64 outcome;

	if (!(settings->keys & HIST_KEY_RESULT))
		return key;
	outcome = outcome_of(ip, key >> HIST_KEY_RESULT_SHIFT);
	return (key & (BIT_ULL(HIST_KEY_RESULT_SHIFT) - 1)) | outcome << HIST_KEY_RESULT_SHIFT;
}

static void print_key(struct text *text, const struct hist_settings *settings, u64 key)
{
	if (settings->keys & HIST_KEY_RESULT)
		text_printf(text, " result=%s", outcomes[key >> HIST_KEY_RESULT_SHIFT]);
}

const struct hist_naming hist_calls = {
	.first = "function",
	.name = PRINT_NAME,
	.key_of_sum = key_of_sum,
	.print = print_key,
};

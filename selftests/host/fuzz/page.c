// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes, taken for a page in the kernel's format, beside a parser that is
 * written down as the format is described: Documentation/ring-buffer.rst.
 */

#include <stdlib.h>
#include <string.h>

#include "core/ring.h"
#include "selftests/host/fuzz/fuzz.h"

/* What the naive parser is to say next. */
struct naive {
	const u8 *data;
	size_t at;
	size_t end;
	u64 ts;
};

static u32 word_at(const struct naive *n, size_t at)
{
	u32 word;

	memcpy(&word, n->data + at, sizeof(word));
	return word;
}

static bool naive_next(struct naive *n, size_t *payload, size_t *len)
{
	size_t size;
	u32 first, second;

	while (n->at + 8 <= n->end) {
		first = word_at(n, n->at);
		second = word_at(n, n->at + 4);
		if (first % 32 == 31) {
			n->ts = (n->ts >> 59 << 59) | ((u64)second << 27) | first / 32;
			n->at += 8;
		} else if (first % 32 == 30) {
			n->ts += ((u64)second << 27) + first / 32;
			n->at += 8;
		} else if (first % 32 == 29) {
			if (first / 32 == 0 || second % 4 || second + n->at + 4 > n->end)
				return false;
			n->ts += first / 32;
			n->at += (size_t)second + 4;
		} else {
			if (first % 32) {
				*payload = n->at + 4;
				size = (size_t)(first % 32) * 4;
			} else {
				if (second < 8 || second > UINT32_MAX - 4)
					return false;
				*payload = n->at + 8;
				size = ((size_t)second - 4 + 3) / 4 * 4;
			}
			if (*payload + size > n->end)
				return false;
			*len = size;
			n->ts += first / 32;
			n->at = *payload + size;
			return true;
		}
	}
	return false;
}

static void must(bool holds)
{
	if (!holds)
		abort();
}

void fuzz_page(const uint8_t *bytes, size_t size)
{
	struct rb_data_page *page;
	struct rb_cursor cursor;
	struct rb_event event;
	struct naive naive;
	size_t payload, len;

	if (size < RB_PAGE_HEADER || size > 65536)
		return;
	/* Of its own size, so that the sanitizer sees what is read beyond. */
	page = calloc(1, size);
	must(page);
	memcpy(page, bytes, size);
	/* The flags may be any; who hands a page on has as many bytes as it says. */
	page->commit = (page->commit & ~(u64)RB_COMMIT_MASK) |
		       (page->commit & RB_COMMIT_MASK) % (size - RB_PAGE_HEADER + 1);
	naive = (struct naive) {
		.data = page->data,
		.end = page->commit & RB_COMMIT_MASK,
		.ts = page->time_stamp,
	};
	rb_cursor_init(&cursor, page);
	while (naive_next(&naive, &payload, &len)) {
		must(rb_cursor_next(&cursor, &event));
		must((const u8 *)event.payload == page->data + payload);
		must(event.len == len);
		must(event.ts == naive.ts);
	}
	must(!rb_cursor_next(&cursor, &event));
	must(cursor.offset == naive.end);
	must(!rb_cursor_next(&cursor, &event));
	free(page);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The events of one page in the kernel's format. PURE: also compiled in user
 * space.
 */

#include "core/ring.h"

/**
 * rb_cursor_init - go to the start of a page
 * @cursor: the cursor
 * @page: a page in the kernel's format
 *
 * Context: any.
 */
void rb_cursor_init(struct rb_cursor *cursor, const struct rb_data_page *page)
{
	cursor->data = page->data;
	cursor->offset = 0;
	cursor->end = page->commit & RB_COMMIT_MASK;
	cursor->ts = page->time_stamp;
}

/**
 * rb_cursor_next - decode the next data event of a page
 * @cursor: goes behind the event; to the end of the page if there is none
 * @event: receives the event
 *
 * A page that is not well-formed ends where it ceases to be.
 *
 * Context: any.
 * Return: true if there is one.
 */
bool rb_cursor_next(struct rb_cursor *cursor, struct rb_event *event)
{
	while (cursor->end - cursor->offset >= 2 * sizeof(u32)) {
		const u32 *word = (const u32 *)(cursor->data + cursor->offset);
		unsigned int type = word[0] & ((1U << RB_TYPE_BITS) - 1);
		unsigned int left = cursor->end - cursor->offset;
		u64 delta = word[0] >> RB_TYPE_BITS;
		unsigned int header = sizeof(u32), len;

		switch (type) {
		case RB_TYPE_TIME_EXTEND:
			cursor->ts += ((u64)word[1] << RB_DELTA_BITS) + delta;
			cursor->offset += RB_TIME_EXTEND_SIZE;
			continue;
		case RB_TYPE_TIME_STAMP:
			/* 59 bits; the rest is that of the time before. */
			cursor->ts = (cursor->ts & ~((1ULL << 59) - 1)) |
				     ((u64)word[1] << RB_DELTA_BITS) | delta;
			cursor->offset += RB_TIME_EXTEND_SIZE;
			continue;
		case RB_TYPE_PADDING:
			len = word[1];
			if (!delta || len > left - header || len & 3)
				goto end;
			cursor->ts += delta;
			cursor->offset += header + len;
			continue;
		case 0:
			header = 2 * sizeof(u32);
			len = word[1] - sizeof(u32);
			if (word[1] < 2 * sizeof(u32))
				goto end;
			len = (len + 3) & ~3U;
			break;
		default:
			len = type * sizeof(u32);
		}
		if (len > left - header)
			goto end;
		cursor->ts += delta;
		cursor->offset += header + len;
		event->payload = (const u8 *)word + header;
		event->len = len;
		event->ts = cursor->ts;
		return true;
	}
end:
	cursor->offset = cursor->end;
	return false;
}

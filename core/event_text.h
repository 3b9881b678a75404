/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_EVENT_TEXT_H
#define FNT_CORE_EVENT_TEXT_H

/* Records of the kernel's events as text. */

#include "core/ring.h"
#include "core/text.h"

struct event_printer;

struct event_printer *event_printer_create(void);
void event_printer_destroy(struct event_printer *printer);
void event_printer_hash_pointers(struct event_printer *printer, bool hash);
bool event_printer_print_held(void *printer, struct text *text, const struct rb_event *event);
bool event_printer_print(void *printer, struct text *text, const struct rb_event *event);

#endif

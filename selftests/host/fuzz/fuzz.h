/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_FUZZ_FUZZ_H
#define HOST_FUZZ_FUZZ_H

/*
 * What the fuzzers do with some bytes; they abort if something is wrong. Also run
 * by selftests/host/unit/fuzz_test.c on the seeds.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void fuzz_page(const uint8_t *bytes, size_t size);
void fuzz_filter(const uint8_t *bytes, size_t size);
void fuzz_btf(const uint8_t *bytes, size_t size);
void fuzz_event_filter(const uint8_t *bytes, size_t size);

/* True if there were types to look at. */
bool fuzz_btf_image(const uint8_t *bytes, size_t size);

/* True if it is a filter. */
bool fuzz_event_filter_text(const char *text, const uint8_t *record);

#endif

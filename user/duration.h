/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_DURATION_H
#define USER_DURATION_H

/* Times as people write them: 500us, 1.5ms, 10s. */

#include <stdint.h>

#define NS_PER_US 1000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_SECOND 1000000000ULL

int duration_parse(const char *text, uint64_t unit, uint64_t *ns);

#endif

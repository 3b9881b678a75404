/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_NAMES_H
#define FNT_PATCHING_NAMES_H

/* The names of the functions that have call sites, both ways. */

struct site_block;
struct site_names;

int names_load(void);
void names_destroy(struct site_names *names);

const char *name_of_site(const struct site_block *block, unsigned int i);
unsigned int site_of_name(const struct site_block *block, const char *name, unsigned int from);

#endif

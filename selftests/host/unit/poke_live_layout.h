/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_HOST_UNIT_POKE_LIVE_LAYOUT_H
#define SELFTESTS_HOST_UNIT_POKE_LIVE_LAYOUT_H

/* What poke_live_text.S and the C of poke_live_test have in common. */
#define LIVE_PAGE 4096
#define LIVE_PER_PAGE 64
#define LIVE_PAGES 64
/* One in each place of each page. */
#define LIVE_FNS 4096
/* All pages, and one more that the last function reaches into. */
#define LIVE_TEXT_SIZE 0x41000

#endif

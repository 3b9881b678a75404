/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_GAPS_H
#define FNT_CORE_GAPS_H

/* How gaps are looked for, in which nothing of this machine runs on a CPU. */

/* Of a window so much is looked at, and a gap is what is longer than so much. */
#define GAPS_THRESH_US_INITIAL 10
#define GAPS_WIDTH_US_INITIAL 500000
#define GAPS_WINDOW_US_INITIAL 1000000

#define GAPS_THRESH_US_MAX 1000000
#define GAPS_WIDTH_US_MIN 100
#define GAPS_WINDOW_US_MAX 60000000

/**
 * struct gaps_settings - how they are looked for, in microseconds
 * @thresh: what is longer is one
 * @width: so long of each @window; not longer than that
 * @window: after so long again
 */
struct gaps_settings {
	unsigned int thresh;
	unsigned int width;
	unsigned int window;
};

#endif

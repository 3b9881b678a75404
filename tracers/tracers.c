// SPDX-License-Identifier: GPL-2.0
/*
 * The table of tracers. To add one: a file, a line here, one in tracers.h and
 * one in Kbuild; see Documentation/adding-a-tracer.rst.
 */

#include "tracers/tracers.h"

const struct fnt_tracer *const fnt_tracers[] = {
	&tracer_nop,
	&tracer_function,
	&tracer_fgraph,
	&tracer_hist,
	&tracer_latency,
	&tracer_irqsoff,
	&tracer_preemptoff,
	&tracer_preemptirqsoff,
	&tracer_irqsoff_approx,
	&tracer_wakeup,
	&tracer_wakeup_rt,
	&tracer_wakeup_dl,
	NULL
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The tracer that traces nothing: what trace_marker writes is still recorded.
 */

#include "tracers/tracers.h"

const struct fnt_tracer tracer_nop = {
	.name = "nop",
};

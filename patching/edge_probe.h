/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_PATCHING_EDGE_PROBE_H
#define FNT_PATCHING_EDGE_PROBE_H

#include <linux/types.h>

int edge_probe_hook(bool on);
bool edge_probe_hooked(void);

#endif

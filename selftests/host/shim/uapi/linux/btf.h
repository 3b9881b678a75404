/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's file as user space has it. */
#include <linux/btf.h>

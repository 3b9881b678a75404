/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FNT_CORE_ERRNO_H
#define FNT_CORE_ERRNO_H

const char *errno_name(unsigned int err);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_READY_H
#define USER_READY_H

/* What has to be there before something can be traced. */

int ready_to_trace(const char *command);

#endif

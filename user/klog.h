/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_KLOG_H
#define USER_KLOG_H

/* What the kernel says about the module while we ask something of it. */

int klog_open(void);
void klog_tell(int fd);

#endif

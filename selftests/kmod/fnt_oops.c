// SPDX-License-Identifier: GPL-2.0
/*
 * An oops, where it is wanted, by loading this:
 *
 *	insmod fnt_oops.ko where=task|irq|nmi
 *
 * The kernel survives the first, unless it is told not to.
 */

#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include <asm/apic.h>
#include <asm/apicdef.h>
#include <asm/nmi.h>

static char *where = "task";
module_param(where, charp, 0400);
MODULE_PARM_DESC(where, "task, irq or nmi");

static noinline void fnt_oops(void)
{
	WRITE_ONCE(*(int *)8, 1);
}

static void in_irq_work(struct irq_work *work)
{
	fnt_oops();
}

static DEFINE_IRQ_WORK(work, in_irq_work);

static int on_nmi(unsigned int type, struct pt_regs *regs)
{
	fnt_oops();
	return NMI_HANDLED;
}

static int __init fnt_oops_init(void)
{
	if (!strcmp(where, "irq")) {
		irq_work_queue(&work);
	} else if (!strcmp(where, "nmi")) {
		if (!register_nmi_handler(NMI_LOCAL, on_nmi, 0, "fnt_oops"))
			apic->send_IPI_all(NMI_VECTOR);
	} else {
		fnt_oops();
	}
	return -EINVAL;
}
module_init(fnt_oops_init);

MODULE_DESCRIPTION("An oops");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * A module with traceable functions in its init section, whose text is freed when
 * they are done, and one that stays.
 */

#include <linux/module.h>

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "fail to load, at the end of initialisation");

noinline void fnt_init_stays(void);
noinline void fnt_init_stays(void)
{
	barrier();
}

static noinline void __init fnt_init_goes(void)
{
	barrier();
}

static int __init fnt_init_init(void)
{
	fnt_init_goes();
	fnt_init_stays();
	return fail ? -EINVAL : 0;
}

static void __exit fnt_init_exit(void)
{
}

module_init(fnt_init_init);
module_exit(fnt_init_exit);

MODULE_DESCRIPTION("Init functions, for the tests of fntrace");
MODULE_LICENSE("GPL");

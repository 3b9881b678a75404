// SPDX-License-Identifier: GPL-2.0
/*
 * What the administrator and the firmware allow.
 */

#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include "doctor.h"
#include "policy.h"

#define SECURE_BOOT_VARIABLE \
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

void check_privileges(struct doctor *doctor)
{
	if (!policy_capable(CAP_SYS_MODULE) || !policy_capable(CAP_SYS_ADMIN))
		found(doctor, BAD, "privileges",
		      "CAP_SYS_MODULE or CAP_SYS_ADMIN is missing; run as root");
	else if (policy_in_user_namespace())
		found(doctor, BAD, "privileges",
		      "root only of a user namespace; run outside of the container");
	else
		found(doctor, FINE, "privileges", "CAP_SYS_MODULE and CAP_SYS_ADMIN are there");
}

void check_modules_allowed(struct doctor *doctor)
{
	if (!policy_modules_disabled())
		found(doctor, FINE, "loading of modules", "allowed");
	else if (doctor->loaded)
		found(doctor, DOUBT, "loading of modules",
		      "switched off since this one was; it can be neither removed nor replaced before a reboot");
	else
		found(doctor, BAD, "loading of modules",
		      "switched off (kernel.modules_disabled=1); only a reboot ends that");
}

void check_lockdown(struct doctor *doctor)
{
	switch (policy_lockdown()) {
	case LOCKDOWN_CONFIDENTIALITY:
		found(doctor, BAD, "lockdown",
		      "confidentiality, which forbids tracing; boot without lockdown=, or switch Secure Boot off in the firmware");
		break;
	case LOCKDOWN_INTEGRITY:
		found(doctor, FINE, "lockdown", "integrity, which takes signed modules only");
		break;
	case LOCKDOWN_NONE:
		found(doctor, FINE, "lockdown", "none");
		break;
	case LOCKDOWN_ABSENT:
		found(doctor, FINE, "lockdown", "this kernel has none");
		break;
	case LOCKDOWN_UNKNOWN:
		found(doctor, DOUBT, "lockdown",
		      "cannot be seen; look into /sys/kernel/security/lockdown as root");
		break;
	}
}

/* Four bytes of attributes, then one that is 1 if Secure Boot is on. */
static const char *secure_boot(void)
{
	int fd = open(SECURE_BOOT_VARIABLE, O_RDONLY | O_CLOEXEC);
	unsigned char variable[5] = { 0 };
	ssize_t len = fd < 0 ? 0 : read(fd, variable, sizeof(variable));

	close(fd);
	if (len != sizeof(variable))
		return "no Secure Boot here";
	return variable[4] == 1 ? "Secure Boot is on" : "Secure Boot is off";
}

void check_signature(struct doctor *doctor)
{
	enum lockdown lockdown = policy_lockdown();
	const char *signer = doctor->file.signer;

	if (!policy_signatures_enforced() && lockdown != LOCKDOWN_INTEGRITY &&
	    lockdown != LOCKDOWN_CONFIDENTIALITY)
		found(doctor, FINE, "signature", "none is needed, %s", secure_boot());
	else if (doctor->loaded)
		found(doctor, FINE, "signature", "needed, and accepted, %s", secure_boot());
	else if (!doctor->file.path)
		found(doctor, DOUBT, "signature", "needed, %s; there is no module to look at",
		      secure_boot());
	else if (signer)
		found(doctor, DOUBT, "signature",
		      "needed, %s; the module is signed by %s: the kernel must trust that key (mokutil --list-enrolled)",
		      secure_boot(), signer);
	else
		found(doctor, BAD, "signature",
		      "needed, %s, and the module has none; sign it with a key that is enrolled (mokutil --import), or switch Secure Boot off in the firmware",
		      secure_boot());
}

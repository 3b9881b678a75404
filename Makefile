# SPDX-License-Identifier: GPL-2.0

# The kernel build tree: the running kernel's, else the newest installed headers.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /usr/src/linux-headers-*-$(shell dpkg --print-architecture 2>/dev/null || echo amd64) 2>/dev/null | sort -Vr | head -n 1))

all: module tool

module:
	@selftests/setup build
	$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)" modules

tool:
	@selftests/setup build
	$(MAKE) --no-print-directory -C user

clean:
	$(MAKE) --no-print-directory -C user clean
	-$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)" clean

.PHONY: all module tool clean

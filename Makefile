# SPDX-License-Identifier: GPL-2.0

# The kernel build tree: the running kernel's, else the newest installed headers.
# Recursive, so that it is looked for after the packages were installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /usr/src/linux-headers-*-$(shell dpkg --print-architecture) 2>/dev/null | \
		sort -Vr | head -n 1))

all: module tool

# The module, with what it needs installed first.
module: setup-build
	$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)" modules

tool: setup-build
	$(MAKE) --no-print-directory -C user

# What the tests in the VM need beside the two.
test-modules: module tool setup-test
	$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)/selftests/kmod" \
		KBUILD_EXTRA_SYMBOLS="$(CURDIR)/Module.symvers" modules
	$(MAKE) --no-print-directory scarce-module
	@mkdir -p build/tools
	for tool in textsum insns loads records; do \
		$(CC) -O2 -Wall -Wextra -static -o build/tools/$$tool selftests/vm/tools/$$tool.c || exit; \
	done
	$(CC) -O2 -Wall -Wextra -o build/tools/fentry selftests/vm/tools/fentry.c -lbpf
	for tool in pages decode; do \
		$(CC) -O2 -Wall -Wextra -o build/tools/$$tool selftests/vm/tools/$$tool.c \
			-ltraceevent || exit; \
	done
	$(CC) -O2 -Wall -Wextra -o build/tools/kshark selftests/vm/tools/kshark.c -lkshark

# The module once more, from the same sources, with allocations that fail when a
# test says so: selftests/kmod/fnt_scarce.c. Built of copies, out of the way.
scarce-module:
	@mkdir -p build/scarce
	cp -pu --parents -t build/scarce Kbuild $(wildcard $(foreach dir, \
		core patching tracers debugfs, $(dir)/*.[chS]))
	$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)/build/scarce" \
		KCFLAGS="-include $(CURDIR)/selftests/kmod/fnt_scarce.h" \
		KBUILD_EXTRA_SYMBOLS="$(CURDIR)/selftests/kmod/Module.symvers" modules

setup-%:
	@selftests/setup $*

demo: module tool setup-vm
	selftests/demo/run

check: test-modules setup-vm setup-check
	selftests/check

bench: test-modules setup-vm setup-bench
	selftests/bench/run
	selftests/host/bench/run

# Input of any kind for what parses it: SECONDS for each fuzzer.
fuzz: setup-build setup-fuzz setup-vm
	selftests/host/fuzz/run $(SECONDS)
	selftests/differ/run $(SECONDS)

# The long runs: an hour in the VM, minutes on the real CPU.
torture: test-modules setup-vm setup-check
	selftests/torture/run $(SECONDS) $(HITS)

# Breaks the source on purpose and sees that the tests notice; two hours.
mutants: setup-build setup-vm setup-check
	selftests/mutants/run

clean:
	$(MAKE) --no-print-directory -C user clean
	-$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)/selftests/kmod" clean
	-$(MAKE) --no-print-directory -C "$(KDIR)" M="$(CURDIR)" clean
	$(RM) -r build

.PHONY: all module tool test-modules scarce-module demo check bench fuzz torture mutants clean

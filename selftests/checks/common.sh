# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the checks in bash share. Sourced from the top directory.

set -euo pipefail

# Of a check that a make runs, the options of that make are no business.
unset MAKEFLAGS MFLAGS MAKELEVEL

out=build/static
# Where the module is built, out of the way of the developer's own objects.
built=$out/module
mkdir -p "$out"

# The check cannot be made here: say why.
cannot() {
	echo "$*"
	exit 4
}

need() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || cannot "$tool is not installed: selftests/setup build check"
	done
}

# files REGEX...: the project's files with such paths; see Source.pm.
files() {
	perl -Iselftests/checks -MSource -e 'print "$_\n" for Source::files(@ARGV)' "$@"
}

# pure EXT: the files that compile in user space too.
pure() {
	perl -Iselftests/checks -MSource -e 'print "$_\n" for Source::pure(@ARGV)' "$@"
}

# user_space EXT: the files that compile in user space only.
user_space() {
	perl -Iselftests/checks -MSource -e 'print "$_\n" for Source::user_space(@ARGV)' "$@"
}

# As the compiler of the unit tests sees a PURE file, see selftests/host/Makefile.
# shellcheck disable=SC2034 # used by those who source this
shim_flags=(-std=gnu11 -Iselftests/host/shim -I.)

# The options that user/Makefile compiles with.
user_flags() {
	[ -f user/Makefile ] || return 0
	# shellcheck disable=SC2016 # for make
	make -s --no-print-directory -C user --eval 'print-flags: ; @echo $(CFLAGS)' print-flags
}

# The kernel build tree, as the Makefile chooses it.
kernel_tree() {
	# shellcheck disable=SC2016 # for make
	make -s --no-print-directory --eval 'print-tree: ; @echo $(KDIR)' print-tree
}

# kbuild ARG...: make the module, then the test modules, which may use its symbols.
kbuild() {
	local make=(make --no-print-directory -C "$KDIR" -j "$(nproc)" W=1 "$@" modules)

	"${make[@]}" M="$PWD/$built" && "${make[@]}" M="$PWD/$built/selftests/kmod" \
		KBUILD_EXTRA_SYMBOLS="$PWD/$built/Module.symvers"
}

# Build the module and the test modules from a copy of the sources. What the
# compiler says is in $built.log, with the paths of the tree itself. Warnings
# come only when a file is compiled, so this is one build from nothing for each
# state of the sources, and its log is kept.
module_build() {
	local state sources
	need make gcc
	KDIR=$(kernel_tree)
	[ -f "$KDIR/Makefile" ] || cannot "no kernel build tree: selftests/setup build, or KDIR="
	sources=$(files '\.[chS]$' '(^|/)(Kbuild|Makefile)$')
	exec 9>"$out/lock"
	flock 9
	# shellcheck disable=SC2086 # names without spaces
	state=$(sha256sum $sources selftests/checks/common.sh
		gcc --version
		stat -c '%n %Y' "$(realpath "$KDIR")/.config")
	if [ "$state" != "$(cat "$built.state" 2>/dev/null)" ]; then
		rm -rf "$built" "$built".*
		mkdir -p "$built"
		# shellcheck disable=SC2086 # names without spaces
		cp --parents -t "$built" $sources
		{ ! kbuild || touch "$built.ok"; } 2>&1 | sed "s,$PWD/$built/,,g" >"$built.log"
		printf '%s\n' "$state" >"$built.state"
	fi
}

# For the checks that look at what was built.
module_need() {
	module_build
	[ -e "$built.ok" ] || {
		echo "the module does not build, see $built.log:"
		grep -E '(error|Error|\*\*\*)' "$built.log" | head -n 20
		exit 1
	}
}

# module_objects: the objects of fntrace.ko, one a line.
module_objects() {
	# fntrace.mod lists them as Kbuild put them together.
	tr ' ' '\n' <"$built/fntrace.mod" | grep '\.o$' | sed "s,^$PWD/,,"
}

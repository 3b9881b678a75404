# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests of the VM runner itself, each a script that is started in the top
# directory. Sourced by them.

set -euo pipefail

top=$PWD
mkdir -p build
tmp=$(mktemp -d "$top/build/runner.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

fail() {
	echo "$*"
	exit 1
}

# expect WHAT WANTED FOUND
expect() {
	[ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'; it said: $(cat "$tmp/err")"
}

# vm ARGUMENT...: run it, with $tmp/out, $tmp/err and $status.
vm() {
	status=0
	# shellcheck disable=SC2034 # for the tests
	"$top/selftests/vm/run" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# The release that is booted by default.
release() {
	basename "$("$top/selftests/vm/kernel")"
}

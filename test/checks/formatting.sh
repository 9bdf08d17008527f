#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# C as .clang-format has it, no trailing blanks, nothing left over.
cd "$(dirname "$0")/../.." || exit 1
bad=0
files=$(find agent bpf include test vmtests -name '*.[ch]')
# shellcheck disable=SC2086 # a list of files
clang-format --dry-run -Werror $files || bad=1
if grep -nE '[[:blank:]]+$' $files Makefile README.md; then
	echo "trailing blanks"
	bad=1
fi
if grep -nIE 'TODO|FIXME|HACK|\bXXX\b' $files; then
	echo "left-overs"
	bad=1
fi
exit $bad

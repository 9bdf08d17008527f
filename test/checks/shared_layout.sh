#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# BPF and agent see the same bytes: every shared type has one size and no unnamed hole (pahole).
cd "$(dirname "$0")/../.." || exit 1
bad=0
header=include/fama/dataplane.h
object=$(mktemp /tmp/fama-layout.XXXXXX.o)
trap 'rm -f "$object"' EXIT
types=$(sed -n 's/^struct \([a-z_]*\) {$/\1/p' "$header")
{
	echo '#include "fama/dataplane.h"'
	for type in $types; do echo "struct $type layout_of_$type;"; done
} | gcc -g -Iinclude -x c -c -o "$object" - || exit 1
for type in $types; do
	if ! grep -q "^FAMA_DATAPLANE_ASSERT(struct $type, " "$header"; then
		echo "the size of struct $type is not asserted"
		bad=1
	fi
	layout=$(pahole -C "$type" "$object")
	if [ -z "$layout" ] || grep -E 'XXX|hole|padding:' <<<"$layout"; then
		echo "struct $type has holes, or pahole does not know it"
		bad=1
	fi
done
exit $bad

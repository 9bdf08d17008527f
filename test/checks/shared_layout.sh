#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# BPF and agent see the same bytes: every shared type has one size and no unnamed hole (pahole).
cd "$(dirname "$0")/../.." || exit 1
bad=0
object=$(mktemp /tmp/fama-layout.XXXXXX.o)
trap 'rm -f "$object"' EXIT
types="binding traffic anchored_prefix layout dataplane_interface dataplane_prefix
dataplane_settings outcome_count punt_header"
{
	echo '#include "fama/dataplane.h"'
	for type in $types; do echo "struct $type layout_of_$type;"; done
} | gcc -g -Iinclude -x c -c -o "$object" -
for type in $types; do
	if pahole -C "$type" "$object" | grep -E 'XXX|hole|padding:'; then
		echo "struct $type has holes"
		bad=1
	fi
done
exit $bad

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Includes point downwards only: base -> wire crypto kernel config -> store -> dar mn -> control -> main.
set -u
cd "$(dirname "$0")/../.." || exit 1

# What each folder of agent/ may include, beside itself and system headers.
allowed() {
	case $1 in
	base) echo "" ;;
	wire | crypto | kernel | config) echo "base fama" ;;
	store) echo "base fama wire crypto kernel config" ;;
	dar | mn) echo "base fama wire crypto kernel config store" ;;
	control) echo "base fama config kernel wire dar mn" ;;
	cli) echo "base fama" ;;
	main) echo "base fama config control crypto dar mn kernel" ;;
	bpf) echo "fama" ;;
	esac
}

bad=0
check() { # FOLDER FILE
	local folder=$1 file=$2 include target
	while read -r include; do
		case $include in
		*/*) target=${include%%/*} ;;
		*.skel.h) [ "$folder" = kernel ] && continue; target=$include ;;
		*) target=$folder ;;
		esac
		[ "$target" = "$folder" ] && continue
		case " $(allowed "$folder") " in
		*" $target "*) ;;
		*) echo "$file: includes \"$include\": $folder may include: $(allowed "$folder")"; bad=1 ;;
		esac
	done < <(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file")
}

for file in agent/*/*.[ch]; do check "$(basename "$(dirname "$file")")" "$file"; done
check main agent/main.c
for file in bpf/*.[ch]; do
	check bpf "$file"
	if grep -q 'fama/\(mobility\|control\)\.h' "$file"; then
		echo "$file: bpf/ includes fama/dataplane.h only"
		bad=1
	fi
done
# wire and crypto are pure: no clock, no I/O (style: decide purely, act at the edge)
if grep -nE '\b(clock_|time\(|gettimeofday|fopen|open\(|socket\(|read\(|write\()' agent/wire/*.c; then
	echo "agent/wire is pure: no clock and no I/O"
	bad=1
fi
exit $bad

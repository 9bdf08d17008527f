#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Fuzzes: run.sh OUTPUT SECONDS [TARGET...] grows a copy of each corpus; SECONDS 0 runs them once.
# Prints TAP; a finding is kept as OUTPUT/finding-TARGET-*, and the line to reproduce it is printed.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=$1 seconds=$2
shift 2
[ $# -gt 0 ] || set -- test/fuzz/corpus/*
export ASAN_OPTIONS=detect_leaks=1
number=0 failed=0

fuzz_one() { # TARGET
	local target=$1 log=$out/$1.log corpus=test/fuzz/corpus/$1 seeds limit
	seeds=$(find "$corpus" -type f 2>/dev/null | wc -l)
	[ "$seeds" -ge 30 ] || { echo "# $corpus has $seeds seeds, 30 are wanted"; return 1; }
	limit=(-runs=0)
	if [ "$seconds" -gt 0 ]; then
		limit=("-max_total_time=$seconds" -print_final_stats=1)
		mkdir -p "$out/corpus/$target"
		corpus="$out/corpus/$target $corpus"
	fi
	# shellcheck disable=SC2086 # two directories
	"$out/$target" "${limit[@]}" -max_len=4096 -timeout=20 -rss_limit_mb=1024 -close_fd_mask=2 \
		"-artifact_prefix=$out/finding-$target-" $corpus >"$log" 2>&1 || {
		grep -aE 'SUMMARY|Test unit written|: [a-z].*' "$log" | tail -n 5 | sed 's/^/# /'
		grep -ao "$out/finding-$target-[a-z]*-[0-9a-f]*" "$log" | sort -u |
			sed "s|^|# reproduce: $out/$target |"
		return 1
	}
	echo "# $target: $(grep -aoE 'cov: [0-9]+' "$log" | tail -n 1), $seeds seeds"
	grep -a 'number_of_executed_units' "$log" | sed 's/^/# /'
}

for target in "${@##*/}"; do
	number=$((number + 1))
	if fuzz_one "$target"; then
		echo "ok $number - $target"
	else
		echo "not ok $number - $target"
		failed=1
	fi
done
echo "1..$number"
exit $failed

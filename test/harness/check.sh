#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs suites and counts: check.sh OUTPUT SUITE...; each suite's last line is its count.
# A program that prints TAP counts each of its cases, any other counts once; exit 77 is a skip.
set -u
cd "$(dirname "$0")/../.." || exit 1

out=$(realpath -m "$1")
shift
logs=$out/check
mkdir -p "$logs"
all_passed=0 all_failed=0 all_skipped=0

# run_one SUITE COMMAND...: adds to passed, failed, skipped of the suite
run_one() {
	local suite=$1 log status name
	shift
	name=$(basename "${!#}")
	log=$logs/$suite-$name.log
	local start=$SECONDS
	timeout "${TEST_TIMEOUT:-300}" "$@" >"$log" 2>&1 </dev/null
	status=$?
	local ok notok skip
	ok=$(grep '^ok ' "$log" | grep -vc '# SKIP')
	notok=$(grep '^not ok ' "$log" | grep -vc '# SKIP') # cmocka has no "ok" for what it skips
	skip=$(grep -cE '^(not )?ok .*# SKIP' "$log")
	if [ $((ok + notok + skip)) -gt 0 ]; then
		# a program that dies after its last case has failed too
		[ "$status" -ne 0 ] && [ "$notok" -eq 0 ] && notok=1
		passed=$((passed + ok)) failed=$((failed + notok)) skipped=$((skipped + skip))
	elif [ "$status" -eq 77 ]; then
		skipped=$((skipped + 1)) skip=1
	elif [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1)) notok=1
	fi
	if [ "$notok" -gt 0 ]; then
		printf 'FAIL  %s/%s (exit %s, %ss)\n' "$suite" "$name" "$status" $((SECONDS - start))
		grep -v '^ok ' "$log" | tail -n 60 | sed 's/^/      /'
	elif [ "$skip" -gt 0 ]; then
		printf 'SKIP  %s/%s: %s\n' "$suite" "$name" "$(grep -i skip "$log" | tail -n 1)"
	else
		printf 'ok    %s/%s (%ss)\n' "$suite" "$name" $((SECONDS - start))
	fi
}

run_suite() {
	local suite=$1 program
	passed=0 failed=0 skipped=0
	case $suite in
	style) for program in test/checks/*.sh; do run_one style bash "$program"; done ;;
	unit)
		export CMOCKA_MESSAGE_OUTPUT=TAP
		for program in test/unit/test_*.c; do
			run_one unit "$out/${program%.c}"
		done
		;;
	model) run_one model "$out/test/model/model_test" ;;
	fuzz)
		for program in test/fuzz/corpus/*; do
			run_one fuzz test/fuzz/run.sh "$out/fuzz" 0 "$program"
		done
		;;
	bpf) for program in test/bpf/test_*.c; do run_one bpf "$out/${program%.c}"; done ;;
	netns)
		export FAMA_OUT=$out
		for program in test/netns/[a-z]*.sh; do
			case $program in */lib.sh | */topology.sh | */domain.sh) continue ;; esac
			run_one netns bash "$program"
		done
		;;
	vm) export FAMA_OUT=$out; run_one vm bash vmtests/run.sh ;;
	*) echo "check.sh: no suite $suite" >&2; exit 2 ;;
	esac
	printf '%s: %d passed, %d failed, %d skipped\n' "$suite" "$passed" "$failed" "$skipped"
	all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
}

start=$SECONDS
suites=$#
for suite in "$@"; do run_suite "$suite"; done
if [ "$suites" -gt 1 ]; then
	echo "all suites in $((SECONDS - start)) s"
	printf '%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
fi
[ "$all_failed" -eq 0 ]

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The man pages build, and name every configuration key of the examples and every counter.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for page in docs/man/*.scd; do
	scdoc <"$page" >/dev/null || bad=1
done
for key in $(sed -n 's/^ *#* *\([a-z_]\{3,\}\):\( .*\)\{0,1\}$/\1/p' configs/dar.yaml configs/mn.yaml | sort -u); do
	grep -q "$key" docs/man/famad.yaml.5.scd || { echo "famad.yaml(5) says nothing of $key"; bad=1; }
done
# between the brackets of `name` in `file`, the first word in quotes of each line
words() {
	sed -n "/$1/,/^[};]/s/^[^\"]*\"\([a-z_0-9]*\)\".*/\1/p" "$2"
}
for name in $(words 'verdicts\[BU_VERDICT_MAX\]' agent/dar/bu.c) \
	$(words 'counter_names\[DAR_COUNTER_MAX\]' agent/dar/dar_view.c) \
	$(words 'case OUTCOME_NOT_BOUND' agent/kernel/outcome.c) \
	$(words 'counter_names\[MN_COUNTER_MAX\]' agent/mn/mn_view.c) \
	$(words 'case MH_TRUNCATED' agent/wire/mh_parse.c); do
	grep -qw "$name" docs/man/famad.8.scd || { echo "famad(8) says nothing of $name"; bad=1; }
done
exit $bad

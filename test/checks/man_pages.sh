#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The man pages build, and name every configuration key that the examples show.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for page in docs/man/*.scd; do
	scdoc <"$page" >/dev/null || bad=1
done
for key in $(sed -n 's/^ *#* *\([a-z_]\{3,\}\):\( .*\)\{0,1\}$/\1/p' configs/dar.yaml configs/mn.yaml | sort -u); do
	grep -q "$key" docs/man/famad.yaml.5.scd || { echo "famad.yaml(5) says nothing of $key"; bad=1; }
done
exit $bad

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each source file names its licence in its first lines, bpf/ and dataplane.h the dual one.
cd "$(dirname "$0")/../.." || exit 1
bad=0
for file in $(find agent bpf include test vmtests -name '*.[ch]' -o -name '*.sh' -o -name '*.py' |
	grep -v '^test/vectors/'); do
	want='BSD-2-Clause'
	case $file in bpf/* | include/fama/dataplane.h) want='GPL-2.0-only OR BSD-2-Clause' ;; esac
	if ! head -n 2 "$file" | grep -q "SPDX-License-Identifier: $want"; then
		echo "$file: first line must be SPDX-License-Identifier: $want"
		bad=1
	fi
done
exit $bad

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# One noun a file: no source over 400 lines.
cd "$(dirname "$0")/../.." || exit 1
find agent bpf include -name '*.[ch]' -exec wc -l {} + |
	awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines, 400 are allowed"; bad = 1 }
	     END { exit bad }'

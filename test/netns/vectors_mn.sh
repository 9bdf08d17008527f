#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The mobile node of these tests builds and judges every message of test/vectors, octet for octet.
/usr/bin/python3 -c 'import cryptography' 2>/dev/null ||
	{ echo '1..0 # SKIP needs python3-cryptography'; exit 77; }
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$(dirname "$0")/vectors_mn.py"

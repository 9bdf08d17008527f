#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every MUST of the control plane and the access router has a test; the table of them is current.
cd "$(dirname "$0")/../.." || exit 1
/usr/bin/python3 test/requirements.py

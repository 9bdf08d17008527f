#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs the benchmarks: bench.sh OUTPUT [PART]; without PART, all there are. Exit 0: every demand is
# met, 1: one is not, 75: the machine was shared.
set -eu
cd "$(dirname "$0")/../.."
case ${2:-bu} in
bu) exec bash test/bench/bu.sh "$1" ;;
*) echo "bench: no part '$2'; bu" >&2; exit 64 ;;
esac

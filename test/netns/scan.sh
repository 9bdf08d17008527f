#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# T13: 50,000 packets/s to random addresses of the /64: nothing is exhausted, an honest node is found at once.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
build_blast
agents_up 1
hoa=$(attach mn 1)
is "an attached node is reached" 62 "$(reply_ttl cn "$hoa")"
herd cn scan "$TMP/scan" --source "$CN_ADDRESS" --prefix 2001:db8:1:: --count 100000 >/dev/null
limit=$(sysctl -n net.ipv6.neigh.default.gc_thresh3)
neighbours() { ip -n "$WORLD-dar1" -6 neigh show dev acc0 | wc -l; }
start core blast.log "$BLAST" d1 "$(core_mac 1)" "$TMP/scan" 50000 4
blasting=$STARTED
poll 3 "[ \$(drops 1 unseen) -gt 10000 ]"
most=0
for _ in 1 2 3 4 5; do
	ip -n "$WORLD-dar1" -6 neigh del "$hoa" dev acc0 2>/dev/null
	begin=$(now_ms)
	run cn ping -6 -n -c 1 -W 1 "$hoa" >"$TMP/ping" && sed -n 's/.*time=\([0-9]*\).*/\1/p' "$TMP/ping" >>"$TMP/times" ||
		echo 1000 >>"$TMP/times"
	seen=$(neighbours)
	[ "$seen" -gt "$most" ] && most=$seen
done
is "the scan went on all the while" yes "$(kill -0 "$blasting" 2>/dev/null && echo yes)"
poll 6 "! kill -0 $blasting"
echo "# $(cat "$TMP/blast.log"), first resolutions (ms): $(tr '\n' ' ' <"$TMP/times"), neighbours: $most"
json "the scan had its rate" "$(cat "$TMP/blast.log")" '.sent / .seconds > 40000'
between "T13 honest first resolution during it (ms)" 0 99 "$(sort -n "$TMP/times" | tail -n 1)"
between "T13 neighbour entries stay under 90 % of gc_thresh3" 0 $((limit * 9 / 10)) "$most"
between "T13 the rest is dropped as unseen" 50000 10000000 "$(drops 1 unseen)"
is "D-34 the attached node is served" 62 "$(reply_ttl cn "$hoa")"
is "D-34 its packets were never among the unseen" 5 "$(wc -l <"$TMP/times")"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# T1, small: 5,000 bogus signed BUs/s for 5 s, for HoAs that are bound, while 5 honest MNs refresh by PHKT.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
build_blast
far_away 2001:dc0::/32
agents_up 1 2
mac=$(core_mac 1)
hoa=$(attach mn 1)
herd cn make "$TMP/herd" 5 2001:db8:1:: --keys 5 >/dev/null
herd nb announce "$TMP/herd" eth0 >/dev/null
register() { herd core bind "$TMP/herd" d1 "$mac" 2001:db8:1::1 "$@"; }
json "five honest MNs" "$(register)" '[.bound, .problems]' '[5,[]]'
attach mn 2 >/dev/null
herd cn bogus "$TMP/bogus" --dar 2001:db8:1::1 --file "$TMP/herd" --count 25000 --ahead 4 >/dev/null
json "it is not loaded" "$(ctl 1 show status)" '.loaded' false
rss=$(rss_kb 1)
start core blast.log "$BLAST" d1 "$mac" "$TMP/bogus" 5000
blasting=$STARTED
poll 3 "[ \$(stat 1 .bu_refused.signature) -gt 100 ]"
seen=$(register --auth phkt --rounds 40 --pause 5 --coa-base 100)
echo "# $seen"
json "T1 every PHKT BU is acknowledged during the flood" "$seen" '[.asked, .bound, .problems]' '[200,200,[]]'
json "T1 none waits" "$seen" '.longest_ms < 300'
between "T1 signed BUs without a care-of token are asked for one: 137" 1 25000 \
	"$(stat 1 .bu_refused.loaded)"
bind_ok "T1 an honest first BU with a token is taken meanwhile" mn "$hoa" --auth cga --mode require
is "the flood went on all the while" yes "$(kill -0 "$blasting" 2>/dev/null && echo yes)"
poll 8 "! kill -0 $blasting"
ended=$(now_ms)
poll 5 "register --auth cga --count 1 --coa-base 9000 | jq -e '.bound == 1'"
between "T1 after it signed BUs without a token are taken again within 2 s (ms)" 0 2000 "$(($(now_ms) - ended))"
eventually "and show status says so" 2 "ctl 1 show status | jq -e '.loaded == false'"
grows_at_most "T1 the agent does not grow by it (kB)" 5000 "$rss" "$(rss_kb 1)"
json "the bindings are the honest ones" "$(ctl 1 show bindings)" 'map(select(.coa | startswith("2001:dc0:0:"))) | length' 5
echo "# $(cat "$TMP/blast.log") $(ctl 1 show stats | jq -c '[.signature_checks, .bu_refused]')"
finish

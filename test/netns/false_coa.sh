#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# T7: an MN registers the address of a victim as its CoA and a CN sends fast. With `require` nothing
# reaches the victim; with `concurrent` at most 16,384 octets of inner packets in all.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
build_udpflow
far_away 2001:dc0::/32
agents_up 1
# The attacker owns its HoA and spoofs its source where nobody filters; the victims are 2001:dc0::/32.
# herd.py plays it, but never completes: the answers go to the victim.
herd cn make "$TMP/herd" 3 2001:db8:1:: --keys 3 >"$TMP/made"
hoa() { jq -r ".hoas[$1]" "$TMP/made"; }
herd nb announce "$TMP/herd" eth0 >/dev/null
attack() { herd core bind "$TMP/herd" d1 "$(core_mac 1)" 2001:db8:1::1 --no-complete "$@"; }

start core tunnel.log tcpdump -n -v -l -i d1 "ip6 proto 41 and dst net 2001:dc0::/32"
poll 3 "grep -q listening $TMP/tunnel.log"
reached() { # octets of inner packets that left for the victims
	awk '/next-header IPv6 \(41\)/ { match($0, /payload length: [0-9]+/)
		sum += substr($0, RSTART + 16, RLENGTH - 16) } END { print sum + 0 }' "$TMP/tunnel.log"
}
cn_sent() { ip -n "$WORLD-cn" -s -j link show eth0 | jq '.[0].stats64.tx.packets'; }
flood() { # HOA: 5 MB at 80 Mbit/s
	local before
	before=$(cn_sent)
	start cn send.log "$UDPFLOW" send "$CN_ADDRESS" "$1" 7000 10000 1000
	poll 5 "[ \$(cn_sent) -ge $((before + 5000)) ]"
	stop "$STARTED"
}

first=$(hoa 0)
json "the false CoA is registered" "$(attack --count 1)" '[.bound, .problems]' '[1,[]]'
json "C-77 and unverified" "$(binding 1 "$first")" '[.coa, .state]' '["2001:dc0:0:1::1","unverified"]'
flood "$first"
between "D-36 A-24 at most 16,384 octets reach the victim, and not nothing" 15000 16384 "$(reached)"
between "D-36 the rest is dropped as credit" 3000 1000000 "$(drops 1 credit)"
attack --count 1 --lifetime 0 --auth phkt >/dev/null
json "de-registered" "$(ctl 1 show bindings)" . '[]'
json "registered again with the PHKT" "$(attack --count 1 --auth phkt)" '.bound' 1
flood "$first"
between "A-24 no new credit by de-registering and registering" 15000 16384 "$(reached)"
json "with a signed BU" "$(attack --count 1 --auth cga)" '.bound' 1
flood "$first"
between "A-24 nor by a signature: once for the security context" 15000 16384 "$(reached)"
json "a second victim" "$(attack --count 1 --coa-base 2)" '.bound' 1
json "bound to it" "$(binding 1 "$first")" '[.coa, .state]' '["2001:dc0:0:2::1","unverified"]'
flood "$first"
between "D-36 nor by another CoA" 15000 16384 "$(reached)"
attack --count 1 --lifetime 0 --auth cga >/dev/null
json "after a signed de-registration, a signed BU" "$(attack --count 1 --auth cga)" '.bound' 1
flood "$first"
between "A-24 nor by both signed" 15000 16384 "$(reached)"
stop "${AGENT[1]}" KILL
agent_start 1
agent_ready 1 || die "restart"
poll 9 "attack --count 1 --auth cga --coa-base 3 | jq -e '.bound == 1'"
flood "$first"
between "A-24 nor by a restart of the agent" 15000 16384 "$(reached)"

agent_stop 1
rm -rf "${PINS:?}/dar1"
SECURITY='coa_test: require'
agents_up 1
herd nb announce "$TMP/herd" eth0 >/dev/null
before=$(reached) second=$(hoa 1)
json "C-76 T7 require: the false CoA is refused, 137" "$(attack --first 1 --count 1)" '.statuses' '{"137":1}'
flood "$second"
is "T7 require: 0 octets reach the victim" "$before" "$(reached)"
finish

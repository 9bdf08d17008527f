#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Limits per key, link-layer address, CoA prefix and domain: 130 for the one too many, nobody else is hit.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
far_away 2001:dc0::/32
agents_up 1
mac=$(core_mac 1)
register() { herd core bind "$TMP/$1" d1 "$mac" 2001:db8:1::1 "${@:2}"; } # HERD ...
bound() { ctl 1 show bindings | jq length; }
restart() { # with other limits in SECURITY
	agent_stop 1
	rm -rf "${PINS:?}/dar1" "$TMP/state/dar1"
	agents_up 1
}

herd cn make "$TMP/key" 18 2001:db8:1:: --keys 1 >/dev/null
herd cn make "$TMP/link" 18 2001:db8:1:: --keys 18 >/dev/null
herd cn make "$TMP/others" 4 2001:db8:1:: --keys 4 >/dev/null
herd nb announce "$TMP/key" eth0 >/dev/null
herd nb announce "$TMP/link" eth0 --one-mac >/dev/null
herd nb announce "$TMP/others" eth0 >/dev/null
json "T9 16 HoAs of one key, then 130" "$(register key)" '[.bound, .statuses["130"], .problems]' '[16,2,[]]'
is "counted by name" 2 "$(stat 1 .bu_refused.key_quota)"
json "T9 16 HoAs of one link-layer address, then 130" "$(register link --coa-base 100)" \
	'[.bound, .statuses["130"], .problems]' '[16,2,[]]'
is "counted by name" 2 "$(stat 1 .bu_refused.link_address_quota)"
json "others are not hit" "$(register others --coa-base 200)" '[.bound, .problems]' '[4,[]]'
json "nor are refreshes of the full" "$(register key --count 16 --coa-base 300)" '[.bound, .problems]' '[16,[]]'
is "36 are bound" 36 "$(bound)"
register key --count 1 --lifetime 0 >/dev/null
json "8.8 a context without binding still counts for its key, or gives way: 16 at most" \
	"$(register key --first 15 --count 3 --coa-base 400)" '.bound <= 2'
between "T9 never more than 16 of a key" 1 16 \
	"$(ctl 1 show bindings | jq --slurpfile made <(jq '[.members[].hoa]' "$TMP/key") 'map(select(.hoa as $hoa | $made[0] | index($hoa))) | length')"

SECURITY='limits: {per_coa_prefix: 3}'
restart
herd cn make "$TMP/prefix" 5 2001:db8:1:: --keys 5 >/dev/null
herd nb announce "$TMP/prefix" eth0 >/dev/null
herd nb announce "$TMP/others" eth0 >/dev/null
json "3 bindings towards one /64, then 130" "$(register prefix --together)" '[.bound, .statuses["130"]]' '[3,2]'
is "counted by name" 2 "$(stat 1 .bu_refused.coa_prefix_quota)"
json "another /64 is free" "$(register prefix --first 3 --coa-base 50)" '.bound' 2
json "one that moves out of the full /64" "$(register prefix --count 1 --coa-base 60)" '.bound' 1
json "makes room in it" "$(register others --count 1 --auth cga --together --coa-base 70)" '.bound' 1

SECURITY='' BINDING=
restart_small() { # with room for 3 bindings
	agent_stop 1
	rm -rf "${PINS:?}/dar1" "$TMP/state/dar1"
	write_config 1
	sed -i 's/max: 1024/max: 3/' "$TMP/dar1.yaml"
	agent_start 1
	agent_ready 1 || die "famad with binding.max 3"
}
restart_small
herd nb announce "$TMP/prefix" eth0 >/dev/null
json "C-34 F15 a full table: 3 of 5, then 130" "$(register prefix --auth cga --coa-base 500)" \
	'[.bound, .statuses["130"], .problems]' '[3,2,[]]'
is "counted by name" 2 "$(stat 1 '.bu_refused | .table_full + .context_full')"
json "C-33 those bound stay and are refreshed" "$(register prefix --count 3 --coa-base 600)" '[.bound, .problems]' '[3,[]]'

SECURITY='domains: [{name: small, coa_prefixes: ["2001:dc0:0:100::/56"], binding_max: 2}]'
restart
herd nb announce "$TMP/prefix" eth0 >/dev/null
herd nb announce "$TMP/others" eth0 >/dev/null
json "2 bindings in a domain, then 130" "$(register prefix --auth cga --coa-base 256)" '[.bound, .statuses["130"]]' '[2,3]'
is "counted by name" 3 "$(stat 1 .bu_refused.domain_quota)"
json "outside of it nobody is hit" "$(register others --auth cga --coa-base 1)" '.bound' 4
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Named domains of CoA prefixes (the draft's trust agreements): their own care-of test, lifetime and limit.
. "$(dirname "$0")/topology.sh"
SECURITY='coa_prefix_allow: ["2001:db8::/32"], domains: [
    {name: near, coa_prefixes: ["2001:db8:2::/64"], coa_test: none, max_lifetime: 1000s},
    {name: far, coa_prefixes: ["2001:db8::/32"], coa_test: require},
    {name: third, coa_prefixes: ["2001:db8:3::/64"]}]'
need_binaries
world_up
far_away 2001:dc0::/32
agents_up 1 2 3
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "domain near, coa_test none: an early BU" mn "$hoa" --mode none
json "is verified, its lifetime is the domain's" "$(binding 1 "$hoa")" '[.state, .lifetime_s]' '["verified",1000]'
json "C-28 the BA says so" "$BA" '.lifetime' 250
attach mn 3 >/dev/null
bind_ok "domain third, the longest prefix, as the rest: concurrent" mn "$hoa" --no-complete
json "unverified, the lifetime is the global one" "$(binding 1 "$hoa")" '[.state, .lifetime_s]' '["unverified",86400]'

# domain far: the core's own addresses
mac=$(core_mac 1)
plug_host nb eth0 nb br1
ip -n "$WORLD-nb" link set eth0 up
herd cn make "$TMP/herd" 1 2001:db8:1:: >/dev/null
herd nb announce "$TMP/herd" eth0 >/dev/null
json "C-79 a CoA that no prefix allows: 174" \
	"$(herd core bind "$TMP/herd" d1 "$mac" 2001:db8:1::1)" '.statuses' '{"174":1}'
cp "$TMP/mn.json" "$TMP/keep.json"
far=2001:db8:c1::77
ip -n "$WORLD-core" address add $far/64 dev d1 nodad
core_mn() { run core "$PYTHON" "$HERE/mn.py" -s "$TMP/mn.json" -d d1 "$@"; }
json "C-76 domain far, coa_test require: an early BU is refused, 137" \
	"$(core_mn bind "$hoa" --coa $far --no-tunnel)" '[.status, .problems]' '[137,[]]'
json "and a complete one accepted" "$(core_mn bind "$hoa" --coa $far --mode require --no-tunnel)" \
	'[.status, .problems]' '[0,[]]'
json "verified" "$(binding 1 "$hoa")" '[.coa, .state, .lifetime_s]' "[\"$far\",\"verified\",86400]"
finish

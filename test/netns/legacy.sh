#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# security.legacy: a listed HoA may be registered by a plain RFC 6275 BU from its listed prefixes, loudly;
# nothing else may, and never again once the HoA has had a key.
. "$(dirname "$0")/topology.sh"
SECURITY='legacy: {allow: [{hoa: 2001:db8:1::1e9, coa: ["2001:db8:2::/64"]}, {hoa: "HOA", coa: ["2001:db8:2::/64"]}]}'
need_binaries
world_up
build_udpflow
LISTED=$SECURITY SECURITY=
agents_up 2 3
SECURITY=$LISTED
# the MN's own HoA is listed too, to show that a key ends it
write_config 1
sed -i 's/{hoa: "HOA"[^}]*}/{hoa: 2001:db8:1::2, coa: ["2001:db8:2::\/64"]}/' "$TMP/dar1.yaml"
agent_start 1
agent_ready 1 || die "famad starts with a legacy list"
hoa=$(attach mn 1)
agent_stop 1
write_config 1
sed -i "s/\"HOA\"/\"$hoa\"/" "$TMP/dar1.yaml"
agent_start 1
agent_ready 1 || die "famad starts with a legacy list"
json "show status says so" "$(ctl 1 show status)" 'tostring | test("legacy")'
plain() { mn probe plain "$1" --dar 2001:db8:1::1 --wait 400; }

ip -n "$WORLD-mn" address add 2001:db8:1::1e9/128 dev wlan0 nodad
ping_once mn 2001:db8:1::1 -I 2001:db8:1::1e9 >/dev/null
ping_once mn 2001:db8:1::1 -I "$hoa" >/dev/null
ip -n "$WORLD-mn" address add 2001:db8:1::77/128 dev wlan0 nodad
ping_once mn 2001:db8:1::1 -I 2001:db8:1::77 >/dev/null
coa=$(attach mn 2)
counted "step 8 a plain BU for a listed HoA: counted" 1 .legacy_bu plain 2001:db8:1::1e9
json "step 8 accepted from its listed prefix, without authorization data" "$SEEN" \
	'[.status, .options, .authenticated]' '[0,[],false]'
json "bound, and shown as what it is" "$(binding 1 2001:db8:1::1e9)" '[.coa, .auth]' "[\"$coa\",\"legacy\"]"
json "A.5 the list vouches for the CoA: verified, no credit counted" "$(binding 1 2001:db8:1::1e9)" .state '"verified"'
json "A.5 (show binding)" "$(ctl 1 show binding 2001:db8:1::1e9)" .credit null
arrived() { ip -n "$WORLD-mn" -s -j link show wlan0 | jq '.[0].stats64.rx.bytes'; }
octets=$(arrived)
start cn down.log "$UDPFLOW" send "$CN_ADDRESS" 2001:db8:1::1e9 7000 1000 1000
eventually "A.5 A-24 ten times the credit of 16,384 octets arrive" 5 "[ \$(arrived) -ge $((octets + 163840)) ]"
stop "$STARTED"
is "none is dropped for want of credit" 0 "$(drops 1 credit)"
eventually "shouted in the log" 2 "grep -iE 'warn|error' $TMP/dar1.log | grep -q legacy"
json "a plain BU for an address that is not listed: silence" "$(plain 2001:db8:1::77)" '.answer' null
json "a plain BU for one of another prefix: no binding" "$(plain 2001:db8:3::77)" '.status != 0'
attach mn 3 >/dev/null
json "from a CoA that is not listed: silence" "$(plain 2001:db8:1::1e9)" '.answer' null
json "the binding is as it was" "$(binding 1 2001:db8:1::1e9)" '.coa' "\"$coa\""

before=$(binding 1 2001:db8:1::1e9 | jq -c '[.coa, .sequence]')
json "nor does a de-registration from there end it: silence" \
	"$(mn probe plain-end 2001:db8:1::1e9 --dar 2001:db8:1::1 --wait 300)" '.answer' null
is "it is still bound" "$before" "$(binding 1 2001:db8:1::1e9 | jq -c '[.coa, .sequence]')"
attach mn 2 >/dev/null
json "a plain de-registration from its listed prefix" \
	"$(mn probe plain-end 2001:db8:1::1e9 --dar 2001:db8:1::1)" '[.status, .lifetime]' '[0,0]'
is "ends it" "" "$(binding 1 2001:db8:1::1e9)"
json "bound again" "$(plain 2001:db8:1::1e9)" '.status' 0
run core "$PYTHON" "$HERE/mn.py" -s "$TMP/mn.json" -d d1 probe plain-home 2001:db8:1::1e9 \
	--dar 2001:db8:1::1 --wait 300 >/dev/null
is "step 8 a stranger in the core with the HoA as source, which is not listed, does not end it" yes \
	"$([ -n "$(binding 1 2001:db8:1::1e9)" ] && echo yes)"
json "bound, if it was not" "$(plain 2001:db8:1::1e9)" '.status' 0
attach mn 1 >/dev/null
json "and from home, as RFC 6275 has it" "$(mn probe plain-home 2001:db8:1::1e9 --dar 2001:db8:1::1)" '[.status, .lifetime]' '[0,0]'
is "that ends it too" "" "$(binding 1 2001:db8:1::1e9)"

attach mn 2 >/dev/null
for mode in require none concurrent; do
	agent_stop 1
	sed -i "s/^security: {\(coa_test: [a-z]*, \)\{0,1\}/security: {coa_test: $mode, /" "$TMP/dar1.yaml"
	agent_start 1
	agent_ready 1 || die "famad starts with coa_test: $mode"
	json "step 8 coa_test: $mode takes it as well" "$(plain 2001:db8:1::1e9)" .status 0
	json "A.5 and it is verified" "$(binding 1 2001:db8:1::1e9)" '[.auth, .state]' '["legacy","verified"]'
	mn probe plain-end 2001:db8:1::1e9 --dar 2001:db8:1::1 >/dev/null
done

attach mn 2 >/dev/null
json "the MN's own HoA is listed as well: accepted" "$(plain "$hoa")" '.status' 0
poll 9 "mn bind $hoa --auth cga | jq -e '.status == 0'" # 130 until 7 s after the last heartbeat (8.8)
bind_ok "then it signs" mn "$hoa" --auth cga
json "step 8 a plain BU after a key: silence" "$(plain "$hoa")" '.answer' null
json "the binding is the proven one" "$(binding 1 "$hoa")" '[.auth, .state]' '["phkt","verified"]'
mn unbind "$hoa" >/dev/null
json "step 8 also after its de-registration" "$(plain "$hoa")" '.answer' null
is "nothing of it is bound" "" "$(binding 1 "$hoa")"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `ra: {mode: external}`: Debian's radvd advertises with configs/radvd.conf, famad sends no RA and
# answers no RS, watches the link and anchors as ever; a handover goes through.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
command -v radvd >/dev/null && command -v rdisc6 >/dev/null || skip_all "needs radvd and rdisc6"
world_up

write_config 1
sed -i 's/^\( *\)ra: .*/\1ra: {mode: external}/' "$TMP/dar1.yaml"
agent_start 1
agent_ready 1 || die "famad starts with ra: {mode: external}"
agents_up 2
is "R-09 in mode external famad answers no RS" "" \
	"$(run nb rdisc6 -q -1 -r 2 -w 500 eth0 2>/dev/null)"
json "and sends no RA of its own" "$(run nb "$PYTHON" "$HERE/nd.py" -t 3 eth0 ra)" . '[]'
is "ra_sent counts none" 0 "$(stat 1 .ra_sent)"

start dar1 radvd.log radvd -n -m stderr -C "$HERE/../../configs/radvd.conf" -p "$TMP/radvd.pid" \
	-u root
radvd=$STARTED
eventually "radvd takes configs/radvd.conf and advertises" 5 \
	"run nb rdisc6 -q -1 -r 1 -w 500 eth0 2>/dev/null | grep -q ."
seen=$(run nb rdisc6 -1 eth0)
is "R-02 rdisc6 sees the flag H" Yes "$(sed -n 's/^Mobile home agent *: *//p' <<<"$seen")"
is "R-02 R-06 and the DAR's whole address in the prefix option" "2001:db8:1::1/64" \
	"$(sed -n 's/^ Prefix *: *//p' <<<"$seen")"
is "R-19 and an MTU that leaves room for the tunnel header" "1460 bytes (valid)" \
	"$(sed -n 's/^ MTU *: *//p' <<<"$seen" | sed 's/  */ /g')"
ra=$(mn solicit)
json "R-02 our own look: H, one PIO with L, A and R" "$ra" \
	'[.flags, (.prefixes | map([.flags, .length, .address]))]' \
	'[32,[[224,64,"2001:db8:1::1"]]]'
json "R-04 R-05 SLLA of the DAR, advertisement interval of 10 s" "$ra" \
	'[.slla == .frame_source, .interval_ms]' '[true,10000]'

hoa=$(attach mn 1)
is "the node is native" 62 "$(reply_ttl cn "$hoa")"
attach mn 2 >/dev/null
bind_ok "a handover from a link of radvd" mn "$hoa"
is "its packets come through the tunnel" 62 "$(reply_ttl cn "$hoa")"
dar_mac=$(ip -n "$WORLD-dar1" -j link show acc0 | jq -r '.[0].address')
json "R-13 the DAR answers for it on the link" \
	"$(run nb "$PYTHON" "$HERE/nd.py" eth0 solicit "$hoa" 2001:db8:1::b)" \
	'map(.tlla)' "[\"$dar_mac\"]"

run dar1 kill -HUP "$radvd" # it advertises anew
run nb rdisc6 -q -1 eth0 >/dev/null
is "T14 RAs from this host's own link-local address are no rogue" 0 "$(stat 1 .rogue_ra)"
counted "T14 the RA of another router is an event" 1 .rogue_ra \
	run nb "$PYTHON" "$HERE/claim.py" eth0 advertise-router
router=$(jq -r .source <<<"$SEEN")
eventually "T14 and a warning that names it" 2 \
	"grep -q 'level=warn event=ra.rogue .*source=$router' $TMP/dar1.log"
counted "T14 a second one counts too" 1 .rogue_ra \
	run nb "$PYTHON" "$HERE/claim.py" eth0 advertise-router
is "T14 but is not told again within a minute" 1 "$(grep -c event=ra.rogue "$TMP/dar1.log")"
is "famad itself has sent no RA all the time" 0 "$(stat 1 .ra_sent)"

attach mn 1 >/dev/null
json "the node comes home to radvd's link" "$(mn home "$hoa" --auth phkt)" \
	'[.status, .problems]' '[0,[]]'
is "and is native again" 62 "$(reply_ttl cn "$hoa")"
stop "$radvd"
finish

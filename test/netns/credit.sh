#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Credit-based authorisation: what a verified CoA sends is what an unverified one may get, and it ages.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
build_udpflow
agents_up 1 2 3
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "verified at DAR2" mn "$hoa"
up() { # OCTETS: so many go up the tunnel, and a little more
	local target=$(($(binding 1 "$hoa" | jq .uplink_bytes) + $1))
	start mn up.log "$UDPFLOW" send "$hoa" "$CN_ADDRESS" 9 2000 1000
	poll 5 "[ \$(binding 1 $hoa | jq .uplink_bytes) -ge $target ]"
	stop "$STARTED"
}
down() { # what a flood delivers until nothing comes any more; octets of inner packets, in SERVED
	local before dropped
	before=$(binding 1 "$hoa" | jq .downlink_bytes) dropped=$(drops 1 credit)
	start cn down.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 5000 1000
	poll 10 "[ \$(drops 1 credit) -ge $((dropped + 1000)) ]"
	stop "$STARTED"
	SERVED=$(($(binding 1 "$hoa" | jq .downlink_bytes) - before))
}
up 300000
earned=$(binding 1 "$hoa" | jq .uplink_bytes)
attach mn 3 >/dev/null
bind_ok "an early BU from DAR3" mn "$hoa" --no-complete
moved=$(now_ms)
down
echo "# earned $earned, served $SERVED in the first $(($(now_ms) - moved)) ms"
between "D-36 D-37 what was earned is served, aged once or twice, and no more" $((earned * 6 / 10)) $((earned + 16384)) "$SERVED"
up 200000
before=$SERVED
down
between "D-37 an unverified CoA earns nothing" 0 1100 "$SERVED"
bind_ok "completed" mn "$hoa"
start mn recv.log "$UDPFLOW" recv "$hoa" 7000 "$TMP/udp"
poll 3 "[ -s $TMP/udp ]"
start cn send.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 1000 1000
sender=$STARTED
eventually "verified: everything is served" 5 "[ \$(received $TMP/udp) -ge 1000 ]"
stop "$sender"

# D-38: 7/8 every 5 s
up 400000
attach mn 2 >/dev/null
before=$(bpftool -j map dump pinned "$PINS/dar1/maps/credit" | jq '.[0].formatted.value.octets')
bind_ok "an early BU from DAR2" mn "$hoa" --no-complete
poll 11 "[ \$(now_ms) -ge $(($(now_ms) + 10000)) ]"
down
between "D-38 after 10 s less than 7/8 is left, and more than half" $((before / 2)) $((before * 7 / 8 + 1100)) "$SERVED"
finish

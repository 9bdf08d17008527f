#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Two away MNs with the same HDAR talk to each other: out of one tunnel, checked, into the other.
. "$(dirname "$0")/topology.sh"
WITH_MN2=1
need_binaries
world_up
agents_up 1 2 3
build_udpflow
hoa1=$(attach mn 1)
hoa2=$(attach mn2 1 port2)
is "at home they talk through DAR1 or on the link" 1 "$(reply_ttl mn "$hoa2" -I "$hoa1" | grep -cE '6[34]')"
coa1=$(attach mn 2)
bind_ok "MN 1 away at DAR2" mn "$hoa1"
is "D-05 one away: MN 1 to MN 2 at home, one hop" 63 "$(reply_ttl mn "$hoa2" -I "$hoa1")"
is "D-05 MN 2 at home to MN 1 away" 63 "$(reply_ttl mn2 "$hoa1" -I "$hoa2")"
attach mn2 3 port2 >/dev/null
bind_ok "MN 2 away at DAR3" mn2 "$hoa2"
is "D-29 D-05 both away: the hop limit is taken once" 63 "$(reply_ttl mn "$hoa2" -I "$hoa1")"
is "D-29 the other way" 63 "$(reply_ttl mn2 "$hoa1" -I "$hoa2")"
is "D-29 1460 octets pass" 63 "$(reply_ttl mn "$hoa2" -I "$hoa1" -M do -s 1412)"

start mn2 recv.log "$UDPFLOW" recv "$hoa2" 7000 "$TMP/udp"
receiver=$STARTED
poll 3 "[ -s $TMP/udp ]"
start mn send.log "$UDPFLOW" send "$hoa1" "$hoa2" 7000 2000
sender=$STARTED
poll 5 "[ \$(received $TMP/udp) -ge 4000 ]"
stop "$sender"
poll 2 "[ \$(received $TMP/udp) -ge \$(jq .sent $TMP/send.log) ]"
stop "$receiver"
is "D-29 a flow loses nothing" "$(jq .sent "$TMP/send.log")" "$(jq .received "$TMP/recv.log")"
json "D-45 counted up for one and down for the other" "$(ctl 1 show bindings)" \
	"[(.[] | select(.hoa == \"$hoa1\") | .uplink_packets >= 4000),
	  (.[] | select(.hoa == \"$hoa2\") | .downlink_packets >= 4000)]" '[true,true]'

# D-23: the check of the first tunnel is not skipped because the packet stays in tunnels
start mn2 heard.log tcpdump -n -l -i any "udp port 7777"
poll 3 "grep -q listening $TMP/heard.log"
before=$(drops 1 tunnel_source)
run mn "$PYTHON" "$HERE/mn.py" spoof --outer-dst 2001:db8:1::1 --outer-src 2001:db8:2::666 \
	--inner-src "$hoa1" --inner-dst "$hoa2" --port 7777 >/dev/null
eventually "D-23 a spoofed one is dropped" 2 "[ \$(drops 1 tunnel_source) -eq $((before + 1)) ]"
is "and not heard" 0 "$(grep -c IP6 "$TMP/heard.log")"

# C-79 A-17: a CoA that is bound here would make a chain
json "C-79 a CoA that is an active HoA of this DAR: 174" \
	"$(mn bind "$hoa1" --auth phkt --coa "$hoa2" --no-tunnel --wait 1)" '.answer' null
poll 1 "[ \$(binding 1 $hoa1 | jq -r .coa) != $coa1 ]"
is "C-79 it changed nothing" "$coa1" "$(binding 1 "$hoa1" | jq -r .coa)"
is "they still talk" 63 "$(reply_ttl mn "$hoa2" -I "$hoa1")"
finish

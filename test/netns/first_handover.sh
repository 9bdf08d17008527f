#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1 to DAR2 under a TCP connection: BU-CGA, BA with PHKT, complete BU, and the flow goes on.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
tcp_start "$hoa"
tcp_advances "TCP from HoA1 runs natively"

coa=$(attach mn 2)
json "M-08 before the BU nothing is bound" "$(ctl 1 show bindings)" . '[]'
bind_ok "C-03 C-18 C-23 C-24 BU-CGA accepted, BA right in every octet" mn "$hoa"
json "C-30 C-33 lifetime granted as asked, 21600 units" "$BA" '.lifetime' 21600
json "C-67 C-68 C-70 C-71 the BA carries a PHKT and is keyed with it" "$BA" \
	'.authenticated and (.phkt | length) == 16'
json "C-75 the DAR's address is no CGA: option 11 is ignored" "$BA" '.dar_proof' null
json "C-77 A-09 option 15 brought option 16, and the complete BU with index 0xFFFF was accepted" "$BA" \
	'[(.careof | length), .complete.status, .complete.authenticated, .complete.options]' '[16,0,true,[5]]'
json "C-83 BU to BA is quick" "$BA" '.rtt_ms < 100'
json "show bindings has it (contract 4.1)" "$(ctl 1 show bindings)" \
	'map([.hoa, .coa, .dar, .state, .auth, .lifetime_s])' \
	"[[\"$hoa\",\"$coa\",\"2001:db8:1::1\",\"verified\",\"phkt\",86400]]"
json "the sequence is that of the BU" "$(binding 1 "$hoa")" '.sequence' "$(jq .sent <<<"$BA")"
json "the remaining time runs" "$(binding 1 "$hoa")" '.remaining_s <= 86400 and .remaining_s > 86390'
json "show binding HOA is one object" "$(ctl 1 show binding "$hoa")" '[.hoa, .coa]' \
	"[\"$hoa\",\"$coa\"]"
json "show prefixes counts it" "$(ctl 1 show prefixes)" '.[0].bindings' 1
json "DAR2 has none" "$(ctl 2 show bindings)" . '[]'

is "D-01 D-05 CN to HoA1: the tunnel is one hop" 62 "$(reply_ttl cn "$hoa")"
is "D-23 D-05 HoA1 to CN through the tunnel" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
is "M-32 new flows use the address of DAR2, natively" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$coa")"
is "CN to HoA2" 62 "$(reply_ttl cn "$coa")"
tcp_advances "the TCP connection lives on, both ways"

# the outer header on the core router, which sees what the DAR sent
start core outer.log tcpdump -n -i d1 -c 1 -U -w "$TMP/outer.pcap" \
	"ip6 src 2001:db8:1::1 and ip6 proto 41 and ip6[46] = 58 and ip6[80] = 128"
poll 3 "grep -q listening $TMP/outer.log"
capture=$STARTED
before=$(binding 1 "$hoa")
run cn ping -6 -n -c 1 -W 1 -Q 2 -t 33 "$hoa" >/dev/null
poll 3 "! kill -0 $capture"
seen=$(tcpdump -n -v -r "$TMP/outer.pcap" 2>/dev/null)
outer=${seen%%payload length*} inner=${seen#*payload length}
is "D-02 outer: DAR1 to CoA, next header 41" 1 "$(grep -c "2001:db8:1::1 > $coa" <<<"$seen")"
is "D-07 outer hop limit 64" 1 "$(grep -c 'hlim 64' <<<"$outer")"
is "D-08 outer ECN is the inner one, ECT(0)" 1 "$(grep -c 'class 0x02' <<<"$outer")"
is "D-05 D-04 inner hop limit 33, less one by the core and one by DAR1" 1 \
	"$(grep -c 'hlim 31' <<<"$inner")"
is "D-10 outer flow label is not zero" 1 "$(grep -c 'flowlabel 0x' <<<"$outer")"
is "D-06 a hop limit that ends at DAR1: Time Exceeded, from DAR1" 1 \
	"$(run cn ping -6 -n -c 1 -W 1 -t 2 "$hoa" | grep -c '^From 2001:db8:.*[Hh]op limit')"
after=$(binding 1 "$hoa")
json "D-45 both directions are counted for this HoA" "[$before,$after]" \
	'.[1].downlink_packets > .[0].downlink_packets and .[1].uplink_packets > .[0].uplink_packets
	 and .[1].downlink_bytes >= .[0].downlink_bytes + 104
	 and .[1].uplink_bytes >= .[0].uplink_bytes + 104'
json "nothing was dropped as spoofed or unbound" \
	"[$(drops 1 tunnel_source),$(drops 1 not_bound)]" . '[0,0]'
tcp_finish "0 payload errors over the handover"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# 1500 octets do not fit into a tunnel over 1500: the CN is told 1460, and nothing vanishes.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
build_udpflow
hoa=$(attach mn 1)
tcp_start "$hoa" 4000000 # its MSS is that of a native path of 1500
is "a native packet of 1500 octets passes" 62 "$(reply_ttl cn "$hoa" -M do -s 1452)"
tcp_advances "TCP with full segments, natively"
attach mn 2 >/dev/null
bind_ok "away" mn "$hoa"

start cn ptb.log tcpdump -n -v -l -i eth0 "icmp6 and ip6[40] = 2"
poll 3 "grep -q listening $TMP/ptb.log"
tcp_advances "the same connection in the tunnel: no black hole"
run cn ip -6 route flush cache
poll 2 "ping_once cn $hoa -M do -s 1453 | grep -q . && false || grep -q 'packet too big' $TMP/ptb.log"
eventually "D-12 the CN gets Packet Too Big, MTU 1460" 3 "grep -q 'too big, mtu 1460' $TMP/ptb.log"
is "no other MTU is named" "" "$(grep -i 'too big' "$TMP/ptb.log" | grep -v 'mtu 1460')"
is "its source is an address of DAR1" "" \
	"$(grep -o '[0-9a-f:]* > [0-9a-f:]*: .*too big' "$TMP/ptb.log" |
		grep -v -E '^(2001:db8:1::1|2001:db8:c1::2) ')"
eventually "the CN has learnt 1460" 3 "run cn ip -6 route get $hoa | grep -q 'mtu 1460'"
is "1460 octets pass" 62 "$(reply_ttl cn "$hoa" -M do -s 1412)"
ping_once cn "$hoa" -M do -s 1413 >/dev/null 2>&1
is "1461 are refused to the sender, not lost" 1 $?
# one way, because the kernel's tunnel of this MN would cut its outer packets, not the inner one
start mn recv.log "$UDPFLOW" recv "$hoa" 7000 "$TMP/udp"
poll 3 "[ -s $TMP/udp ]"
start cn send.log "$UDPFLOW" send "$CN_ADDRESS" "$hoa" 7000 100 3000
sender=$STARTED
eventually "D-14 datagrams of 3000 octets pass in the CN's own fragments" 5 \
	"[ \$(received $TMP/udp) -ge 50 ]"
stop "$sender"
eventually "D-14 each of them" 2 "[ \$(received $TMP/udp) -eq \$(jq .sent $TMP/send.log) ]"
is "the MN sends 1460 up the tunnel" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1412)"
between "the drop is named too_big" 1 1000000 "$(drops 1 too_big)"
is "nothing else was dropped" "$(drops 1 too_big)" "$(drops 1)"
is "1280 octets always pass" 62 "$(reply_ttl cn "$hoa" -M do -s 1232)"
tcp_advances "TCP goes on"
tcp_finish "0 payload errors"

# a new connection at full speed, 4 MB each way
tcp_start "$hoa" 40000000
tcp_advances "a new connection starts at once"
eventually "4 MB each way" 10 "[ \$(tcp_octets mn) -ge 4000000 ] && [ \$(tcp_octets cn) -ge 4000000 ]"
tcp_finish "0 payload errors in it"
finish

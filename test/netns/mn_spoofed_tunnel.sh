#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Only the DAR of an address may tunnel to it; the node's own packets keep hop limit, ECN and flow label.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
build_udpflow
capture mn wlan0 mn "icmp6 or ip6 proto 41 or ip6 proto 60 or udp"
node_up mn
hoa=$(arrive mn 1)
move 2
coa=$(arrive mn 2)
eventually "bound" 5 "bound_to mn $hoa $coa"
echo 'import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IPV6, 66, 1)
s.bind(("::", 9))
print("ready", flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(2000, 100)
    print(data.decode(), int.from_bytes(ancillary[0][2], sys.byteorder), flush=True)' >"$TMP/heard.py"
start mn heard.log "$PYTHON" "$TMP/heard.py"
poll 3 "grep -q ready $TMP/heard.log"
heard() { grep "^$1 " "$TMP/heard.log"; } # TEXT
dropped() { node mn show drops | jq --arg reason "$1" '[.[] | select(.reason == $reason).packets] | add // 0'; }

tunnel() { # TEXT OUTER-SRC OUTER-DST INNER-DST
	run core "$PYTHON" "$HERE/mn.py" -d d2 spoof --outer-src "$2" --outer-dst "$3" --inner-src "$CN_ADDRESS" \
		--inner-dst "$4" --port 9 --text "$1" >/dev/null
}

refused() { # TEXT REASON NAME OUTER-SRC OUTER-DST INNER-DST
	local before
	before=$(dropped "$2")
	tunnel "${@:3}"
	eventually "$1: counted as $2" 3 "[ \$(dropped $2) -eq $((before + 1)) ]"
	tunnel "after-$3" 2001:db8:1::1 "$coa" "$hoa"
	eventually "$1: what DAR1 sends arrives" 3 "heard after-$3"
	is "$1: it was not delivered" "" "$(heard "$3")"
}

refused "M-30 from a stranger" tunnel_source stranger 2001:db8:ffff::1 "$coa" "$hoa"
refused "M-30 from DAR2, which is no anchor of the address" tunnel_source dar2 2001:db8:2::1 "$coa" "$hoa"

is "M-29 the reply's hop limit" 62 "$(reply_ttl cn "$hoa")"
run mn ping -6 -n -c 1 -W 1 -Q 2 -I "$hoa" "$CN_ADDRESS" >/dev/null
start mn send.log "$UDPFLOW" send "$hoa" "$CN_ADDRESS" 7002 200
sender=$STARTED
poll 5 "tcpdump -n -r $TMP/mn.pcap 'ip6 proto 41 and ip6[46] = 17 and src $coa' 2>/dev/null | wc -l | grep -q '[2-9][0-9]'"
stop "$sender"
seen=$(wire mn mn | jq -c "[.[] | select(.kind == \"tunnel\" and .out and .inner.source == \"$hoa\")]")
json "M-28 up: from the CoA to DAR1" "$seen" 'map([.source, .destination]) | unique' "[[\"$coa\",\"2001:db8:1::1\"]]"
json "M-29 the inner hop limit is as the host sent it, the outer is 64" "$seen" \
	'map([.inner.hop_limit, .hop_limit]) | unique' '[[64,64]]'
json "M-40 D-08 the outer ECN is the inner one" "$seen" \
	'[all(.[]; .traffic_class % 4 == .inner.traffic_class % 4), any(.[]; .traffic_class % 4 == 2)]' '[true,true]'
json "M-40 D-10 D-11 one outer flow label for the UDP flow, not zero" "$seen" \
	'map(select(.inner.next_header == 17).label) | unique | [length, .[0] > 0]' '[1,true]'

# ECN down the tunnel (protocol 5.3): the class of what arrives, by inner and outer
echo "import socket, sys
sys.path.insert(0, '$HERE')
import mip6
cn, hoa, dar, coa = map(mip6.address, ('$CN_ADDRESS', '$hoa', '2001:db8:1::1', '$coa'))
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
for inner in range(4):
    for outer in range(4):
        data = mip6.udp(cn, hoa, 40000, 9, b'ecn-%d-%d' % (inner, outer))
        packet = mip6.ipv6(cn, hoa, mip6.NH_UDP, data, first=0x60000000 | inner << 20)
        packet = mip6.ipv6(dar, coa, mip6.NH_IPV6, packet, first=0x60000000 | outer << 20)
        raw.sendto(packet, ('$coa', 0))" >"$TMP/ecn.py"
before=$(dropped ecn)
run core "$PYTHON" "$TMP/ecn.py"
poll 3 "heard ecn-3-3"
is "M-40 D-09 every row of the ECN table, without (Not-ECT, CE)" \
	"ecn-0-0 0 ecn-0-1 0 ecn-0-2 0 ecn-1-0 1 ecn-1-1 1 ecn-1-2 1 ecn-1-3 3 ecn-2-0 2 ecn-2-1 1 ecn-2-2 2 ecn-2-3 3 ecn-3-0 3 ecn-3-1 3 ecn-3-2 3 ecn-3-3 3 " \
	"$(grep '^ecn' "$TMP/heard.log" | sort | tr '\n' ' ')"
is "D-09 which is dropped and counted" $((before + 1)) "$(dropped ecn)"

# nested: DAR2 tunnels to CoA3 what DAR1 still tunnels to CoA2
move 3
coa3=$(arrive mn 3)
eventually "at DAR3" 5 "bound_to mn $hoa $coa3 && bound_to mn $coa $coa3"
tunnel previous 2001:db8:1::1 "$coa" "$hoa"
eventually "M-33 what DAR1 sent to the previous CoA comes through DAR2's tunnel" 3 "heard previous"
capture_stop mn
json "no ICMPv6 error left the node" "$(wire mn mn)" '[.[] | select(.out and .kind == "error")]' '[]'
# no tunnel of ours: the kernel, which has no tunnel either, may say so
for destination in "$coa3" 2001:db8:1::99; do
	run core "$PYTHON" "$HERE/mn.py" -d d3 spoof --outer-src 2001:db8:1::1 --outer-dst "$coa3" \
		--inner-src "$CN_ADDRESS" --inner-dst "$destination" --port 9 --text alien >/dev/null
done
is "8.9 packets flow" 62 "$(reply_ttl cn "$hoa")"
is "8.9 from DAR1, for addresses without a binding there: not delivered" "" "$(heard alien)"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# R-20: an access link sends from its own prefixes only, and not from the DAR's addresses.
. "$(dirname "$0")/topology.sh"
WITH_NEIGHBOUR=1
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
is "R-23 from an address of the link: forwarded" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
start cn heard.log tcpdump -n -l -i eth0 "udp port 7777"
poll 3 "grep -q listening $TMP/heard.log"
datagram() { # NAMESPACE DEVICE SOURCE: a UDP packet to the CN
	run "$1" env PYTHONPATH="$HERE" "$PYTHON" - "$2" "$3" "$CN_ADDRESS" <<-'END'
		import sys, mip6
		from link import Link
		device, source, destination = sys.argv[1], mip6.address(sys.argv[2]), mip6.address(sys.argv[3])
		data = mip6.udp(source, destination, 40000, 7777, b"who am I")
		packet = mip6.ipv6(source, destination, mip6.NH_UDP, data)
		import socket
		with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
		    raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
		    raw.sendto(packet, (sys.argv[3], 0))
	END
}
datagram mn wlan0 2001:db8:1::4711
eventually "R-20 any address of the link's prefix passes" 2 "grep -q 'IP6 2001:db8:1::4711.40000' $TMP/heard.log"
for source in 2001:db8:2::5 2001:db8:ffff::81 2001:db8:99::1 2001:db8:c1::77 fd00::1 2001:db8:1::1; do
	before=$(drops 1 source)
	datagram mn wlan0 $source
	eventually "R-20 from $source: dropped as source" 2 "[ \$(drops 1 source) -eq $((before + 1)) ]"
done
is "R-20 the CN heard none of them" "" "$(grep IP6 "$TMP/heard.log" | grep -v 2001:db8:1::4711)"

# a BU with the CoA of another network, signed rightly by its owner
attach mn 2 >/dev/null
ip -n "$WORLD-mn" address add 2001:db8:3::77/128 dev wlan0 nodad
before=$(drops 2 source)
json "R-20 a BU from a CoA of another network does not leave the link" \
	"$(mn bind "$hoa" --coa 2001:db8:3::77 --wait 300)" '.answer' null
between "R-20 it is the source check of DAR2" $((before + 1)) $((before + 20)) "$(drops 2 source)"
json "nothing is bound" "$(ctl 1 show bindings)" . '[]'
bind_ok "from an address of the link it is" mn "$hoa"
is "the tunnel passes: its outer source is of the link" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
succeeds "the link-local world goes on: a neighbour is found" ping_once nb 2001:db8:1::1

agent_stop 1
SECURITY='source_check: false'
agents_up 1
mn unbind "$hoa" --auth cga >/dev/null
attach mn 1 >/dev/null
datagram mn wlan0 2001:db8:99::1
eventually "source_check: false lets it pass" 2 "grep -q 'IP6 2001:db8:99::1.40000' $TMP/heard.log"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Big packets in the node's tunnels: no RA that lowers the MTU, UDP segmentation, a path that shrinks to 1400.
. "$(dirname "$0")/domain.sh"
RA_MTU=1500
domain_up 1 2
capture mn wlan0 mn "icmp6"
node_up mn
hoa=$(arrive mn 1)
is "natively 1500 octets pass" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1452)"
tcp_start "$hoa" 4000000 # its MSS is that of a native path of 1500
tcp_advances "TCP with full segments"
move 2
coa=$(arrive mn 2)
eventually "away" 5 "bound_to mn $hoa $coa"
tcp_advances "the same connection in the tunnel"
is "M-40 the table of the address says 1460" 1 "$(tunnels_of mn "$hoa" | grep -c 'mtu 1460')"
is "M-40 up: 1460 octets pass" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1412)"
is "M-40 up: 1461 are refused to the sender at once" 1 \
	"$(ping_once mn "$CN_ADDRESS" -I "$hoa" -M do -s 1413 2>&1 | grep -c -i 'too long\|too big')"
is "up: without DF they go in fragments" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M dont -s 3000)"
is "down: they come in fragments" 62 "$(reply_ttl cn "$hoa" -M dont -s 3000)"
is "address 2 keeps 1500" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$coa" -M do -s 1452)"

# one sendmsg, many datagrams: what QUIC does
echo 'import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
if sys.argv[1] == "send":
    s.bind((sys.argv[2], 0))
    s.setsockopt(17, 103, 1200)
    for n in range(5):
        s.sendto(bytes([n]) * 12000, (sys.argv[3], 7003))
else:
    s.bind((sys.argv[2], 7003))
    s.settimeout(5)
    print("ready", flush=True)
    seen = []
    while len(seen) < 50:
        data = s.recv(65535)
        assert len(set(data)) == 1
        seen.append(len(data))
    print(len(seen), sorted(set(seen)), flush=True)' >"$TMP/gso.py"
gso() { # TEXT FROM SOURCE TO DESTINATION
	start "$4" "gso.log" "$PYTHON" "$TMP/gso.py" receive "$5"
	poll 3 "grep -q ready $TMP/gso.log"
	run "$2" "$PYTHON" "$TMP/gso.py" send "$3" "$5"
	eventually "$1" 6 "grep -q '^50 \[1200\]' $TMP/gso.log"
}
gso "UDP GSO up the tunnel: 5 times 10 datagrams of 1200 octets" mn "$hoa" cn "$CN_ADDRESS"
gso "UDP GSO down the tunnel" cn "$CN_ADDRESS" mn "$hoa"
tcp_advances "TCP goes on"

# between the core and DAR2 only 1400 octets fit now
ip -n "$WORLD-core" link set d2 mtu 1400
ip -n "$WORLD-dar2" link set core0 mtu 1400
tcp_advances "the path is 1400: TCP goes on, both ways"
eventually "M-40 the node has learnt it: 1360 inside" 5 "tunnels_of mn $hoa | grep -q 'mtu 1360'"
is "up: 1360 octets pass" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1312)"
ping_once cn "$hoa" -M do -s 1412 >/dev/null 2>&1
eventually "down: 1360 octets pass, and the CN has learnt it" 5 "ping_once cn $hoa -M do -s 1312 &&
	! ping_once cn $hoa -M do -s 1313"
gso "UDP GSO up" mn "$hoa" cn "$CN_ADDRESS"
gso "UDP GSO down" cn "$CN_ADDRESS" mn "$hoa"
is "1280 octets always pass" "62 62" \
	"$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1232) $(reply_ttl cn "$hoa" -M do -s 1232)"
is "a big one in fragments too" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M dont -s 3000)"
tcp_finish "0 payload errors over all this"

# a new connection on the narrow path
tcp_start "$hoa" 40000000
eventually "a new connection: 3 MB each way" 10 \
	"[ \$(tcp_octets mn) -ge 3000000 ] && [ \$(tcp_octets cn) -ge 3000000 ]"
tcp_finish "0 payload errors in it"
between "nothing was lost for want of room" 0 0 \
	"$(node mn show drops | jq '[.[] | select(.reason == "no_room").packets] | add // 0')"
move 1
is "home again: 1500 octets pass" 62 "$(arrive mn 1 >/dev/null
	poll 3 "[ -z \"\$(tunnels_of mn)\" ]"
	reply_ttl mn "$CN_ADDRESS" -I "$hoa" -M do -s 1452)"
capture_stop mn
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A node with two interfaces: its addresses serve on, whichever of the two the operator sets down.
. "$(dirname "$0")/domain.sh"
NODE_CONFIG="  - name: wlan1"
stands() { # HOA: the devices that have it, with `tentative` where the kernel says so
	ip -n "$WORLD-mn" -6 -o address show to "$1" | awk '{ print $2 (/tentative/ ? " tentative" : "") }' |
		paste -sd' '
}
answers() { ping_once cn "$hoa"; }
at_home() { [ -z "$(entry mn "$hoa")$(bindings_of "$hoa")" ]; }

domain_up 1 2 3
ip link add wlan1 netns "$WORLD-mn" type veth peer name port1 netns "$WORLD-sw"
run mn sysctl -qw net.ipv6.conf.wlan1.accept_dad=1
ip -n "$WORLD-mn" link set wlan1 up
ip -n "$WORLD-sw" link set port1 master br2
node_up mn
hoa=$(arrive mn 1)
tcp_start "$hoa" 200000
tcp_advances "TCP from address 1"
ip -n "$WORLD-sw" link set port1 up

ip -n "$WORLD-mn" link set wlan0 down
coa=$(arrive mn 2)
eventually "wlan0 set down: by wlan1 at DAR2, address 1 bound there" 5 "bound_to mn $hoa $coa"
eventually "M-28 M-30 what comes through the tunnel is answered" 3 answers
is "address 1 stands on wlan1" wlan1 "$(stands "$hoa")"
tcp_advances "TCP goes on"

ip -n "$WORLD-mn" link set wlan0 up
arrive mn 1 >/dev/null
eventually "M-34 wlan0 set up: home" 6 at_home
eventually "M-36 address 1 is answered natively" 3 answers
is "M-35 it stands on wlan0 again, at once" wlan0 "$(stands "$hoa")"
tcp_advances "TCP goes on at home"

move 3
coa=$(arrive mn 3)
eventually "plugged over to DAR3: bound there" 6 "bound_to mn $hoa $coa"
ip -n "$WORLD-sw" link set port down
coa=$(arrive mn 2)
eventually "plugged out: by wlan1" 6 "bound_to mn $hoa $coa"
ip -n "$WORLD-sw" link set port up
coa=$(arrive mn 3)
eventually "plugged in: by wlan0" 6 "bound_to mn $hoa $coa"
ip -n "$WORLD-mn" link set wlan1 down
eventually "the interface not in use set down: address 1 does not go with it" 3 "[ '$(stands "$hoa")' ] && answers"
is "address 1 stands on wlan0" wlan0 "$(stands "$hoa")"
tcp_advances "TCP goes on"

move 1 port1
ip -n "$WORLD-mn" link set wlan1 up
ip -n "$WORLD-mn" link set wlan0 down
arrive mn 1 >/dev/null
eventually "M-34 home by the other interface" 6 at_home
is "address 1 stands there" wlan1 "$(stands "$hoa")"
eventually "M-36 neighbours find it there" 3 answers
tcp_advances "TCP goes on"
node_stop mn KILL
ip -n "$WORLD-mn" -6 address add "$hoa/128" dev wlan0 nodad noprefixroute # killed between the two
node_up mn
eventually "adopted once, on one interface" 5 "[ \"\$(stands $hoa | wc -w)\" = 1 ]"
tcp_finish "0 payload errors over all this"
node_stop mn
is "no address is left on either" "" "$(ip -n "$WORLD-mn" -6 address show scope global)"
finish

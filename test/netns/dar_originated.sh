#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What DAR1 itself sends to an away HoA goes into the tunnel too, though the HoA is on its link.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
is "at home: DAR1 reaches the MN directly" 64 "$(reply_ttl dar1 "$hoa")"
attach mn 2 >/dev/null
ping_once dar1 "$hoa" >/dev/null
is "moved, not bound: nobody answers" 1 $?
bind_ok "bound" mn "$hoa"
is "A-16 DAR1 to the away HoA, at the first packet" 64 "$(reply_ttl dar1 "$hoa")"
is "from its address on the core link too" 64 "$(reply_ttl dar1 "$hoa" -I 2001:db8:c1::2)"
is "D-30 the MN to the DAR's own address through the tunnel" 64 \
	"$(reply_ttl mn 2001:db8:1::1 -I "$hoa")"

start core outer.log tcpdump -n -v -l -i d1 "ip6 src 2001:db8:1::1 and ip6 proto 41"
poll 3 "grep -q listening $TMP/outer.log"
ping_once dar1 "$hoa" >/dev/null
eventually "D-02 it is a tunnel packet from the DAR's address" 2 \
	"grep -q '2001:db8:1::1 > .*2001:db8:2:' $TMP/outer.log"
is "no ping of 1461 octets leaves" 1 "$(ping_once dar1 "$hoa" -M do -s 1413 >/dev/null 2>&1; echo $?)"
is "1460 do" 64 "$(reply_ttl dar1 "$hoa" -M do -s 1412)"
agent_stop 1 KILL
is "with a dead agent as well" 64 "$(reply_ttl dar1 "$hoa")"
agent_start 1
agent_ready 1 || die "restart"
bind_ok "and after its restart" mn "$hoa" --auth cga
is "it goes on" 64 "$(reply_ttl dar1 "$hoa")"
mn unbind "$hoa" >/dev/null
ping_once dar1 "$hoa" >/dev/null
is "D-33 after the end of the binding it is sought on the link" 1 $?
finish

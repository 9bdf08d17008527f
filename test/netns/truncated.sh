#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A BU cut at every octet, with every length octet changed to every value, and floods of options: the
# agent lives, each packet is counted once, nothing is bound.
. "$(dirname "$0")/topology.sh"
SECURITY='require_seen: false' # so that they come as far as they can
need_binaries
world_up
build_blast
far_away 2001:dc0::/32
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
herd cn mutations "$TMP/mutations" --prefix 2001:db8:1:: --dar 2001:db8:1::1 --count 0 >/dev/null
pid=${AGENT[1]}
ends() { # what came to an end, at the agent and in the data plane
	ctl 1 show stats | jq '[.bu_accepted, .bu_dropped, .bu_refused, .mh_dropped | add] | add'
}
blast() { run core "$BLAST" d1 "$(core_mac 1)" "$TMP/mutations" 2000; }
blast >/dev/null # warms up what the agent allocates once
before=$(ends) punted=$(stat 1 .punted) dropped=$(drops 1) rss=$(rss_kb 1)
seen=$(blast)
echo "# $seen, handed up $(($(stat 1 .punted) - punted)), dropped $(($(drops 1) - dropped))"
sent=$(jq .sent <<<"$seen")
# without any header behind IPv6 it is nobody's, and the stack's
eventually "C-13 $sent broken BUs: each is handed up or dropped by name" 3 \
	"[ \$((\$(stat 1 .punted) - punted + \$(drops 1) - dropped)) -ge $((sent - 1)) ]"
between "C-13 most come as far as the agent" $((sent * 2 / 3)) "$sent" $(($(stat 1 .punted) - punted))
is "C-13 each that was handed up came to one named end" "$(($(stat 1 .punted) - punted))" \
	"$(($(ends) - before))"
between "C-13 others were dropped by the data plane, by name" 1 100000 "$(($(drops 1) - dropped))"
between "D-39 the fragments among them" 5 100 "$(drops 1 fragment)"
is "C-13 the agent lives" "$pid" "$(ctl 1 show status | jq .pid)"
json "C-13 nothing is bound" "$(ctl 1 show bindings)" . '[]'
is "C-13 none was accepted" 0 "$(stat 1 '.bu_accepted | add')"
grows_at_most "C-13 it does not grow by them (kB)" 256 "$rss" "$(rss_kb 1)"
bind_ok "and serves" mn "$hoa"
is "it does" 62 "$(reply_ttl cn "$hoa")"
finish

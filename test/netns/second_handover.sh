#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# DAR1, DAR2, DAR3: the flow of address 1 by BU-PHKT, that of address 2 by BU-CGA, both live on.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2 3
hoa1=$(attach mn 1)
tcp_start "$hoa1"
hoa2=$(attach mn 2)
bind_ok "first handover: BU-CGA to DAR1" mn "$hoa1"
tcp_advances "TCP of address 1 through DAR1's tunnel"

hoa3=$(attach mn 3)
bind_ok "M-11 C-73 BU-PHKT early to DAR1" mn "$hoa1"
json "C-44 its BA is authenticated and brings no new PHKT" "$BA" '[.authenticated, .phkt]' '[true,null]'
bind_ok "BU-CGA for address 2 to DAR2" mn "$hoa2"
json "address 2 gets its own PHKT" "$BA" '.phkt | length' 16
json "DAR1 binds address 1 to the new CoA" "$(ctl 1 show bindings)" \
	'map([.hoa, .coa, .auth, .state])' "[[\"$hoa1\",\"$hoa3\",\"phkt\",\"verified\"]]"
json "DAR2 binds address 2" "$(ctl 2 show bindings)" \
	'map([.hoa, .coa, .auth])' "[[\"$hoa2\",\"$hoa3\",\"phkt\"]]"
json "DAR3 binds nothing" "$(ctl 3 show bindings)" . '[]'
is "CN to address 1" 62 "$(reply_ttl cn "$hoa1")"
is "CN to address 2" 62 "$(reply_ttl cn "$hoa2")"
is "CN to address 3, natively" 62 "$(reply_ttl cn "$hoa3")"
is "address 1 to CN" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa1")"
is "address 2 to CN" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa2")"
tcp_advances "TCP of address 1 after two handovers"

# D-32: nothing more goes to the old CoA
start core old.log tcpdump -n -l -i d2 "ip6 src 2001:db8:1::1 and dst $hoa2 and ip6 proto 41"
poll 3 "grep -q listening $TMP/old.log"
capture=$STARTED
tcp_advances "TCP again, while the old path is watched"
stop "$capture" INT
is "D-32 no packet to the old CoA" 0 "$(grep -c 'IP6 2001:db8:1::1 >' "$TMP/old.log")"
tcp_finish "0 payload errors over two handovers"
finish

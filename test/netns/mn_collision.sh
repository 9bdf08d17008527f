#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Another host already has the node's address: duplicate address detection fails, the next collision count serves.
. "$(dirname "$0")/domain.sh"
WITH_NEIGHBOUR=1
domain_up 1 2
node_up mn
first=$(arrive mn 1)
node_stop mn
counted() { # COUNT: the CGA of the node's key and modifier with that collision count (protocol 3.2)
	(cd "$HERE" && "$PYTHON" - "$TMP/state/mn/key.pem" "$(grep -ohE '[0-9a-f]{32}$' "$TMP/state/mn/modifier")" "$1" <<-'END'
		import sys
		import cga, mip6
		identity = cga.Identity.load(open(sys.argv[1], "rb").read(), bytes.fromhex(sys.argv[2]))
		print(mip6.text(identity.address(mip6.address("2001:db8:1::"), int(sys.argv[3]))))
	END
	)
}
is "M-01 collision count 0 at first" "$(counted 0)" "$first"
ip -n "$WORLD-nb" -6 address add "$first/64" dev eth0 nodad
node_up mn
eventually "M-02 the other host defends its address: collision count 1" 6 "[ \"\$(current_of mn)\" = $(counted 1) ]"
hoa=$(counted 1)
is "it serves" "62 62" "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa") $(reply_ttl cn "$hoa")"
is "a new flow takes it" "$hoa" "$(source_of mn)"
is "the taken one is not on the interface" "" "$(ip -n "$WORLD-mn" -6 address show | grep "$first/")"
is "and serves its owner" 62 "$(reply_ttl nb "$CN_ADDRESS" -I "$first")"
move 2
coa=$(arrive mn 2)
eventually "M-10 the DAR verifies it with its collision count" 5 "bound_to mn $hoa $coa"
is "packets flow" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
node_stop mn KILL
node_up mn
eventually "a new famad knows it again" 5 "bound_to mn $hoa $coa"
node_stop mn

# a host that claims every address: after the third collision the node says so and stays without
ip -n "$WORLD-nb" -6 address add "$(counted 1)/64" dev eth0 nodad
ip -n "$WORLD-nb" -6 address add "$(counted 2)/64" dev eth0 nodad
move 1
node_up mn
eventually "M-02 the third collision is an error" 10 "grep -q 'level=error.*collision' $TMP/mn.log"
is "no address of another is used" "" "$(ip -n "$WORLD-mn" -6 address show scope global -dadfailed -tentative | grep inet6)"
move 2
is "elsewhere all is well" "$coa" "$(arrive mn 2)"
is "and serves" 62 "$(reply_ttl mn "$CN_ADDRESS")"
json "M-02 an address that was never the node's is not bound" "$(ctl 1 show bindings)" . '[]'
json "nor shown" "$(node mn show addresses)" 'map(.address)' "[\"$coa\"]"
json "nor in show bul" "$(node mn show bul)" . '[]'
is "its owner is not cut off" 62 "$(reply_ttl cn "$(counted 2)")"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A DAR binds addresses of its own prefixes only: 132 for all others, however well they are proven.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
attach mn 1 >/dev/null
hoa2=$(attach mn 2)

# the right CGA of the MN's own key under a prefix: what an owner of that address would send
own() { # PREFIX
	run mn env PYTHONPATH="$HERE" "$PYTHON" - "$TMP/mn.json" "$1" <<-'END'
		import json, sys, cga, mip6
		state = json.load(open(sys.argv[1]))
		identity = cga.Identity.load(state["key"].encode(), bytes.fromhex(state["modifier"]))
		print(mip6.text(identity.address(mip6.address(sys.argv[2]))))
	END
}
for prefix in 2001:db8:3:: 2001:db8:c1:: 2001:db8:ffff:: 2001:db8:1:1:: fd00:1::; do
	json "C-26 a proven address under $prefix: 132, no authorization data" \
		"$(mn bind "$(own "$prefix")" --auth cga --dar 2001:db8:1::1)" \
		'[.status, .authenticated, .phkt, .problems]' '[132,false,null,[]]'
done
json "C-26 address 2 belongs to DAR2, not to DAR1: 132" \
	"$(mn bind "$hoa2" --auth cga --dar 2001:db8:1::1)" '[.status, .problems]' '[132,[]]'
json "C-26 with PHKT as well: 132" \
	"$(mn bind "$hoa2" --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1)" \
	'[.status, .problems]' '[132,[]]'
for hoa in ff0e::1 fe80::1 ::1 ::ffff:10.0.0.1; do
	json "C-14 HoA $hoa: silence" \
		"$(mn bind "$hoa" --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1 --wait 300)" \
		'.answer' null
done
# sources that no router forwards, from the last hop itself: as wrong as a HoA
for source in ff0e::1 fe80::77 ::1 ::ffff:192.0.2.1; do
	before=$(drops 1 scope)
	seen=$(run core "$PYTHON" "$HERE/mn.py" -s "$TMP/mn.json" -d d1 bind "$(own 2001:db8:1::)" --auth cga \
		--dar 2001:db8:1::1 --coa $source --wait 300)
	json "C-15 C-19 source $source: silence" "$seen" '.answer' null
	eventually "C-19 dropped as scope" 2 "[ \$(drops 1 scope) -gt $before ]"
done
json "step 3: the DAR's address on the core link takes no BU" \
	"$(mn bind "$(own 2001:db8:1::)" --auth cga --dar 2001:db8:c1::2 --wait 300)" \
	'.answer != "ba"'
json "nothing is bound" "$(ctl 1 show bindings)" . '[]'
json "at DAR2 neither" "$(ctl 2 show bindings)" . '[]'
bind_ok "the MN's address under DAR1's prefix is accepted" mn "$(own 2001:db8:1::)" --dar 2001:db8:1::1
finish

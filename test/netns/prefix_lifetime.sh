#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A binding lives no longer than its prefix is valid, and status 1 tells that the prefix ends first.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 2
write_config 1
sed -i 's/^\( *\)address: 2001:db8:1::1$/&\n\1valid_lifetime: 1h\n\1preferred_lifetime: 10m/' "$TMP/dar1.yaml"
agent_start 1
agent_ready 1 || die "famad with short prefix lifetimes"
seen=$(mn attach)
hoa=$(jq -r .address <<<"$seen")
json "the RA says so" "$seen" '.ra.prefixes[0] | [.valid_s, .preferred_s]' '[3600,600]'
attach mn 2 >/dev/null
bind_ok() { # TEXT STATUS UNITS ARGUMENTS...
	json "$1" "$(mn bind "$hoa" "${@:4}")" '[.status, .lifetime, .problems]' "[$2,$3,[]]"
}
bind_ok "C-29 C-31 a day asked, an hour granted, status 1" 1 900 --lifetime 21600
json "C-29 shown as granted" "$(binding 1 "$hoa")" '.lifetime_s' 3600
bind_ok "C-31 status 1 too where the prefix is deprecated within the binding" 1 200 --lifetime 200
bind_ok "C-31 status 0 where it is not" 0 100 --lifetime 100
json "8.4 status 1 is answered with all a PHKT wants" "$(mn bind "$hoa" --auth cga)" \
	'[.status, .authenticated, (.phkt | length), .complete.status]' '[1,true,16,1]'
is "packets flow" 62 "$(reply_ttl cn "$hoa")"
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# binding.accept: false. Every BU is answered with 131; what is bound lives to its end.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
coa=$(attach mn 2)
bind_ok "bound while it accepts" mn "$hoa" --lifetime 100
agent_stop 1
BINDING='accept: false'
agents_up 1
refused() { json "$1" "$("${@:2}")" '[.status, .authenticated, .problems]' '[131,false,[]]'; }
json "the binding was adopted" "$(binding 1 "$hoa")" '[.hoa, .coa]' "[\"$hoa\",\"$coa\"]"
is "and serves" 62 "$(reply_ttl cn "$hoa")"
before=$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')
refused "C-25 a signed BU: 131" mn bind "$hoa" --auth cga
refused "C-25 a BU-PHKT: 131" mn bind "$hoa"
refused "C-25 a de-registration: 131" mn unbind "$hoa"
refused "C-25 also for a HoA of nobody here" mn bind 2001:db8:99::1 --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1
is "counted by name" 4 "$(stat 1 .bu_refused.not_anchor)"
is "the binding is as it was" "$before" "$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')"
agent_stop 1
BINDING=
agents_up 1
poll 9 "mn bind $hoa --auth cga | jq -e '.status == 0'"
bind_ok "it accepts again after a restart" mn "$hoa" --auth cga
finish

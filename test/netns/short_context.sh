#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# ctx_lifetime under the time window: binding and context end after 4 s, a replay is still old.
. "$(dirname "$0")/topology.sh"
need_binaries
SECURITY='ctx_lifetime: 4s'
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
bind_ok "bound for 4 s" mn "$hoa" --lifetime 1 --timestamp-offset 6 --save "$TMP/cga.json"
eventually "it ends" 7 "[ \"\$(ctl 1 show bindings)\" = '[]' ]"
sleep_until() { poll 5 "[ \$(now_ms) -ge $1 ]"; }
sleep_until $(($(now_ms) + 1500)) # past the end of the context too
json "C-60 the BU comes again within 7 s of its timestamp: 144" "$(mn replay "$TMP/cga.json")" \
	'.status' 144
json "C-72 the PHKT has ended" "$(mn bind "$hoa" --auth phkt)" '.status' 147
bind_ok "and is over when the operator deletes the binding" mn "$hoa" --auth cga --save "$TMP/cga.json" \
	--timestamp-offset 6.9
succeeds "deleted" ctl 1 binding delete "$hoa"
json "C-60 the BU of the deleted binding: 144" "$(mn replay "$TMP/cga.json")" '.status' 144
is "nothing is bound" '[]' "$(ctl 1 show bindings)"
finish

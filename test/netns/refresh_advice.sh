#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bra_advice: a Binding Refresh Advice in the BAs of registrations, if it is switched on.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 2
SECURITY='bra_advice: on'
agents_up 1
hoa=$(attach mn 1)
hoa2=$(attach mn 2)
bind_ok "a signed BU" mn "$hoa" --lifetime 1000
json "option 2 stands first, between 0 and the lifetime" "$BA" \
	'[.options[0], .refresh > 0, .refresh < .lifetime]' '[2,true,true]'
json "in the BA to the complete BU too" "$BA" '[.complete.options, .complete.refresh < .complete.lifetime]' '[[2,5],true]'
bind_ok "of one unit" mn "$hoa" --lifetime 1
json "8.4 no advice where none is under the lifetime" "$BA" '.refresh' null
bind_ok "of two units" mn "$hoa" --lifetime 2
json "one unit is advised" "$BA" '.refresh' 1
json "C-37 none in the answer to a de-registration" "$(mn unbind "$hoa")" '[.status, .options, .problems]' '[0,[5],[]]'
attach mn 1 >/dev/null
bind_ok "by default" mn "$hoa2"
json "none" "$BA" '[.options[0], .refresh]' '[10,null]'
finish

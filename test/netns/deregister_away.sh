#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The MN drops an old address from where it is: BU-DEREG, signed and with PHKT; what is not there is 133.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
json "C-36 de-registration of what was never bound: 133" \
	"$(mn unbind "$hoa" --auth phkt --phkt 0102030405060708)" '[.status, .authenticated, .problems]' \
	'[133,false,[]]'
bind_ok "bound" mn "$hoa"
is "the tunnel serves" 62 "$(reply_ttl cn "$hoa")"

BA=$(mn unbind "$hoa" --save "$TMP/dereg.json")
json "C-37 C-45 BU-DEREG: status 0, lifetime 0, MAC over the HoA" "$BA" \
	'[.status, .lifetime, .authenticated, .options, .problems]' '[0,0,true,[5],[]]'
json "C-39 the binding is gone at once" "$(ctl 1 show bindings)" . '[]'
before=$(drops 1)
ping_once cn "$hoa" >/dev/null
is "D-33 packets are forwarded natively: nobody answers" 1 $?
start dar1 native.log tcpdump -n -l -i acc0 "icmp6 and ip6[40] = 135"
poll 3 "grep -q listening $TMP/native.log"
ping_once cn "$hoa" >/dev/null
eventually "R-17 D-33 the DAR's kernel looks for the HoA on the link" 3 \
	"grep -q 'who has $hoa' $TMP/native.log"
is "and nothing is dropped by the data plane" "$before" "$(drops 1)"
json "C-38 a late copy of it within 10 s: 135" "$(mn replay "$TMP/dereg.json")" \
	'[.status, .authenticated, .problems]' '[135,true,[]]'
bind_ok "bound, to be gone for longer" mn "$hoa"
mn unbind "$hoa" --save "$TMP/late.json" >/dev/null
end=$(($(now_ms) + 10500))
json "C-38 at once: 135" "$(mn replay "$TMP/late.json")" '.status' 135
poll 12 "[ \$(now_ms) -ge $end ]"
json "C-36 C-38 after 10 s: 133, authenticated, as the PHKT is still known" "$(mn replay "$TMP/late.json")" \
	'[.status, .authenticated, .problems]' '[133,true,[]]'
bind_ok "A-10 the PHKT outlives the binding" mn "$hoa"
json "bound with it" "$(binding 1 "$hoa")" '.auth' '"phkt"'
is "the tunnel serves again" 62 "$(reply_ttl cn "$hoa")"

BA=$(mn unbind "$hoa" --auth cga)
json "A-34 BU-CGA with lifetime 0: accepted, no PHKT, no authorization data" "$BA" \
	'[.status, .lifetime, .options, .problems]' '[0,0,[10],[]]'
json "the binding is gone" "$(ctl 1 show bindings)" . '[]'
bind_ok "bound again" mn "$hoa"
succeeds "famactl binding delete" ctl 1 binding delete "$hoa"
json "deleted by the operator" "$(ctl 1 show bindings)" . '[]'
ctl 1 binding delete "$hoa" >/dev/null 2>&1
is "deleting it twice exits 4" 4 $?
finish

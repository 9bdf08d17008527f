#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# famactl on a node: show bul and addresses, address keep and drop, exit codes, text and JSON.
. "$(dirname "$0")/domain.sh"
domain_up 1 2 3
capture mn wlan0 mn "ip6 proto 60 or ip6 proto 43 or ip6 proto 135"
node_up mn
hoa=$(arrive mn 1)
code() { # ARGUMENTS...: exit code of famactl, its sentence in $TMP/said
	"$FAMACTL" -s "$TMP/mn.sock" "$@" >"$TMP/out" 2>"$TMP/said"
	echo $?
}

is "the address of the current link cannot be dropped: 1, refused" 1 "$(code address drop "$hoa")"
is "with one sentence" 1 "$(wc -l <"$TMP/said")"
is "and is still there" "$hoa" "$(current_of mn)"
move 2
coa=$(arrive mn 2)
move 3
coa3=$(arrive mn 3)
eventually "two entries" 5 "bound_to mn $hoa $coa3 && bound_to mn $coa $coa3"
json "show bul: exactly the members of the contract, with their types" "$(node mn show bul)" \
	'map(to_entries | map("\(.key):\(.value | type)") | sort | join(" ")) | unique' \
	'["coa:string hdar:string hoa:string lifetime_s:number phkt:boolean remaining_s:number sequence:number state:string"]'
json "numbers are integers" "$(node mn show bul)" \
	'all(.[] | .lifetime_s, .remaining_s, .sequence; . == floor)'
json "show addresses: the same" "$(node mn show addresses)" \
	'map(to_entries | map("\(.key):\(.value | type)") | sort | join(" ")) | unique' \
	'["address:string current:boolean hdar:string in_use:boolean prefix:string"]'
json "three addresses, one of them current" "$(node mn show addresses)" \
	'[(map([.address, .prefix, .hdar]) | sort | map(.[1:])), map(select(.current).address)]' \
	"[$(jq -cn --arg a "$hoa" --arg b "$coa" --arg c "$coa3" '[[$a,1],[$b,2],[$c,3]] | sort |
		map(["2001:db8:\(.[1])::/64", "2001:db8:\(.[1])::1"])'),[\"$coa3\"]]"
is "text: one line an address and one head line" 4 "$(code show addresses >/dev/null; wc -l <"$TMP/out")"
is "text: the entries name the DARs" 2 "$(code show bul >/dev/null; grep -c -E '2001:db8:[12]::1 ' "$TMP/out")"

is "address keep: 0" 0 "$(code address keep "$hoa")"
is "address keep of none of ours: 4" 4 "$(code address keep 2001:db8:1::99)"
is "address drop of none of ours: 4" 4 "$(code address drop 2001:db8:1::99)"
is "with one sentence that names it" 1 "$(grep -c '2001:db8:1::99' "$TMP/said")"
is "no address at all: 2" 2 "$(code address drop mumble)"
is "a verb that is none: 2" 2 "$(code address mumble "$hoa")"
is "no argument: 2" 2 "$(code address drop)"
is "what only a DAR has is no crash" yes "$(code binding delete "$hoa" | grep -q '[1-5]' && echo yes)"
is "no daemon there: 3" 3 "$("$FAMACTL" -s "$TMP/none.sock" show bul >/dev/null 2>&1; echo $?)"

is "address drop: 0" 0 "$(code address drop "$coa")"
eventually "the address is gone from the list, the entries and the interface" 3 \
	"[ -z \"\$(entry mn $coa)\$(address_of mn 2)\" ] && ! ip -n $WORLD-mn -6 address show | grep -q $coa/"
is "no rule and route of it" "" "$(tunnels_of mn "$coa")"
eventually "and DAR2 has no binding" 3 "[ -z \"\$(bindings_of $coa)\" ]"
json "the other is as it was" "$(entry mn "$hoa")" '[.coa, .state]' "[\"$coa3\",\"bound\"]"
is "and is served" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$hoa")"
is "a second drop: 4" 4 "$(code address drop "$coa")"
capture_stop mn
json "M-38 the de-registration: lifetime 0, from the CoA with HAO, by the PHKT, no option 3" \
	"$(wire mn mn)" "[.[] | select(.kind == \"bu\" and .hoa == \"$coa\")] | .[-1] |
		[.lifetime, .hao, .coa, .auth, .options, .problems]" "[0,true,\"$coa3\",\"phkt\",[5],[]]"

move 2
is "back at DAR2 the address is made anew, the same" "$coa" "$(arrive mn 2)"
is "and serves" 62 "$(reply_ttl mn "$CN_ADDRESS" -I "$coa")"
finish

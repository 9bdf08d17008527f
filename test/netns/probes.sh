#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Each refused or dropped BU moves a named counter of `show stats`, and a good one its own.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null

numbers() { ctl 1 show stats | jq -c '[paths(numbers) as $p | {key: ($p | map(tostring) | join(".")), value: getpath($p)}] | from_entries'; }
# the names of the counters that grew over a step; a bare clock is not one
moved() { # BEFORE
	jq -cn --argjson before "$1" --argjson after "$(numbers)" \
		'[$after | to_entries[] | select(.value > ($before[.key] // 0)) | .key]
		 | map(select(test("uptime|_s$|heartbeat") | not)) | sort'
}
declare -A NAMED
step() { # TEXT NAME MN-ARGUMENTS...
	local before text=$1 name=$2 names
	shift 2
	before=$(numbers)
	mn "$@" >/dev/null
	poll 1 "[ \"\$(moved '$before')\" != '[]' ]"
	names=$(moved "$before")
	NAMED[$name]=$names
	if [ "$names" != "[]" ]; then
		ok "$text is counted"
		echo "# $names"
	else
		not_ok "$text is counted" "a counter that grows" "$(numbers)"
	fi
}
step "132 not home subnet" prefix bind "$hoa" --auth cga --forge hoa-prefix
step "148 signature" signature bind "$hoa" --auth cga --forge signature
step "145 no timestamp" missing bind "$hoa" --auth cga --forge no-timestamp
step "129 H cleared" prohibited bind "$hoa" --auth cga --forge no-h
step "174 CoA" coa bind "$hoa" --auth cga --forge alt-coa
step "147 no PHKT" phkt bind "$hoa" --auth phkt --phkt 0102030405060708
step "133 nothing to end" nothing unbind "$hoa" --auth phkt --phkt 0102030405060708
step "a dropped checksum" checksum bind "$hoa" --auth cga --forge checksum --wait 200
step "a malformed option area" malformed bind "$hoa" --auth cga --forge two-timestamps --wait 200
step "an accepted BU-CGA" accepted bind "$hoa" --auth cga
step "a wrong authenticator" mac bind "$hoa" --auth phkt --forge authenticator --wait 200
step "an old sequence" sequence bind "$hoa" --auth phkt --sequence 1
reasons=(prefix signature missing prohibited coa phkt nothing checksum malformed accepted mac sequence)
different=$(for name in "${reasons[@]}"; do echo "${NAMED[$name]}"; done | sort -u | wc -l)
is "each of the ${#reasons[@]} has a name of its own" "${#reasons[@]}" "$different"

# what is not signalling, or not as it must be, is dropped and does not reach the host stack
probe() { mn probe "$1" "$hoa" --wait "${2:-400}"; }
unknown=${hoa%:*}:77
json "D-42 C-09 a Home Address option before UDP, no binding: Binding Error 1" \
	"$(mn probe hao-udp "$unknown" --dar 2001:db8:1::1 --wait 1000)" '[.answer, .status, .hoa]' "[\"be\",1,\"$unknown\"]"
json "D-43 a type 2 routing header to the DAR: silence" "$(probe rh2)" '.answer' null
json "C-53 CoTI with a Home Address option: silence" "$(probe coti-hao)" '.answer' null
json "A-23 HoTI: silence" "$(probe hoti)" '.answer' null
before=$(binding 1 "$hoa" | jq -c '[.coa, .sequence]')
json "step 3: a fragmented BU: silence" "$(probe fragmented-bu)" '.answer' null
json "A-31 a BU through the tunnel: silence" "$(probe tunnelled-bu)" '.answer' null
is "neither changed the binding" "$before" "$(binding 1 "$hoa" | jq -c '[.coa, .sequence]')"
for reason in home_address_option routing_header fragment tunnelled_signalling; do
	between "D-45 dropped as $reason" 1 10 "$(drops 1 $reason)"
done
succeeds "the agent lives" ctl 1 show status
finish

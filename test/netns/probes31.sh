#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The 31 probes that UMIP was given (vectors/peers/umip), each with the reaction of protocol 8.6: a
# status or silence, and its own counter.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
coa=$(attach mn 2)
probe=0
# says TEXT COUNTER FILTER VALUE MN-ARGUMENTS...: the answer, and the counter that grows by one
says() {
	local text=$1 counter=$2 filter=$3 value=$4
	shift 4
	probe=$((probe + 1))
	counted "probe $probe $text: counted as ${counter#.}" 1 "$counter" mn "$@"
	json "probe $probe $text: $value" "$SEEN" "$filter" "$value"
}
status() { says "$1" "$2" '[.status, .problems]' "[$3,[]]" "${@:4}"; } # TEXT COUNTER STATUS ...
silence() { says "$1" "$2" .answer null "${@:3}" --wait 300; }        # TEXT COUNTER ...
sequence() { binding 1 "$hoa" | jq .sequence; }
early=(--mode none)

status "C-22 a new BU" .bu_accepted.registered 0 bind "$hoa" "${early[@]}"
status "C-24 a refresh" .bu_accepted.refreshed 0 bind "$hoa" "${early[@]}"
last=$(sequence)
old() { # TEXT SEQUENCE
	says "$1" .bu_refused.sequence '[.status, .sequence, .authenticated, .problems]' "[135,$last,true,[]]" \
		bind "$hoa" "${early[@]}" --sequence "$2"
}
old "C-21 the same sequence" "$last"
old "C-21 a lower sequence" $((last - 50))
old "C-20 a sequence 32768 ahead" $(((last + 32768) & 65535))
says "C-28 a lifetime of one unit" .bu_accepted.refreshed '[.status, .lifetime, .problems]' '[0,1,[]]' \
	bind "$hoa" "${early[@]}" --lifetime 1
status "C-26 a HoA off the served prefix" .bu_refused.prefix 132 \
	bind 2001:db8:99::1 --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1
status "C-36 de-registration of an unknown HoA" .bu_refused.not_bound 133 \
	unbind 2001:db8:1::99 --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1
status "C-78 H cleared" .bu_refused.not_home_registration 129 bind "$hoa" --auth phkt --forge no-h
status "C-24 A cleared: a BA is sent all the same" .bu_accepted.refreshed 0 bind "$hoa" --auth phkt --forge no-a
silence "C-27 no HAO" .bu_dropped.no_home_address_option probe no-hao "$hoa"
silence "C-14 HoA multicast" .bu_dropped.hoa_scope \
	bind ff02::1 --auth phkt --phkt 0102030405060708 --dar 2001:db8:1::1
for scope in multicast link-local unspecified; do
	silence "C-15 option 3 is $scope" .bu_dropped.coa_scope bind "$hoa" --auth phkt --forge "alt-$scope"
done
status "C-79 A-38 option 3 is the HoA" .bu_refused.coa_is_hoa 174 bind "$hoa" --auth phkt --forge alt-hoa
status "C-10 an unknown mobility option 200" .bu_accepted.refreshed 0 \
	bind "$hoa" --auth phkt --forge unknown-option
silence "C-01 a bad checksum" .mh_dropped.checksum bind "$hoa" --auth cga --forge checksum
says "C-04 C-05 payload proto 6" .mh_dropped.payload_proto '[.answer, .type, .code, .pointer]' \
	'["icmp",4,0,64]' bind "$hoa" --auth phkt --forge proto-6
says "C-07 C-09 MH type 42 without HAO" .be_sent '[.answer, .status, .hoa]' '["be",2,"::"]' probe type-42 "$hoa"
says "C-05 C-06 Header Len 0" .mh_dropped.short_header '[.answer, .type, .code, .pointer]' \
	'["icmp",4,0,65]' bind "$hoa" --auth phkt --forge hdrlen-short
says "D-42 C-09 an echo request with the HAO of no binding" .be_sent '[.answer, .status, .hoa]' \
	'["be",1,"2001:db8:1::99"]' probe echo-hao 2001:db8:1::99 --dar 2001:db8:1::1
says "C-52 CoTI" .cot_sent '[.answer, .problems]' '["cot",[]]' coti "$hoa"
silence "A-23 HoTI" .hoti_ignored coti "$hoa" --home-test
says "C-52 CoTI again, as to a correspondent" .cot_sent '[.answer, .problems]' '["cot",[]]' coti "$hoa"
says "C-10 C-54 CoTI with an option" .cot_sent '[.answer, .octets]' '["cot",64]' probe coti-option "$hoa"
silence "step 8 a nonce index without authenticator" .bu_dropped.no_proof probe nonce-no-auth "$hoa"
silence "C-46 a good nonce index, a wrong authenticator" .bu_dropped.authenticator \
	bind "$hoa" --index "$(mn coti "$hoa" | jq .index)" --token 0102030405060708
status "A-01 H set is what a DAR wants: complete, as a correspondent would have it" .bu_accepted.refreshed 0 \
	bind "$hoa" --mode require
status "C-62 bogus CGA Parameters and Signature" .bu_refused.cga 148 bind "$hoa" --auth cga --forge modifier
status "C-62 good parameters, bogus Signature" .bu_refused.signature 148 bind "$hoa" --auth cga --forge signature
is "31 probes" 31 "$probe"
says "C-69 beside them: signed, A cleared: a BA with the PHKT" .bu_accepted.refreshed \
	'[.status, .authenticated, .phkt != null, .problems]' '[0,true,true,[]]' bind "$hoa" --auth cga --forge no-a
json "the binding is the honest one" "$(binding 1 "$hoa")" '[.coa, .state]' "[\"$coa\",\"verified\"]"
says "C-55 beside them: an index that was never given, under the PHKT" .bu_refused.careof_nonce \
	'[.status, .authenticated, .problems]' '[137,false,[]]' bind "$hoa" --index 9999
says "8.6 step 8 beside them: a BU without any proof" .bu_dropped.no_proof .answer null \
	probe plain "$hoa" --wait 300
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# coa_test: require. CoTI and CoT before every BU: tokens without state, and 137 for all that lack one.
. "$(dirname "$0")/topology.sh"
SECURITY='coa_test: require'
need_binaries
world_up
build_blast
agents_up 1 2
hoa=$(attach mn 1)
coa=$(attach mn 2)
refused() { json "$1" "$(mn bind "$hoa" "${@:2}")" '[.status, .authenticated, .problems]' '[137,false,[]]'; }
silent() { json "$1" "$(mn bind "$hoa" --wait 300 "${@:2}")" '.answer' null; }

refused "C-76 a signed early BU: 137, no authorization data" --mode none
refused "C-76 with option 15 too: 137" --mode concurrent
json "C-76 nothing is bound" "$(ctl 1 show bindings)" . '[]'

cot=$(mn coti "$hoa")
json "C-52 CoTI: a CoT from the DAR with the cookie of the CoTI" "$cot" '[.answer, .source, .problems]' \
	'["cot","2001:db8:1::1",[]]'
json "C-52 its index is one of 1 to 0xFFFE" "$cot" '.index > 0 and .index < 65535'
json "C-54 T15 64 octets for 56" "$cot" '[.asked, .octets]' '[56,64]'
index=$(jq .index <<<"$cot") token=$(jq -r .token <<<"$cot")
json "C-52 asked again under the same nonce: the same token" "$(mn coti "$hoa")" \
	"(.index == $index) == (.token == \"$token\")"
ip -n "$WORLD-mn" address add 2001:db8:2::77/128 dev wlan0 nodad
other=$(mn coti "$hoa" --coa 2001:db8:2::77)
json "C-52 the token is for one CoA" "$other" ".answer == \"cot\" and .token != \"$token\""

json "C-48 another DAR gives another token for the same CoA" "$(mn coti "$hoa" --dar 2001:db8:2::1)" \
	".answer == \"cot\" and .token != \"$token\""

refused "C-55 an index that was never given: 137" --index $(((index + 100) % 65535)) --token "$token"
refused "C-55 index 0: 137" --index 0 --token "$token"
refused "A-09 index 0xFFFF without a token of option 16: 137" --index 65535 --token "$token"
silent "C-46 a wrong token in a signed BU: silence" --index "$index" --token 0102030405060708
silent "A-04 C-78 a home nonce index that is not 0: silence" --index "$index" --token "$token" --home 1
json "nothing is bound" "$(ctl 1 show bindings)" . '[]'

bind_ok "C-73 A-06 a signed complete BU is accepted; its BA is keyed with the token" mn "$hoa" --mode require
json "no option 16 in the answer to it" "$BA" '.careof' null
json "verified at once" "$(binding 1 "$hoa")" '[.coa, .state, .auth]' "[\"$coa\",\"verified\",\"cga\"]"
is "packets flow" 62 "$(reply_ttl cn "$hoa")"
before=$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')
refused "C-76 a BU-PHKT early: 137, no authorization data" --mode none
refused "C-55 an unknown index under the PHKT: 137" --index $(((index + 100) % 65535)) --token "$token"
silent "C-46 a wrong token under the PHKT: silence" --index "$index" --token 0102030405060708
silent "C-46 the token of another CoA: silence" --index "$(jq .index <<<"$other")" \
	--token "$(jq -r .token <<<"$other")"
silent "C-78 a home nonce index under the PHKT: silence" --index "$index" --token "$token" --home 7
is "no state has changed" "$before" "$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')"
bind_ok "C-73 BU-PHKT complete, as Kbm has both tokens" mn "$hoa" --mode require
bind_ok "M-26 C-50 a token serves again" mn "$hoa" --index "$index" --token "$token"
json "C-73 a de-registration needs no care-of token" "$(mn unbind "$hoa")" '[.status, .problems]' '[0,[]]'

counted "C-53 CoTI with a Home Address option: ignored and counted" 1 .coti_refused \
	mn coti "$hoa" --with-hao --wait 300
json "C-53 in silence" "$SEEN" '.answer' null
counted "A-23 HoTI: ignored and counted" 1 .hoti_ignored mn coti "$hoa" --home-test --wait 300
json "A-23 in silence" "$SEEN" '.answer' null

# G0: 10 a second and 20 at once from one address; the next is served a second later
herd cn cotis "$TMP/one" --dar 2001:db8:1::1 --count 1 >/dev/null
before=$(stat 1 .coti_received) dropped=$(drops 1 budget)
far_away 2001:dc0::/32
run core "$BLAST" d1 "$(core_mac 1)" "$TMP/one" 1000 0.2 >"$TMP/burst"
eventually "G0 $(jq .sent "$TMP/burst") CoTIs of one address at once: all but some are dropped as budget" 2 \
	"[ \$((\$(stat 1 .coti_received) - before + \$(drops 1 budget) - dropped)) -eq $(jq .sent "$TMP/burst") ]"
between "G0 20 at once and 10 a second come through" 18 26 $(($(stat 1 .coti_received) - before))
json "G0 another address is not hit" "$(mn coti "$hoa")" '.answer' '"cot"'

# T15: no state for those who ask
herd cn cotis "$TMP/cotis" --dar 2001:db8:1::1 --count 10000 >/dev/null
start core cot.log tcpdump -n -l -i d1 "ip6 src 2001:db8:1::1 and ip6 proto 135 and greater 79"
poll 3 "grep -q listening $TMP/cot.log"
run core "$BLAST" d1 "$(core_mac 1)" "$TMP/cotis" 3000 >/dev/null # warms up what the agent allocates once
before=$(rss_kb 1) asked=$(stat 1 .coti_received)
run core "$BLAST" d1 "$(core_mac 1)" "$TMP/cotis" 3000 >/dev/null
eventually "10,000 CoTIs of 10,000 networks reach the agent" 3 "[ \$(stat 1 .coti_received) -ge $((asked + 10000)) ]"
grows_at_most "C-52 T15 the agent does not grow by them (kB)" 256 "$before" "$(rss_kb 1)"
is "C-54 T15 no answer is over 64 octets" 0 "$(grep -c 'IP6 2001' "$TMP/cot.log")"
json "an honest node is answered at once after it" "$(mn coti "$hoa")" '.answer == "cot" and .rtt_ms < 500'
finish

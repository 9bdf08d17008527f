#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# `replay: seq`: signed BUs without a time are taken by their numbers, which the disk keeps over kill -9,
# the loss of the pins and the end of the context; what the disk does not take gets 128.
. "$(dirname "$0")/topology.sh"
SECURITY='replay: seq, ctx_lifetime: 4s'
WITH_MN2=1
need_binaries
world_up
agents_up 1 2
hoa=$(attach mn 1)
attach mn 2 >/dev/null
file=$TMP/state/dar1/contexts.db
signed=(--auth cga --no-timestamp)
number() { jq .sequence "$TMP/$1.json"; } # FILE: of a BU that was saved
old() { # TEXT FILE LAST: it comes again and is refused by its number, of which the last is LAST
	json "C-60 A-08 $1: 135" "$(mn replay "$TMP/$2.json")" '[.status, .sequence]' "[135,$3]"
}
restarted() { # TEXT SIGNAL
	agent_stop 1 "$2"
	[ "$2" = TERM ] || rm -rf "${PINS:?}/dar1"
	agent_start 1
	agent_ready 1 || die "famad starts after $1"
}

bind_ok "C-60 a signed BU without option 10 is accepted" mn "$hoa" "${signed[@]}" --save "$TMP/first.json"
json "its BA has none either" "$BA" '.replay' null
is "the file is for root alone" "600 600" "$(command stat -c %a "$file" "$file-wal" | paste -sd ' ')"
last=$(binding 1 "$hoa" | jq .sequence)
old "the same again" first "$last"
for ahead in 0 -1 32768; do
	json "C-20 C-60 a signed BU $ahead ahead: 135" \
		"$(mn bind "$hoa" "${signed[@]}" --mode none --sequence $(((last + ahead) & 65535)))" \
		'[.status, .sequence]' "[135,$last]"
done
json "C-62 the number alone is no proof: 148" "$(mn bind "$hoa" --auth cga --forge signature)" '.status' 148
bind_ok "A-08 a clock that is an hour off is nothing here" mn "$hoa" --auth cga --timestamp-offset 3600 \
	--mode none --save "$TMP/second.json"
old "the older one" first "$(number second)"

restarted "kill -9 and the loss of the pins" KILL
is "nothing is bound" '[]' "$(ctl 1 show bindings)"
json "the context is there" "$(ctl 1 show status)" .contexts 1
old "after kill -9 without pins, the first" first "$(number second)"
old "after kill -9 without pins, the last" second "$(number second)"
json "C-72 C-82 the PHKT is gone: 147" "$(mn bind "$hoa" --auth phkt)" '.status' 147
bind_ok "M-22 and a signed BU works" mn "$hoa" "${signed[@]}" --mode none --save "$TMP/third.json"

before=$(binding 1 "$hoa" | jq -c '[.coa, .sequence]')
restarted "a clean stop" TERM
is "F1 the binding is adopted" "$before" "$(binding 1 "$hoa" | jq -c '[.coa, .sequence]')"
old "after a clean restart" second "$(number third)"
old "after a clean restart, the last" third "$(number third)"

bind_ok "bound for 4 s, as long as the context" mn "$hoa" "${signed[@]}" --mode none --lifetime 1 \
	--save "$TMP/fourth.json"
eventually "C-32 it ends" 7 "[ \"\$(ctl 1 show bindings)\" = '[]' ]"
poll 7 "mn bind $hoa --auth phkt --wait 300 | jq -e '.status == 147'"
old "8.8 after the end of the PHKT" fourth "$(number fourth)"
json "de-registered by a signed BU" "$(mn bind "$hoa" "${signed[@]}" --mode none; mn unbind "$hoa" "${signed[@]}" \
	--save "$TMP/end.json")" '[.status, .problems]' '[0,[]]
[0,[]]'
restarted "kill -9 of a DAR where nothing is bound" KILL
old "C-38 after that and kill -9 without pins" fourth "$(number end)"

# more on the disk than context_max: none of them may be forgotten, none comes to them
agent_stop 1
"$PYTHON" - "$file" <<-'END'
	import sqlite3, sys
	with sqlite3.connect(sys.argv[1]) as db:
	    for number in range(3000):
	        hoa = bytes.fromhex("20010db8000100000000") + number.to_bytes(6, "big")
	        db.execute("INSERT INTO context VALUES (?, ?, 1)", (hoa, bytes(8)))
END
agent_start 1
agent_ready 1 || die "famad starts with more contexts than context_max"
between "8.8 all are kept" 3000 3001 "$(ctl 1 show status | jq .contexts)"
old "8.8 and that of before among them" fourth "$(number end)"
stranger=$(attach mn2 1 port2)
attach mn2 2 port2 >/dev/null
counted "8.8 a home address that would need one more: counted" 1 .bu_refused.context_full \
	mn2 bind "$stranger" "${signed[@]}" --mode none
json "8.8 it is refused: 130" "$SEEN" '[.status, .problems]' '[130,[]]'
agent_stop 1

# the same agent on a disk that can be filled: a mount of its own, which ends with it
cat >"$TMP/famad" <<-END
	#!/bin/sh
	exec unshare -m sh -c 'mount -t tmpfs -o size=512k none "$TMP/state/dar1" && exec "\$0" "\$@"' "$FAMAD" "\$@"
END
chmod 755 "$TMP/famad"
FAMAD=$TMP/famad
rm -rf "${PINS:?}/dar1"
agent_start 1
agent_ready 1 || die "famad starts on another disk"
attach mn 1 >/dev/null # what was seen went with the pins
attach mn 2 >/dev/null
disk=/proc/${AGENT[1]}/root$TMP/state/dar1
bind_ok "bound while the disk has room" mn "$hoa" "${signed[@]}" --mode none --no-tunnel
before=$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')
dd if=/dev/zero of="$disk/full" bs=4k 2>/dev/null
counted "a signed BU that the disk does not take: counted" 1 .bu_refused.internal \
	mn bind "$hoa" "${signed[@]}" --mode none --lifetime 900 --save "$TMP/refused.json"
json "A-08 no BA but a refusal: 128, without PHKT" "$SEEN" '[.status, .phkt]' '[128,null]'
is "and nothing has changed" "$before" "$(binding 1 "$hoa" | jq -c '[.coa, .sequence, .lifetime_s]')"
rm "$disk/full"
json "the same BU is accepted once there is room" "$(mn replay "$TMP/refused.json")" \
	'[.status, .lifetime, .problems]' '[0,900,[]]'
finish

#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What keeps famad from starting: one sentence, its exit code, and nothing half-attached.
. "$(dirname "$0")/topology.sh"
need_binaries
world_up
write_config 1
GOOD=$TMP/dar1.yaml
# what tc, ip and libxdp would make; the rest of bpffs belongs to whoever runs beside us
litter() { find /sys/fs/bpf/tc /sys/fs/bpf/ip /sys/fs/bpf/xdp /sys/fs/bpf/fama 2>/dev/null | sort; }
BPFFS_BEFORE=$(litter)

traces() { # what a refused start must not leave
	[ -e "$PINS" ] && find "$PINS" -mindepth 1
	[ -e "$TMP/state" ] && find "$TMP/state"
	[ -e "$TMP/dar1.sock" ] && echo "$TMP/dar1.sock"
	ip -n "$WORLD-dar1" link show 2>/dev/null | grep -o 'xdp.*id [0-9]*\|xdp[a-z]* '
	ip -n "$WORLD-dar1" -6 route show | grep encap
	ip -n "$WORLD-dar1" -6 address show dev acc0 scope global | grep -v 2001:db8:1::1/64 | grep inet6
	for dev in core0 acc0; do run dar1 tc qdisc show dev "$dev" | grep clsact; done
	true
} 2>/dev/null

# refused CODE PATTERN TEXT CONFIG [WRAPPER...]
refused() {
	local code=$1 pattern=$2 text=$3 config=$4 seen
	shift 4
	seen=$(run dar1 timeout 10 "$@" "$FAMAD" -c "$config" 2>&1)
	is "$text: exit $code" "$code" $?
	if grep -Eq -- "$pattern" <<<"$seen"; then
		ok "$text: says so"
	else
		not_ok "$text: says so" "$pattern" "$seen"
	fi
	is "$text: nothing left behind" "$BASE" "$(traces)"
	rm -rf "$TMP/state" # so that the next case is judged for itself
}
BASE=$(traces)

changed() { # SED-EXPRESSION: the good configuration, changed
	sed "$1" "$GOOD" >"$TMP/changed.yaml"
	chmod 644 "$TMP/changed.yaml"
	echo "$TMP/changed.yaml"
}

run dar1 timeout 5 "$FAMAD" >/dev/null 2>&1
is "no -c: exit 64" 64 $?
run dar1 timeout 5 "$FAMAD" -c "$TMP/absent.yaml" >/dev/null 2>&1
status=$?
is "a file that is not there: exit 78" 78 $status
"$FAMAD" --check-config "$GOOD" >/dev/null 2>&1
is "--check-config of a good file: exit 0" 0 $?
is "--check-config leaves nothing" "$BASE" "$(traces)"
"$FAMAD" --version >/dev/null
is "--version: exit 0" 0 $?

chmod 644 "$GOOD"
# a copy, as nobody may not enter every place a tree is built in
built=$FAMAD FAMAD=$TMP/famad
install -m 755 "$built" "$FAMAD"
refused 77 'root|privilege|permission|CAP_' "missing privilege" "$GOOD" \
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all
FAMAD=$built
mkdir "$TMP/plain"
refused 69 'bpf' "not a bpffs" "$(changed "s,^bpffs:.*,bpffs: $TMP/plain/dar1,")"
is "the plain directory is as it was" "" "$(ls -A "$TMP/plain")"
refused 69 'wlan77' "missing interface" "$(changed 's/core0/wlan77/')"

refused 69 'control' "no place for the control socket" "$(changed 's,^control:.*,control: /proc/fama/x,')"

# bad configuration: file, line, column and key
line() { grep -n "$1" "$TMP/changed.yaml" | head -n 1 | cut -d : -f 1; }
refuse_config() { # TEXT SED KEY LINE-PATTERN
	local file
	file=$(changed "$2")
	refused 78 "changed.yaml:$(line "$4"):[0-9]+:.*$3" "$1" "$file"
	"$FAMAD" --check-config "$file" >/dev/null 2>&1
	is "$1: --check-config exits 78" 78 $?
}
refuse_config "unknown key" 's/^name:/colour: blue\nname:/' colour '^colour'
refuse_config "duplicate key" 's/^name: dar1/name: dar1\nname: dar2/' name '^name: dar2'
refuse_config "out of range" 's/max: 1024/max: -1/' max 'max: -1'
refuse_config "not an address" 's/address: 2001:db8:1::1/address: 2001:db8:1::zz/' address 'zz'
refuse_config "an address outside its prefix" 's/address: 2001:db8:1::1/address: 2001:db8:2::1/' \
	address '2001:db8:2::1'
refuse_config "a prefix that is no /64" 's,prefix: 2001:db8:1::/64,prefix: 2001:db8:1::/48,' prefix '/48'
refuse_config "wrong role" 's/^role: dar/role: king/' role '^role'
refuse_config "not built yet" 's/^security: {/security: {phkt_len: 16/' 'phkt_len.*not built yet' phkt_len
refused 78 'changed.yaml:[0-9]+:[0-9]+' "broken YAML" "$(changed 's/^interfaces:/interfaces: [/')"

# a foreign XDP program stays where it is
cat >"$TMP/foreign.c" <<-END
	__attribute__((section("xdp"), used)) int foreign(void *ctx) { return 2; }
	char license_text[] __attribute__((section("license"), used)) = "GPL";
END
clang -O2 -g -target bpf -c -o "$TMP/foreign.o" "$TMP/foreign.c" || die "clang"
mkdir -p "$PINS-foreign"
run dar1 bpftool prog load "$TMP/foreign.o" "$PINS-foreign/prog" &&
	run dar1 bpftool net attach xdp pinned "$PINS-foreign/prog" dev acc0 || die "foreign XDP program"
foreign=$(ip -n "$WORLD-dar1" -j link show acc0 2>/dev/null | jq '.[0].xdp.prog.id')
BASE=$(traces)
refused 69 'acc0' "foreign XDP program" "$GOOD"
is "the foreign program is untouched" "$foreign" \
	"$(ip -n "$WORLD-dar1" -j link show acc0 2>/dev/null | jq '.[0].xdp.prog.id')"
is "core0, named before it, has none" null "$(ip -n "$WORLD-dar1" -j link show core0 2>/dev/null | jq '.[0].xdp')"
run dar1 bpftool net detach xdp dev acc0

# a second instance
agent_start 1
agent_ready 1 || die "famad starts once all is well"
programs=$(ip -n "$WORLD-dar1" -j link show 2>/dev/null | jq -c 'map([.ifname, .xdp.prog.id])')
run dar1 timeout 10 "$FAMAD" -c "$GOOD" >"$TMP/second.log" 2>&1
is "second instance: exit 69" 69 $?
sed 's/^name: dar1/name: other/; s,^control:.*,control: '"$TMP"'/other.sock,' "$GOOD" >"$TMP/other.yaml"
run dar1 timeout 10 "$FAMAD" -c "$TMP/other.yaml" >"$TMP/second.log" 2>&1
is "second instance with another name and socket: exit 69" 69 $?
succeeds "the first one is untouched" ctl 1 show status
is "its programs too" "$programs" \
	"$(ip -n "$WORLD-dar1" -j link show 2>/dev/null | jq -c 'map([.ifname, .xdp.prog.id])')"
agent_stop 1
echo "stop: flush" >>"$GOOD"
agent_start 1
agent_ready 1 || die "famad starts with stop: flush"
agent_stop 1
is "stop: flush leaves no pin" "" "$([ -e "$PINS" ] && find "$PINS" -mindepth 1)"
is "stop: flush leaves no program" '[]' \
	"$(ip -n "$WORLD-dar1" -j link show 2>/dev/null | jq -c '[.[] | select(.xdp.prog)]')"
is "nothing outside its own directory in bpffs" "$BPFFS_BEFORE" "$(litter)"
finish

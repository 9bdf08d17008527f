# SPDX-License-Identifier: BSD-2-Clause
# Owns the world of these tests, one for each run, and the agents in it.
#
#                     cn  eth0 2001:db8:ffff::80
#                      |
#                    core 2001:db8:ffff::1        (a plain router)
#         .------------+------------.
#   c1::2 core0    c2::2 core0    c3::2 core0     (2001:db8:cN::/64, the core has ::1)
#        dar1         dar2         dar3           famad on core0 and acc0
#   1::1 acc0     2::1 acc0     3::1 acc0         (2001:db8:N::/64, anchored by darN)
#         |            |            |
#   .----br1----.     br2          br3            bridges in one switch namespace
#   nb         mn (wlan0), mn2 (wlan0)            plugged from bridge to bridge by `move`
#
# dar1 and dar2 find their access address on the interface, dar3 leaves it to famad.
# XDP on veth wants `gro on tx off` on the peers of the DARs' devices: without NAPI a redirect
# vanishes, and XDP would lose the checksums that GRO left for the device to finish.
# shellcheck shell=bash

# shellcheck source=test/netns/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CN_ADDRESS=2001:db8:ffff::80
declare -A AGENT # number of a DAR -> pid of its famad

dar_address() { echo "2001:db8:$1::1"; }
ctl() { # DAR ARGUMENTS... ; its JSON
	local n=$1
	shift
	"$FAMACTL" -s "$TMP/dar$n.sock" --json "$@"
}

# What a test wants to be said about the world goes in before world_up. The agents run with their
# defaults, but for the keys in SECURITY and BINDING; OWN_ADDRESS stands for the prefix's address.
WITH_MN2=0 WITH_NEIGHBOUR=0 RA_MTU=0 MORE_CONFIG= SECURITY= BINDING= OWN_ADDRESS=

make_namespace() { # NAME FORWARDING
	ip netns add "$WORLD-$1" || die "namespace $WORLD-$1"
	run "$1" sysctl -qw net.ipv6.conf.all.forwarding="$2" \
		net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_ra=0 # mn.py turns it on as it wants it
}

in_batch() { # NAMESPACE, commands on stdin
	ip -n "$WORLD-$1" -batch - || die "ip in $1"
}

plug_router() { # N: DAR N between the core and its bridge
	make_namespace "dar$1" 1
	ip link add core0 netns "$WORLD-dar$1" type veth peer name "d$1" netns "$WORLD-core"
	ip link add acc0 netns "$WORLD-dar$1" type veth peer name "a$1" netns "$WORLD-sw"
	in_batch "dar$1" <<-END
		link set lo up
		link set core0 up
		link set acc0 up
		address add 2001:db8:c$1::2/64 dev core0 nodad
		route add default via 2001:db8:c$1::1
	END
	[ "$1" = 3 ] || ip -n "$WORLD-dar$1" address add "$(dar_address "$1")/64" dev acc0 nodad
	in_batch core <<-END
		link set d$1 up
		address add 2001:db8:c$1::1/64 dev d$1 nodad
		route add 2001:db8:$1::/64 via 2001:db8:c$1::2
	END
	in_batch sw <<-END
		link add br$1 type bridge forward_delay 0 stp_state 0 mcast_snooping 0
		link set br$1 up
		link set a$1 master br$1 up
	END
	run core ethtool -K "d$1" gro on tx off >/dev/null
	run sw ethtool -K "a$1" gro on tx off >/dev/null
}

plug_host() { # NAMESPACE DEVICE PORT BRIDGE: a host on the switch
	make_namespace "$1" 0
	ip link add "$2" netns "$WORLD-$1" type veth peer name "$3" netns "$WORLD-sw"
	ip -n "$WORLD-sw" link set "$3" master "$4" up
	ip -n "$WORLD-$1" link set lo up
}

world_up() {
	local n
	make_namespace cn 0
	make_namespace core 1
	ip netns add "$WORLD-sw" || die "namespace"
	run sw sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
	ip link add eth0 netns "$WORLD-cn" type veth peer name cn netns "$WORLD-core"
	in_batch core <<-END
		link set lo up
		link set cn up
		address add 2001:db8:ffff::1/64 dev cn nodad
	END
	in_batch cn <<-END
		link set lo up
		link set eth0 up
		address add $CN_ADDRESS/64 dev eth0 nodad
		route add default via 2001:db8:ffff::1
	END
	for n in 1 2 3; do plug_router "$n"; done
	plug_host mn wlan0 port br1
	ip -n "$WORLD-mn" link set wlan0 up
	if [ "$WITH_MN2" = 1 ]; then
		plug_host mn2 wlan0 port2 br1
		ip -n "$WORLD-mn2" link set wlan0 up
	fi
	if [ "$WITH_NEIGHBOUR" = 1 ]; then
		plug_host nb eth0 nb br1
		in_batch nb <<-END
			link set eth0 up
			address add 2001:db8:1::b/64 dev eth0 nodad
			route add default via 2001:db8:1::1
		END
	fi
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf || die "no bpffs"
}

move() { # N [PORT]: the MN sees carrier loss, then the link of DAR N
	in_batch sw <<-END
		link set ${2:-port} down
		link set ${2:-port} master br$1
		link set ${2:-port} up
	END
}

# ---- agents

write_config() { # N
	cat >"$TMP/dar$1.yaml" <<-END
		role: dar
		name: dar$1
		control: $TMP/dar$1.sock
		state_dir: $TMP/state/dar$1
		bpffs: $PINS/dar$1
		interfaces:
		  - name: core0
		    kind: core
		  - name: acc0
		    kind: access
		    prefixes:
		      - prefix: 2001:db8:$1::/64
		        address: ${OWN_ADDRESS:-$(dar_address "$1")}
		    ra: {mtu: $RA_MTU}
		binding: {max: 1024, durability: none${BINDING:+, $BINDING}}
		security: {$SECURITY}
		$MORE_CONFIG
	END
}

need_binaries() {
	[ -x "$FAMAD" ] && [ -x "$FAMACTL" ] || skip_all "no famad and famactl in $FAMA_OUT"
}

agent_start() { # N
	start "dar$1" "dar$1.log" "$FAMAD" -c "$TMP/dar$1.yaml"
	AGENT[$1]=$STARTED
}

agent_ready() { # N
	poll 6 "ctl $1 show status || ! kill -0 ${AGENT[$1]}" && ctl "$1" show status >/dev/null 2>&1
}

agent_stop() { # N [SIGNAL]
	stop "${AGENT[$1]}" "${2:-TERM}"
}

agents_down() {
	local n
	for n in "${!AGENT[@]}"; do kill "${AGENT[$n]}" 2>/dev/null; done
	for n in "${!AGENT[@]}"; do agent_stop "$n"; done
}

agents_up() { # N...
	local n
	for n in "$@"; do
		write_config "$n"
		agent_start "$n"
	done
	for n in "$@"; do
		agent_ready "$n" || die "famad of dar$n answers show status within 5 s (contract 4.1)"
	done
}

# ---- the mobile node

mn() { run mn "$PYTHON" "$HERE/mn.py" -s "$TMP/mn.json" "$@"; }
mn2() { run mn2 "$PYTHON" "$HERE/mn.py" -s "$TMP/mn2.json" "$@"; }

attach() { # mn|mn2 N [PORT]: move there, get an address; it is printed
	local seen
	move "$2" "${3:-port}"
	seen=$("$1" attach)
	jq -er .address <<<"$seen" || echo "# attach: $seen" >&2
}

bind_ok() { # TEXT mn|mn2 HOA [OPTIONS...]: a BU that must be accepted; BA left in $BA
	local text=$1
	shift
	BA=$("$1" bind "${@:2}")
	json "$text" "$BA" '[.status, .problems]' '[0,[]]'
}

binding() { # N HOA: one object of `show bindings`, or nothing
	ctl "$1" show bindings | jq -c --arg hoa "$2" '.[] | select(.hoa == $hoa)'
}

drops() { # N [REASON]: packets dropped on all interfaces
	ctl "$1" show drops |
		jq --arg reason "${2:-}" '[.[] | select($reason == "" or .reason == $reason) | .packets] | add // 0'
}

ping_once() { # NAMESPACE DESTINATION [OPTIONS...]
	run "$1" ping -6 -n -c 1 -W 1 "${@:3}" "$2"
}

stat() { ctl "$1" show stats | jq "$2 // 0"; } # N FILTER: one counter

counted() { # TEXT N FILTER COMMAND...: the counter grows by one; what the command prints is in $SEEN
	local before filter=$3 n=$2 text=$1
	shift 3
	before=$(stat "$n" "$filter")
	SEEN=$("$@")
	eventually "$text" 2 "[ \$(stat $n '$filter') -eq $((before + 1)) ]"
}

reply_ttl() { # NAMESPACE DESTINATION [OPTIONS...]: hop limit of the answer
	ping_once "$@" | sed -n 's/.*ttl=\([0-9]*\).*/\1/p'
}

# ---- many packets

build_blast() {
	BLAST=$FAMA_OUT/test/blast
	build_tool blast
}

herd() { run "$1" "$PYTHON" "$HERE/herd.py" "${@:2}"; } # NAMESPACE STEP ARGUMENTS...

core_mac() { ip -n "$WORLD-dar$1" -j link show core0 | jq -r '.[0].address'; } # N

# Strangers and herds live behind the core, which drops what is for them: nobody answers there.
far_away() { # PREFIX...
	local prefix
	for prefix in "$@"; do ip -n "$WORLD-core" -6 route add blackhole "$prefix"; done
}

rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/${AGENT[$1]}/status"; } # N

# ---- flows

build_tool() { # NAME
	[ "$FAMA_OUT/test/$1" -nt "$HERE/$1.c" ] && return
	mkdir -p "$FAMA_OUT/test"
	gcc -std=gnu11 -O2 -Wall -Wextra -o "$FAMA_OUT/test/$1.$$" "$HERE/$1.c" &&
		mv "$FAMA_OUT/test/$1.$$" "$FAMA_OUT/test/$1" || die "$1 builds"
}

build_udpflow() {
	UDPFLOW=$FAMA_OUT/test/udpflow
	build_tool udpflow
}

received() { # STATUS_FILE of a udpflow receiver
	local n
	read -r n <"$1" && echo "$n"
}

tcp_start() { # HOA [RATE]: from HOA to the CN; status in tcp-mn.json and tcp-cn.json
	rm -f "$TMP/tcp-cn.json" "$TMP/tcp-mn.json"
	start cn tcp-cn.log "$PYTHON" "$HERE/tcpflow.py" listen "$CN_ADDRESS" 5001 "$TMP/tcp-cn.json" \
		-r "${2:-1000000}"
	poll 5 "[ -e $TMP/tcp-cn.json ]" || die "TCP listener"
	start mn tcp-mn.log "$PYTHON" "$HERE/tcpflow.py" connect "$CN_ADDRESS" 5001 "$TMP/tcp-mn.json" \
		--source "$1" -r "${2:-1000000}"
	TCP=$STARTED
	poll 5 "[ -e $TMP/tcp-mn.json ]" || die "TCP connection from $1"
}

tcp_octets() { jq '.received // 0' "$TMP/tcp-$1.json"; } # mn|cn

tcp_advances() { # TEXT: both directions carry 100 kB more within 5 s
	local down up
	down=$(($(tcp_octets mn) + 100000)) up=$(($(tcp_octets cn) + 100000))
	eventually "$1" 5 "[ \$(tcp_octets mn) -ge $down ] && [ \$(tcp_octets cn) -ge $up ]"
}

tcp_finish() { # TEXT: ends it; every octet arrived and was right
	kill -TERM "$TCP"
	poll 6 "jq -e .finished $TMP/tcp-mn.json && jq -e .finished $TMP/tcp-cn.json"
	json "$1" "$(jq -cs . "$TMP/tcp-mn.json" "$TMP/tcp-cn.json")" \
		'[.[] | .finished, .errors] + [.[0].sent == .[1].received, .[1].sent == .[0].received]' \
		'[true,0,true,0,true,true]'
}

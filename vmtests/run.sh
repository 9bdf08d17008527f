#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots Debian 12's own 6.1 kernel under QEMU (TCG) and loads every map and program on it.
# FAMA_OUT: the build output. FAMA_VM_CACHE: where kernels are kept. CI=true: a skip is a failure.
set -u
cd "$(dirname "$0")/.." || exit 1

out=${FAMA_OUT:-$PWD/build}
cache=${FAMA_VM_CACHE:-/var/cache/fama-vm}
modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_console dummy'
kernel_sources='netlink rtnl_link rtnl_address rtnl_route rtnl_neighbour'
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

fail() {
	echo "not ok 1 - virtual machine: $1"
	exit 1
}

# cannot REASON: loud for people, a failure for CI
cannot() {
	[ "${CI:-}" = true ] && fail "$1 (CI=true allows no skip)"
	echo "SKIP: NOTHING WAS LOADED ON ANOTHER KERNEL: $1"
	exit 77
}

# Debian's kernel package of today by the dependency of linux-image-amd64, else the newest cached.
kernel_package() {
	local pattern='linux-image-6\.1\.0-[0-9]*-amd64'
	local package
	package=$(apt-cache depends linux-image-amd64 2>/dev/null |
		sed -n "s/^ *Depends: \($pattern\)\$/\1/p" | head -n 1)
	[ -n "$package" ] || package=$(find "$cache" -maxdepth 1 -type d -printf '%f\n' 2>/dev/null |
		grep -x "$pattern" | sort -V | tail -n 1)
	echo "$package"
}

# kernel_extract PACKAGE: into $cache/PACKAGE, nothing installed, and only what is needed of it
kernel_extract() {
	local new=$work/new module sandbox=()
	local wanted=(./boot/vmlinuz-\*)
	[ "$(id -u)" = 0 ] && sandbox=(-o APT::Sandbox::User=root)
	for module in $modules; do wanted+=("./lib/modules/*/$module.ko"); done
	mkdir -p "$new" "$cache" || return 1
	(cd "$work" && apt-get download -qq "${sandbox[@]}" "$1") || return 1
	dpkg-deb --fsys-tarfile "$work/$1"_*.deb |
		tar -x -C "$new" --wildcards "${wanted[@]}" || return 1
	rm -rf "${cache:?}/.$1.$$" && cp -r "$new" "$cache/.$1.$$" && mv -T "$cache/.$1.$$" "$cache/$1"
}

# The loader and, as there is no static libmnl, its libraries.
build_root() {
	local root=$work/root source=() name library
	mkdir -p "$root"/{bin,dev,proc,sys,modules}
	for name in $kernel_sources; do source+=("agent/kernel/$name.c"); done
	"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -Iinclude -Iagent -Ivmtests \
		-o "$root/load" vmtests/*.c "${source[@]}" -lbpf -lmnl || return 1
	ldd "$root/load" | grep -o '/[^ )]*' | while read -r library; do
		cp -L --parents "$library" "$root" || return 1
	done || return 1
	cp "$(command -v busybox)" "$root/bin/busybox" && cp "$out/bpf/fama.o" "$root/fama.o" &&
		install -m 755 vmtests/init "$root/init" || return 1
	for name in $modules; do
		find "$cache/$package/lib/modules" -name "$name.ko" -exec cp {} "$root/modules/" \;
		[ -s "$root/modules/$name.ko" ] || return 1
		echo "$name" >>"$root/modules/order"
	done
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initramfs"
}

boot() {
	timeout 120 qemu-system-x86_64 -accel tcg -cpu qemu64 -m 512 -smp 1 -nodefaults -no-user-config \
		-display none -no-reboot -kernel "$1" -initrd "$work/initramfs" \
		-append 'console=ttyS0 quiet panic=-1 mitigations=off' \
		-chardev "file,id=console,path=$work/console" -serial chardev:console \
		-device virtio-serial-pci -chardev "file,id=report,path=$work/report" \
		-device virtserialport,chardev=report,name=fama.report </dev/null
}

# What the machine did not say is a failure: it may have died at any point.
judge() {
	local planned reported
	touch "$work/report"
	tr -d '\r' <"$work/report"
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$work/report")
	reported=$(grep -cE '^(not )?ok ' "$work/report")
	if [ "$reported" != "${planned:-none}" ] || ! grep -q '^# end, ' "$work/report"; then
		echo "not ok $((reported + 1)) - virtual machine reports to the end"
		tail -n 40 "$work/console" | sed 's/^/# console: /'
		return 1
	fi
	! grep -q '^not ok ' "$work/report"
}

[ -s "$out/bpf/fama.o" ] || fail "no $out/bpf/fama.o: build first"
for tool in qemu-system-x86_64 busybox cpio dpkg-deb; do
	command -v "$tool" >/dev/null || cannot "no $tool"
done
package=$(kernel_package)
if [ -z "$package" ] && [ "$(id -u)" = 0 ] && apt-get update -qq; then
	package=$(kernel_package) # a new machine has no lists yet
fi
[ -n "$package" ] || cannot "no Debian 12 kernel package known to apt, none in $cache"
if [ ! -d "$cache/$package" ]; then
	echo "# downloading $package into $cache"
	kernel_extract "$package" || cannot "$package cannot be downloaded into $cache"
fi
build_root || fail "initramfs cannot be built"
boot "$(echo "$cache/$package"/boot/vmlinuz-*)" || echo "# qemu ended with $?"
judge

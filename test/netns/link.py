# SPDX-License-Identifier: BSD-2-Clause
"""Owns one link as a test sees it: frames in and out, Neighbour Discovery, `ip` commands."""
import fcntl
import socket
import struct
import subprocess
import time

import mip6

ETH_P_ALL, ETH_P_IPV6, PACKET_OUTGOING = 3, 0x86DD, 4
ALL_NODES, ALL_ROUTERS = mip6.address("ff02::1"), mip6.address("ff02::2")
RS, RA, NS, NA = 133, 134, 135, 136


def ip(*lines):
    """Runs lines as one `ip -6 -batch`, so that a step is one process and fails as one."""
    batch = "\n".join(lines) + "\n"
    subprocess.run(["ip", "-6", "-batch", "-"], input=batch, text=True, check=True)


def ip_try(*words):
    return subprocess.run(["ip", "-6", *words], capture_output=True, check=False).returncode == 0


def solicited_node(target):
    return mip6.address("ff02::1:ff00:0")[:13] + target[13:]


def multicast_mac(group):
    return b"\x33\x33" + group[12:]


class Link:
    """An AF_PACKET socket on one device; open it before sending what is to be answered.

    ETH_P_ALL, because a tap for one protocol stands behind TC ingress and hears no BA.
    """

    def __init__(self, device):
        self.device = device
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind((device, ETH_P_ALL))
        request = struct.pack("16s16x", device.encode())
        self.mac = fcntl.ioctl(self.socket, 0x8927, request)[18:24]  # SIOCGIFHWADDR

    def link_local(self, timeout=2.0):
        """The kernel's link-local address, waiting for it on a device just up."""
        deadline = time.monotonic() + timeout
        while True:
            with open("/proc/net/if_inet6", encoding="ascii") as table:
                for line in table:
                    octets, _, _, scope, _, name = line.split()
                    if name == self.device and scope == "20":
                        return bytes.fromhex(octets)
            if time.monotonic() > deadline:
                raise SystemExit("no link-local address on " + self.device)
            time.sleep(0.01)

    def send(self, mac, packet):
        self.socket.send(mac + self.mac + struct.pack("!H", ETH_P_IPV6) + packet)

    def frames(self, timeout):
        """(frame, IPv6 packet cut to its length) until the time is over."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self.socket.settimeout(left)
            try:
                frame, origin = self.socket.recvfrom(65535)
            except socket.timeout:
                return
            packet = frame[14:]
            if origin[1] == ETH_P_IPV6 and origin[2] != PACKET_OUTGOING and len(packet) >= 40:
                yield frame, packet[: 40 + int.from_bytes(packet[4:6], "big")]

    def icmpv6(self, source, destination, body, mac=None):
        """An ICMPv6 message with hop limit 255; the checksum is filled in."""
        value = mip6.checksum(source, destination, mip6.NH_ICMPV6, body[:2] + b"\0\0" + body[4:])
        body = body[:2] + struct.pack("!H", value) + body[4:]
        packet = mip6.ipv6(source, destination, mip6.NH_ICMPV6, body, hop_limit=255)
        self.send(mac or multicast_mac(destination), packet)

    def router_solicitation(self):
        body = bytes([RS, 0, 0, 0, 0, 0, 0, 0, 1, 1]) + self.mac
        self.icmpv6(self.link_local(), ALL_ROUTERS, body)

    def neighbour_solicitation(self, source, target, mac=None, destination=None):
        """A probe of DAD if the source is ::, else with our link-layer address."""
        body = bytes([NS, 0, 0, 0, 0, 0, 0, 0]) + target
        if any(source):
            body += bytes([1, 1]) + self.mac
        self.icmpv6(source, destination or solicited_node(target), body, mac)

    def neighbour_advertisement(self, target):
        """What a returned MN sends: multicast, override (RFC 6275 section 11.5.5)."""
        body = bytes([NA, 0, 0, 0, 0x20, 0, 0, 0]) + target + bytes([2, 1]) + self.mac
        self.icmpv6(target, ALL_NODES, body)


def send_packet(device, packet):
    """A packet with its own header; the kernel does the neighbour discovery."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        raw.sendto(packet, (mip6.text(packet[24:40]), 0))


def nd_options(body):
    found, at = {}, 0
    while at + 2 <= len(body) and body[at + 1]:
        found.setdefault(body[at], []).append(body[at : at + body[at + 1] * 8])
        at += body[at + 1] * 8
    return found


def icmpv6_valid(packet):
    body = packet[40:]
    bare = body[:2] + b"\0\0" + body[4:]
    value = mip6.checksum(packet[8:24], packet[24:40], mip6.NH_ICMPV6, bare)
    return value == int.from_bytes(body[2:4], "big")


def read_nd(packet, kind):
    """The ICMPv6 body if the packet is that ND message."""
    body = packet[40:]
    return body if packet[6] == mip6.NH_ICMPV6 and body and body[0] == kind else None


def describe_ra(frame, packet):
    """A Router Advertisement as the scripts look at it (R-01 to R-06, R-19)."""
    body = packet[40:]
    options = nd_options(body[16:])
    prefixes = []
    for pio in options.get(3, []):
        prefixes.append(
            {
                "flags": pio[3],
                "length": pio[2],
                "valid_s": int.from_bytes(pio[4:8], "big"),
                "preferred_s": int.from_bytes(pio[8:12], "big"),
                "address": mip6.text(pio[16:32]),
            }
        )
    slla = options.get(1, [b""])[0][2:8]
    interval = options.get(7, [b""])[0][4:8]
    mtu = options.get(5, [b""])[0][4:8]
    return {
        "source": mip6.text(packet[8:24]),
        "destination": mip6.text(packet[24:40]),
        "link_local": packet[8] == 0xFE and packet[9] & 0xC0 == 0x80,
        "hop_limit": packet[7],
        "code": body[1],
        "checksum_ok": icmpv6_valid(packet),
        "cur_hop_limit": body[4],
        "flags": body[5],
        "router_lifetime_s": int.from_bytes(body[6:8], "big"),
        "slla": slla.hex(":"),
        "frame_source": frame[6:12].hex(":"),
        "interval_ms": int.from_bytes(interval, "big") if interval else None,
        "mtu": int.from_bytes(mtu, "big") if mtu else None,
        "home_agent_option": 8 in options,
        "prefixes": prefixes,
    }


def describe_na(frame, packet):
    """A Neighbour Advertisement as the scripts look at it (R-14, R-15, R-16)."""
    body = packet[40:]
    tlla = nd_options(body[24:]).get(2, [b""])[0][2:8]
    return {
        "source": mip6.text(packet[8:24]),
        "destination": mip6.text(packet[24:40]),
        "hop_limit": packet[7],
        "checksum_ok": icmpv6_valid(packet),
        "router": bool(body[4] & 0x80),
        "solicited": bool(body[4] & 0x40),
        "override": bool(body[4] & 0x20),
        "target": mip6.text(body[8:24]),
        "tlla": tlla.hex(":"),
        "frame_source": frame[6:12].hex(":"),
    }

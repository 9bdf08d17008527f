#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends an ICMPv6 error about a tunnel packet, as a router on the way to the CoA would.

tunnel_error.py DEVICE SOURCE DAR COA HOA INNER_SOURCE TYPE CODE VALUE INNER_OCTETS
"""
import socket
import struct
import sys

import mip6


def main():
    device, source, dar, coa, hoa, inner_source = sys.argv[1:7]
    kind, code, value, octets = map(int, sys.argv[7:11])
    source, dar, coa, hoa, inner_source = map(
        mip6.address, (source, dar, coa, hoa, inner_source)
    )
    data = mip6.udp(inner_source, hoa, 40000, 9, bytes(octets - 48))
    inner = mip6.ipv6(inner_source, hoa, mip6.NH_UDP, data)
    quoted = mip6.ipv6(dar, coa, mip6.NH_IPV6, inner)[: 1280 - 48]
    body = struct.pack("!BBHI", kind, code, 0, value) + quoted
    value = mip6.checksum(source, dar, mip6.NH_ICMPV6, body)
    body = body[:2] + struct.pack("!H", value) + body[4:]
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        raw.sendto(mip6.ipv6(source, dar, mip6.NH_ICMPV6, body), (mip6.text(dar), 0))


main()

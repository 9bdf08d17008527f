#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A host on the link that claims addresses, or watches what is said about them; prints JSON.

    claim.py DEVICE advertise TARGET [COUNT]   NAs with O=1 for TARGET, as its owner sends them
    claim.py DEVICE watch TARGET SECONDS       every NS and NA about TARGET, with the time of each
    claim.py DEVICE advertise-router           one RA as of another router
"""
import json
import struct
import sys
import time

import mip6
from link import ALL_NODES, NA, NS, RA, Link, icmpv6_valid, nd_options, read_nd


def describe(frame, packet, body, start):
    options = nd_options(body[24:])
    return {
        "at_ms": round((time.monotonic() - start) * 1000),
        "kind": "na" if body[0] == NA else "ns",
        "flags": body[4],
        "source": mip6.text(packet[8:24]),
        "destination": mip6.text(packet[24:40]),
        "hop_limit": packet[7],
        "checksum_ok": icmpv6_valid(packet),
        "options": sorted(options),
        "octets": len(body),
        "frame_source": frame[6:12].hex(":"),
        "frame_destination": frame[:6].hex(":"),
    }


def watch(link, target, seconds):
    start, found = time.monotonic(), []
    print("ready", file=sys.stderr, flush=True)
    for frame, packet in link.frames(seconds):
        body = read_nd(packet, NS) or read_nd(packet, NA)
        if body and body[8:24] == target:
            found.append(describe(frame, packet, body, start))
    return found


def advertise(link, target, count):
    for _ in range(count):
        link.neighbour_advertisement(target)
    return {"sent": count, "mac": link.mac.hex(":")}


def advertise_router(link):
    body = struct.pack("!BBHBBHII", RA, 0, 0, 64, 0, 1800, 0, 0) + bytes([1, 1]) + link.mac
    source = link.link_local()
    link.icmpv6(source, ALL_NODES, body)
    return {"source": mip6.text(source)}


def main():
    device, action, *rest = sys.argv[1:]
    link = Link(device)
    if action == "watch":
        result = watch(link, mip6.address(rest[0]), float(rest[1]))
    elif action == "advertise":
        result = advertise(link, mip6.address(rest[0]), int((rest + ["1"])[1]))
    else:
        result = advertise_router(link)
    print(json.dumps(result), flush=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Router Solicitations, many at once or one after the other with a clock; prints JSON.

    rs.py DEVICE flood RATE SECONDS HOSTS MACS   from HOSTS link-local addresses, which own up to
                                                 MACS link-layer addresses between them
    rs.py DEVICE ask COUNT INTERVAL_MS           an honest host: how long until the next RA
    rs.py DEVICE burst COUNT SECONDS             COUNT at once; when RAs come, and whereto
"""
import json
import sys
import time

import mip6
from link import ALL_NODES, ALL_ROUTERS, RA, RS, Link, multicast_mac, read_nd


def solicitation(source, mac):
    body = bytes([RS, 0, 0, 0, 0, 0, 0, 0, 1, 1]) + mac
    value = mip6.checksum(source, ALL_ROUTERS, mip6.NH_ICMPV6, body)
    body = body[:2] + value.to_bytes(2, "big") + body[4:]
    packet = mip6.ipv6(source, ALL_ROUTERS, mip6.NH_ICMPV6, body, hop_limit=255)
    return multicast_mac(ALL_ROUTERS) + mac + b"\x86\xdd" + packet


def flood(link, rate, seconds, hosts, macs):
    frames = [
        solicitation(
            bytes.fromhex("fe80" + "00" * 6) + bytes([0xF0, 0, 0, 0, 0, 0, n >> 8, n & 255]),
            bytes([2, 0xF0, 0, 0, n % macs >> 8, n % macs & 255]),
        )
        for n in range(hosts)
    ]
    start, sent = time.monotonic(), 0
    while (past := time.monotonic() - start) < seconds:
        while sent < past * rate:
            link.socket.send(frames[sent % hosts])
            sent += 1
        time.sleep(0.002)
    return {"sent": sent}


def answers(link, seconds):
    """(destination, when) of each RA for this host or for all."""
    own = link.link_local()
    for _, packet in link.frames(seconds):
        if read_nd(packet, RA) and packet[24:40] in (own, ALL_NODES):
            yield packet[24:40], time.monotonic()


def ask(link, count, interval):
    waits = []
    for _ in range(count):
        start = time.monotonic()
        link.router_solicitation()
        _, at = next(answers(link, 5.0), (None, start + 5.0))
        waits.append((at - start) * 1000)
        for _ in link.frames(max(0.0, start + interval - time.monotonic())):
            pass  # what else comes belongs to no question
    waits.sort()
    return {
        "asked": count,
        "p50_ms": round(waits[count // 2], 1),
        "p99_ms": round(waits[max(0, -(-count * 99 // 100) - 1)], 1),
        "max_ms": round(waits[-1], 1),
    }


def burst(link, count, seconds):
    start = time.monotonic()
    for _ in range(count):
        link.router_solicitation()
    heard = [(to == ALL_NODES, round((at - start) * 1000)) for to, at in answers(link, seconds)]
    return {
        "unicast": [at for to_all, at in heard if not to_all],
        "multicast": [at for to_all, at in heard if to_all],
    }


def main():
    device, action, *rest = sys.argv[1:]
    link, numbers = Link(device), [float(word) for word in rest]
    if action == "flood":
        result = flood(link, numbers[0], numbers[1], int(numbers[2]), int(numbers[3]))
    elif action == "ask":
        result = ask(link, int(numbers[0]), numbers[1] / 1000)
    else:
        result = burst(link, int(numbers[0]), numbers[1])
    print(json.dumps(result), flush=True)


main()

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# Owns a bad stretch of wire: a relay between two devices that loses, doubles and delays signalling.
#
#   impair.py DEVICE DEVICE MODE_FILE
#
# MODE_FILE holds `good`, `ba` (none of those passes), or `LOSS DOUBLE DELAY_MS`: per cent lost and doubled, the longest delay,
# which each packet has for itself, so that they overtake each other. Only the Mobility Header
# suffers, behind whatever headers; all else passes at once.
import heapq
import random
import select
import socket
import sys
import time

OUTGOING = 4
BA = 6


def signalling_type(frame):
    """Of the Mobility Header; 0: there is none."""
    if frame[12:14] != b"\x86\xdd" or len(frame) < 54:
        return 0
    following, at = frame[20], 54
    while following in (0, 43, 60) and at + 8 <= len(frame):
        following, at = frame[at], at + 8 * (frame[at + 1] + 1)
    return frame[at + 2] if following == 135 and at + 2 < len(frame) else 0


def impairment(path, kind):
    try:
        words = open(path, encoding="ascii").read().split()
    except OSError:
        words = []
    if words == ["ba"] and kind == BA:
        return 100, 0, 0
    return tuple(int(word) for word in words) if kind and len(words) == 3 else (0, 0, 0)


def main():
    sides = []
    for device in sys.argv[1:3]:
        side = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        side.bind((device, 0))
        sides.append(side)
    waiting, number = [], 0
    print("relaying", flush=True)
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for side in select.select(sides, [], [], timeout)[0]:
            frame, source = side.recvfrom(65536)
            if source[2] == OUTGOING:
                continue
            loss, double, delay = impairment(sys.argv[3], signalling_type(frame))
            copies = 0 if random.randrange(100) < loss else 1 + (random.randrange(100) < double)
            for _ in range(copies):
                number += 1
                due = time.monotonic() + random.uniform(0, delay) / 1000
                heapq.heappush(waiting, (due, number, sides[side is sides[0]], frame))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, other, frame = heapq.heappop(waiting)
            try:
                other.send(frame)
            except OSError:
                pass


main()

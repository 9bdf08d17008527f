# SPDX-License-Identifier: BSD-2-Clause
"""Owns what a run's capture tells of its flows and handovers; imported by analyse.py.

Times are those of the capture; only what no packet shows (link up, address there) is from the MN's
agent, as a distance from a packet. What was not seen is None.
"""
import bisect
import collections
import ipaddress
import json
import struct

import capture

STAYS = (1, 2, 3, 1)  # the DARs in the order of the visits
CN = ipaddress.IPv6Address("2001:db8:ffff::80").packed
UDP_DOWN, UDP_UP = "UDP, CN to MN", "UDP, MN to CN"
LANES = (UDP_DOWN, UDP_UP, "TCP, CN to MN", "TCP, MN to CN")  # of address 1, opened at DAR1
TCP_NAMES = {
    5001: "TCP",
    5002: "TCP opened at DAR2",
    5003: "TCP opened at DAR3",
    5004: "TCP opened back at DAR1",
}
STEPS = (
    "link up to RS",
    "RS to RA",
    "RA to address",
    "address to BU",
    "BU to BA",
    "BA to first packet",
)
BEFORE_S, SETTLED_S = 0.1, 1.0  # of a move, after link up: between them a loss is the handover's


class Flow:
    """One direction of a flow: its packets on the MN's link, and where they are received."""

    def __init__(self):
        self.on_link = []  # (at, MAC of the router, outer addresses or None, the MN's address)
        self.arrivals = []  # (at, payload octets, sequence number or None)

    def way(self, mac, since, until):
        """(MN's address, "native" or "via DARn") of its last packet with a router, else None."""
        for at, router, tunnel, mine in reversed(self.on_link):
            if since <= at < until and router == mac:
                return mine, f"via DAR{_tunnel_dar(tunnel)}" if tunnel else "native"
        return None

    def tunnelled(self, since, until):
        return sum(since <= at < until and bool(tunnel) for at, _, tunnel, _ in self.on_link)


def _tunnel_dar(tunnel):
    """The number of the DAR that is one end: the one whose interface identifier is 1."""
    return next((capture.dar_of(end) for end in tunnel if end[8:] == bytes(7) + b"\1"), "?")


def _name_and_payload(packet):
    """Name of the flow's direction, whether it goes to the MN, and the payload."""
    down = packet.source == CN
    source, destination = struct.unpack_from("!HH", packet.octets)
    if packet.kind == capture.UDP:
        return {7001: UDP_DOWN, 7002: UDP_UP}[destination], down, packet.octets[8:]
    name = TCP_NAMES[source if down else destination] + (", CN to MN" if down else ", MN to CN")
    return name, down, packet.octets[(packet.octets[12] >> 4) * 4 :]


class Run:
    def __init__(self, path):
        self.path = path
        self.capture = path / "demo.pcapng"
        self.moves = [float(line) for line in (path / "moves").read_text().split()]
        self.ends = json.loads((path / "flows.json").read_text())  # what the programs counted
        self.flows = collections.defaultdict(Flow)
        self.messages, self.solicitations, self.advertisements = [], [], []
        self.mobility_headers = 0
        for packet in capture.packets(self.capture):
            self._take(packet)
        for flow in self.flows.values():  # frames of a burst are not always in order of time
            flow.on_link.sort(key=lambda packet: packet[0])
            flow.arrivals.sort(key=lambda packet: packet[0])
        self.handovers = [Handover(self, number) for number in range(len(self.moves))]

    def _take(self, packet):
        if packet.kind == capture.MH:
            self.mobility_headers += 1
        if packet.place == "wlan0":
            self._take_signalling(packet)
        if packet.kind in (capture.TCP, capture.UDP) and CN in (packet.source, packet.destination):
            self._take_flow(packet)

    def _take_signalling(self, packet):
        message, dar = capture.message(packet), capture.advertised_dar(packet)
        if message:
            self.messages.append(message)
        elif dar:
            self.advertisements.append((packet.at, dar, packet.macs[0]))
        elif packet.kind == capture.ICMPV6 and packet.octets[0] == capture.RS:
            self.solicitations.append(packet.at)

    def _take_flow(self, packet):
        name, down, payload = _name_and_payload(packet)
        if not payload or packet.place not in ("wlan0", "cn"):
            return
        flow = self.flows[name]
        if packet.place == "wlan0":
            mac, mine = packet.macs[1], packet.source
            if down:
                mac, mine = packet.macs[0], packet.destination
            flow.on_link.append((packet.at, mac, packet.tunnel, mine))
        if packet.place == ("wlan0" if down else "cn"):
            sequence = int(payload[9:21]) if packet.kind == capture.UDP else None
            flow.arrivals.append((packet.at, len(payload), sequence))

    def stay(self, number):
        """From when to when the MN is at STAYS[number]."""
        bounds = [0.0, *self.moves, float("inf")]
        return bounds[number], bounds[number + 1]

    def way(self, name, number):
        """Of a flow at the end of the stay at STAYS[number], as Flow.way()."""
        mac = next((mac for _, dar, mac in self.advertisements if dar == STAYS[number]), None)
        return self.flows[name].way(mac, *self.stay(number))

    def lost(self, name):
        """Packets of a UDP flow that never arrived: by each handover, and last by none."""
        seen = {sequence: at for at, _, sequence in self.flows[name].arrivals}
        sender = self.ends["udp-down-send" if name == UDP_DOWN else "udp-up-send"]
        counts, at = [0] * (len(self.moves) + 1), 0.0
        for sequence in range(sender["sent"]):
            if sequence in seen:
                at = seen[sequence]
                continue
            number = bisect.bisect(self.moves, at + BEFORE_S) - 1
            near = number >= 0 and at < (self.handovers[number].link_up or 0) + SETTLED_S
            counts[number if near else -1] += 1
        return counts

    def silence(self, name):
        """Longest silence of a flow, in ms, without that of a link that is down.

        TCP's back-off may wait as long again as the link was down.
        """
        seen = [h for h in self.handovers if h.link_up]
        times, longest = [at for at, _, _ in self.flows[name].arrivals], 0
        for old, new in zip(times, times[1:]):
            excused = [2 * h.link_up - h.since for h in seen if old < h.link_up < new]
            longest = max(longest, ms(max([old] + excused), new))
        return longest


class Handover:
    def __init__(self, run, number):
        self.run, self.number = run, number
        self.since, self.until = run.stay(number + 1)
        dar = STAYS[number + 1]
        status = json.loads((run.path / f"status-{number + 2}.json").read_text())
        agent = status["last_handover"] or {}
        heard = [(at, mac) for at, n, mac in run.advertisements if self._has(at) and n == dar]
        self.ra, self.mac = heard[0] if heard else (None, None)
        asked = [at for at in run.solicitations if self.ra and self.since <= at < self.ra]
        self.rs = asked[-1] if asked else None
        self.link_up = _shift(self.rs, agent.get("link_up_to_rs_us"), -1)
        self.address = _shift(self.ra, agent.get("ra_to_address_us"), 1)
        self.exchanges = {}  # DAR -> (at of the first BU, at of the BA that accepts, auth)
        for message in run.messages:
            if self._has(message.at) and message.kind == capture.BU:
                self.exchanges.setdefault(capture.dar_of(message.hoa), self._exchange(message))
        self.bu, self.ba, _ = self.exchanges.get(1, (None, None, None))
        self.gaps = {name: self._gap(run.flows[name]) for name in LANES}
        firsts = [self.gaps[name][1] for name in (UDP_DOWN, UDP_UP)]
        self.first = None if None in firsts else max(firsts)  # both directions are there

    def _has(self, at):
        return self.since <= at < self.until

    def _exchange(self, bu):
        same = [m for m in self.run.messages if self._has(m.at) and m.hoa == bu.hoa]
        sent = {m.sequence for m in same if m.kind == capture.BU}
        for m in same:
            if m.kind == capture.BA and m.sequence in sent and m.at > bu.at and m.status < 128:
                return bu.at, m.at, bu.auth
        return bu.at, None, bu.auth

    def _gap(self, flow):
        """Arrival of the last packet of the old link and of the first one of the new link."""
        new = (at for at, mac, _, _ in flow.on_link if self._has(at) and mac == self.mac)
        at = bisect.bisect_left(flow.arrivals, (next(new, float("inf")),))
        if not 0 < at < len(flow.arrivals):
            return None, None
        return flow.arrivals[at - 1][0], flow.arrivals[at][0]

    def steps(self):
        """Milliseconds of each of STEPS."""
        ends = (self.link_up, self.rs, self.ra, self.address, self.bu, self.ba, self.first)
        return [ms(start, end) for start, end in zip(ends, ends[1:])]

    def down(self):
        return ms(self.since, self.link_up)

    def total(self):
        return ms(self.link_up, self.first)


def _shift(at, us, sign):
    return None if at is None or us is None else at + sign * us / 1e6


def ms(start, end):
    return None if start is None or end is None else (end - start) * 1000

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Many mobile nodes in one process, and the packets of those who only look like some.

    herd.py make FILE COUNT PREFIX           keys and HoAs; FILE keeps them and their PHKTs
    herd.py announce FILE DEVICE             a DAD probe for each, on the link of the DAR
    herd.py bind FILE DEVICE MAC DAR         registers each from a CoA of its own, and judges the BAs
    herd.py replay BLAST DEVICE MAC RATE     sends recorded packets, counts what comes back
    herd.py cotis|scan|strangers|mutations|wrong|bogus OUT    writes packets for blast
Each prints one JSON object. CoAs lie in 2001:dc0::/32, each in a /64 of its own.
"""
import argparse
import collections
import json
import os
import struct
import time

import answer
import cga
import mip6
from link import Link, multicast_mac, solicited_node

NTP_EPOCH = 2208988800


def ntp_now():
    now = time.time() + NTP_EPOCH
    return int(now) << 32 | int((now - int(now)) * 2**32)


def mac_octets(text):
    return bytes.fromhex(text.replace(":", ""))


def blast(path, packets):
    with open(path, "wb") as target:
        for packet in packets:
            target.write(struct.pack("!H", len(packet)) + packet)


def unblast(path):
    with open(path, "rb") as source:
        octets = source.read()
    at = 0
    while at + 2 <= len(octets):
        size = int.from_bytes(octets[at : at + 2], "big")
        yield octets[at + 2 : at + 2 + size]
        at += 2 + size


def care_of_address(number, together):
    """CoA by number: in /64s of their own, or `together` in one."""
    text = "2001:dc0:ffff:ffff::%x:%x" if together else "2001:dc0:%x:%x::1"
    return mip6.address(text % (number >> 16 & 0xFFFF, number & 0xFFFF))


class Herd:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="ascii") as source:
            self.state = json.load(source)
        pems = [pem.encode() for pem in self.state["keys"]]
        keys = [cga.Identity.load(pem, bytes(16)).key for pem in pems]
        self.identities = [
            cga.Identity(keys[m["key"]], bytes.fromhex(m["modifier"])) for m in self.state["members"]
        ]

    @staticmethod
    def make(path, count, prefix, keys, bits):
        identities = [cga.Identity.make(bits) for _ in range(keys)]
        members = []
        for number in range(count):
            identity = cga.Identity(identities[number % keys].key, os.urandom(16))
            hoa = identity.address(mip6.address(prefix))
            members.append(
                {
                    "hoa": mip6.text(hoa), "key": number % keys, "phkt": None, "sequence": 4660,
                    "modifier": identity.modifier.hex(),
                }
            )
        state = {"keys": [identity.pem().decode() for identity in identities], "members": members}
        with open(path, "w", encoding="ascii") as target:
            json.dump(state, target)
        return [m["hoa"] for m in members]

    def save(self):
        with open(self.path, "w", encoding="ascii") as target:
            json.dump(self.state, target)

    def announce(self, device, one_mac, chosen):
        """DAD probes, each from a link-layer address of its own unless `one_mac`."""
        link = Link(device)
        for number in chosen:
            target = mip6.address(self.state["members"][number]["hoa"])
            body = bytes([135, 0, 0, 0, 0, 0, 0, 0]) + target
            group = solicited_node(target)
            value = mip6.checksum(bytes(16), group, mip6.NH_ICMPV6, body)
            body = body[:2] + struct.pack("!H", value) + body[4:]
            packet = mip6.ipv6(bytes(16), group, mip6.NH_ICMPV6, body, hop_limit=255)
            mac = link.mac if one_mac else b"\2\0" + struct.pack("!I", number + 1)
            link.socket.send(multicast_mac(group) + mac + b"\x86\xdd" + packet)
        return {"announced": len(chosen)}


class Registrar:
    """Sends BUs of a herd through one DAR and judges each answer."""

    def __init__(self, herd, options):
        self.herd, self.options = herd, options
        self.link, self.mac = Link(options.device), mac_octets(options.mac)
        self.dar = mip6.address(options.dar)
        self.statuses, self.problems = collections.Counter(), collections.Counter()
        self.packets = []

    def ask(self, number, coa, auth, lifetime, careof=None, test=False):
        member, identity = self.herd.state["members"][number], self.herd.identities[number]
        hoa = mip6.address(member["hoa"])
        member["sequence"] = sequence = (member["sequence"] + 1) & 0xFFFF
        phkt = stamp = None
        if auth == "phkt":
            phkt = bytes.fromhex(member["phkt"] or "00" * 8)
            mh = mip6.build_bu_phkt(
                phkt, hoa, coa, self.dar, sequence, lifetime, careof=careof, test=test
            )
        else:
            stamp = ntp_now()
            mh = mip6.build_bu_cga(
                identity, hoa, coa, self.dar, sequence, lifetime, stamp, careof=careof, test=test
            )
        packet = mip6.bu_packet(mh, coa, hoa, self.dar)
        self.packets.append(packet)
        asked = answer.bu_asked(
            sequence, lifetime, phkt, stamp, test=test,
            careof=careof[1] if careof else cga.ZERO_TOKEN,
        )
        self.link.send(self.mac, packet)
        for _, seen in self.link.frames(self.options.wait / 1000):
            if seen[24:40] == coa and mip6.read_ba(seen) is not None:
                result = answer.judge(identity, seen, hoa, coa, self.dar, asked)
                self.statuses[result["status"]] += 1
                self.problems.update(result["problems"])
                if result["phkt"]:
                    member["phkt"] = result["phkt"]
                return result
        self.statuses["none"] += 1
        return None

    def bind(self, number, coa, auth):
        """Early BU and, with the token of its BA, the complete one; True if both are accepted."""
        lifetime = self.options.lifetime
        if auth == "auto":
            auth = "phkt" if self.herd.state["members"][number]["phkt"] else "cga"
        result = self.ask(number, coa, auth, lifetime, test=not self.options.early and lifetime > 0)
        if result is None or result["status"] >= 128 or result["problems"]:
            return False
        if result["careof"] and not self.options.no_complete:
            careof = mip6.OPTION_16_INDEX, bytes.fromhex(result["careof"])
            result = self.ask(number, coa, "phkt", lifetime, careof=careof)
        return result is not None and result["status"] < 128

    def run(self):
        options, bound, asked = self.options, 0, 0
        chosen = list(range(len(self.herd.identities)))[options.first :][: options.count]
        longest = 0.0
        for turn in range(options.rounds):
            for number in chosen:
                auth = options.auth
                if auth == "mixed":
                    auth = "phkt" if turn % 2 and self.herd.state["members"][number]["phkt"] else "cga"
                coa = care_of_address(options.coa_base + asked, options.together)
                start = time.monotonic()
                bound += self.bind(number, coa, auth)
                longest = max(longest, time.monotonic() - start)
                asked += 1
                if options.pause:
                    time.sleep(options.pause / 1000)
        if options.save:
            blast(options.save, self.packets)
        self.herd.save()
        return {
            "asked": asked, "bound": bound, "statuses": dict(self.statuses),
            "packets": len(self.packets), "longest_ms": round(longest * 1000),
            "problems": [text for text, _ in self.problems.most_common(5)],
        }


def replay(options):
    """Sends what was recorded; what comes back by status, `accepted` those under 128."""
    link, mac = Link(options.device), mac_octets(options.mac)
    packets = list(unblast(options.file))
    sources = {packet[8:24] for packet in packets}
    seen, start = collections.Counter(), time.monotonic()

    def hear(timeout):
        for _, packet in link.frames(timeout):
            at = mip6.read_ba(packet)
            if at is not None and packet[24:40] in sources:
                seen[packet[at + 6]] += 1

    for number, packet in enumerate(packets):
        link.send(mac, packet)
        due = start + (number + 1) / options.rate
        if due > time.monotonic():
            hear(due - time.monotonic())
    hear(0.5)
    accepted = sum(count for status, count in seen.items() if status < 128)
    return {"sent": len(packets), "statuses": dict(seen), "accepted": accepted}


def cotis(options):
    """CoTIs from /64s of their own."""
    dar = mip6.address(options.dar)
    sources = (care_of_address(0x10000 + number, False) for number in range(options.count))
    blast(options.out, (mip6.test_init(mip6.MH_COTI, s, dar, os.urandom(8)) for s in sources))
    return {"written": options.count}


def scan(options):
    """UDP to random identifiers under a prefix."""
    source, prefix = mip6.address(options.source), mip6.address(options.prefix)[:8]
    packets = []
    for _ in range(options.count):
        target = prefix + os.urandom(8)
        packets.append(mip6.ipv6(source, target, mip6.NH_UDP, b"\x9c\x40\0\x09\0\x0c\0\0scan"))
    blast(options.out, packets)
    return {"written": options.count}


def strangers(options):
    """Signed BUs of self-made CGAs that never were on the link; all proofs are right."""
    key, dar, packets = cga.Identity.make(1024).key, mip6.address(options.dar), []
    for number in range(options.count):
        identity = cga.Identity(key, os.urandom(16))
        hoa = identity.address(mip6.address(options.prefix))
        coa = care_of_address(0x20000 + number, False)
        mh = mip6.build_bu_cga(identity, hoa, coa, dar, number & 0xFFFF, 21600, ntp_now(), test=True)
        packets.append(mip6.bu_packet(mh, coa, hoa, dar))
    blast(options.out, packets)
    return {"written": options.count}


def mutations(options):
    """One BU with a wrong signature, then cut at every octet and with every length octet changed.

    Each has a right checksum, as far as there is room for one, and a source of its own.
    """
    identity, dar = cga.Identity.make(1024), mip6.address(options.dar)
    hoa = identity.address(mip6.address(options.prefix))
    coa = care_of_address(0x30000, False)
    mh = mip6.build_bu_cga(identity, hoa, coa, dar, 7, 21600, ntp_now(), test=True)
    at = mip6.option(mh, mip6.SIGNATURE)[0] + 2
    mh = mh[:at] + os.urandom(128) + mh[at + 128 :]
    header = mip6.hao(hoa)
    whole = header + mh
    bodies = [whole[:size] for size in range(len(whole))]
    lengths = [1, 3, 7, 24 + 1] + [24 + at + 1 for _, at, _ in mip6.parse_options(mh)]
    for at in lengths:
        bodies += [whole[:at] + bytes([n]) + whole[at + 1 :] for n in range(256) if n != whole[at]]
    fixed = mip6.bu_fixed(7, mip6.FLAG_A | mip6.FLAG_H, 21600)
    start = bytes([mip6.NH_NONE, 170, mip6.MH_BU, 0, 0, 0]) + fixed
    for unit in (b"\0", b"\1\0", b"\xc8\0", b"\x0c\0", b"\x0d\0", b"\x04\0", b"\x0f\0", b"\x05\0"):
        bodies.append(header + (start + unit * 1368)[:1368])  # floods of pads and empty options
    bodies.append(header + b"\x3b\xff\5" + (start[3:] + bytes(1368))[:1365])  # claims 2,048 octets
    nested = bytes([mip6.NH_DESTOPTS, 0, 1, 4, 0, 0, 0, 0])
    bodies += [nested * 20 + whole, header[:8] + hoa + header[:8] + hoa + mh]
    packets = []
    for number, body in enumerate(bodies):
        source = care_of_address(0x40000 + number, False)
        if body[24:] and len(body) >= 24 + 6 and body[:1] == bytes([mip6.NH_MH]):
            body = body[:24] + mip6.with_checksum(body[24:], body[8:24], dar)
        packets.append(mip6.ipv6(source, dar, mip6.NH_DESTOPTS, body))
    for offset, more in ((0, 1), (1, 0), (0, 0), (1, 1), (100, 0)):  # fragments of 8n octets
        fragment = struct.pack("!BBHI", mip6.NH_DESTOPTS, 0, offset << 3 | more, 7)
        packets.append(mip6.ipv6(care_of_address(0x3FFFF, False), dar, 44, fragment + whole[:64]))
    blast(options.out, packets)
    return {"written": len(packets)}


def wrong(options):
    """BUs with a wrong payload proto and headers of an unknown type, in turn."""
    dar, hoa = mip6.address(options.dar), mip6.address(options.prefix)[:8] + os.urandom(8)
    packets = []
    for number in range(options.count):
        coa = care_of_address(0x50000 + number, False)
        mh = mip6.build_bu_phkt(bytes(8), hoa, coa, dar, number & 0xFFFF, 21600)
        for broken in (b"\6" + mh[1:], mh[:2] + b"\x2a" + mh[3:]):
            packets.append(mip6.bu_packet(broken, coa, hoa, dar))
    blast(options.out, packets)
    return {"written": len(packets)}


def bogus(options):
    """Signed BUs for the HoAs of a herd: all is right but the signature.

    The CoAs are chosen so that their checksum is that of the first: one BU serves for many.
    """
    herd, dar, packets = Herd(options.file), mip6.address(options.dar), []
    stamp = ntp_now() + (options.ahead << 32)
    templates = []
    for member, identity in zip(herd.state["members"], herd.identities):
        hoa = mip6.address(member["hoa"])
        coa = mip6.address("2001:dc0:1:fffe:1:fffe:1:fffe")
        mh = mip6.build_bu_cga(identity, hoa, coa, dar, member["sequence"], 21600, stamp)
        at = mip6.option(mh, mip6.SIGNATURE)[0] + 2
        mh = mh[:at] + os.urandom(identity.octets()) + mh[at + identity.octets() :]
        packet = mip6.bu_packet(mh, coa, hoa, dar)
        templates.append((packet, packet.index(coa, 40)))
    for number in range(options.count):
        packet, at = templates[number % len(templates)]
        high, low = number >> 16 & 0xFFFF, number & 0xFFFF
        words = (0x2001, 0xDC0, low, 0xFFFF - low, high, 0xFFFF - high, 1, 0xFFFE)
        coa = struct.pack("!8H", *words)
        packets.append(packet[:8] + coa + packet[24:at] + coa + packet[at + 16 :])
    blast(options.out, packets)
    return {"written": len(packets)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("make")
    step.add_argument("file")
    step.add_argument("count", type=int)
    step.add_argument("prefix")
    step.add_argument("--keys", type=int, default=1)
    step.add_argument("--bits", type=int, default=1024)
    step = steps.add_parser("announce")
    step.add_argument("file")
    step.add_argument("device")
    step.add_argument("--one-mac", action="store_true")
    step.add_argument("--first", type=int, default=0)
    step.add_argument("--count", type=int)
    step = steps.add_parser("bind")
    for name in ("file", "device", "mac", "dar"):
        step.add_argument(name)
    step.add_argument("--auth", choices=("auto", "cga", "phkt", "mixed"), default="auto")
    step.add_argument("--lifetime", type=int, default=21600)
    step.add_argument("--rounds", type=int, default=1)
    step.add_argument("--first", type=int, default=0)
    step.add_argument("--count", type=int)
    step.add_argument("--coa-base", type=int, default=1)
    step.add_argument("--together", action="store_true", help="CoAs in one /64")
    step.add_argument("--early", action="store_true", help="without option 15")
    step.add_argument("--no-complete", action="store_true")
    step.add_argument("--save", help="for replay")
    step.add_argument("--wait", type=int, default=1000)
    step.add_argument("--pause", type=float, default=0, help="milliseconds between two")
    step = steps.add_parser("replay")
    for name in ("file", "device", "mac"):
        step.add_argument(name)
    step.add_argument("rate", type=float)
    for name in ("cotis", "scan", "strangers", "mutations", "wrong", "bogus"):
        step = steps.add_parser(name)
        step.add_argument("out")
        step.add_argument("--count", type=int, required=True)
        step.add_argument("--dar")
        step.add_argument("--prefix")
        step.add_argument("--source")
        step.add_argument("--file")
        step.add_argument("--ahead", type=int, default=2, help="seconds, of the timestamp")
    return parser.parse_args()


def main():
    options = arguments()
    if options.step == "make":
        hoas = Herd.make(options.file, options.count, options.prefix, options.keys, options.bits)
        result = {"hoas": hoas}
    elif options.step == "announce":
        herd = Herd(options.file)
        chosen = list(range(len(herd.identities)))[options.first :][: options.count]
        result = herd.announce(options.device, options.one_mac, chosen)
    elif options.step == "bind":
        result = Registrar(Herd(options.file), options).run()
    else:
        steps = dict(replay=replay, cotis=cotis, scan=scan, strangers=strangers, bogus=bogus)
        steps.update(mutations=mutations, wrong=wrong)
        result = steps[options.step](options)
    print(json.dumps(result))


main()

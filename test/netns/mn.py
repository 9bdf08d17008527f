#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A mobile node that a test plays step by step; the state lives in a JSON file.

Started inside the MN's network namespace, one process a step, e.g.

    mn.py -s STATE attach            RS, RA, CGA, address, default route
    mn.py -s STATE bind HOA          BU and BA, then the tunnel (kernel SRv6: `encap.red` with
                                     one segment is plain IPv6-in-IPv6, End.DT6 its end)
A binding is made as --mode says (8.1): `concurrent`, the default, asks with option 15 and sends the
complete BU with the token of option 16; `require` begins with CoTI and CoT; `none` stays early.
Each step prints one JSON object and exits 0; what it means is judged by the script.
"""
import argparse
import json
import os
import sys
import time

import answer
import cga
import forge
import mip6
from link import RA, Link, describe_ra, ip, ip_try, read_nd, send_packet

TABLE_DOWN = 41
SYSCTLS = {
    "accept_ra": 1, "accept_ra_pinfo": 0, "autoconf": 0, "accept_ra_defrtr": 0,
    "accept_ra_mtu": 0, "router_solicitations": 0, "accept_redirects": 0, "keep_addr_on_down": 1,
}


class Node:
    def __init__(self, path, device):
        self.path, self.device = path, device
        if os.path.exists(path):
            with open(path, encoding="ascii") as source:
                self.state = json.load(source)
        else:
            self.state = {"addresses": {}, "current": None, "router": None}
            self.prepare()
        self.identity = cga.Identity.load(
            self.state["key"].encode(), bytes.fromhex(self.state["modifier"])
        )

    def prepare(self):
        """Once: key, interface settings, and the host's silence about BAs.

        A kernel without MIP6 answers a type 2 routing header with a Parameter Problem, so
        classic BPF drops MH and routing headers at TC ingress, behind the AF_PACKET tap.
        """
        identity = cga.Identity.make()
        self.state["key"] = identity.pem().decode()
        self.state["modifier"] = identity.modifier.hex()
        for name, value in SYSCTLS.items():
            with open("/proc/sys/net/ipv6/conf/%s/%s" % (self.device, name), "w") as sysctl:
                sysctl.write(str(value))
        drop = "7,40 0 0 12,21 0 3 34525,48 0 0 20,21 2 0 43,21 1 0 135,6 0 0 0,6 0 0 2"
        os.system("tc qdisc add dev %s clsact" % self.device)
        os.system("tc filter add dev %s ingress bpf da bytecode '%s'" % (self.device, drop))
        # a rule may look before the local table only if that table is moved back
        ip("rule add pref 100 lookup local", "rule del pref 0 lookup local")

    def save(self):
        with open(self.path + ".new", "w", encoding="ascii") as target:
            json.dump(self.state, target, indent=1)
        os.rename(self.path + ".new", self.path)

    def entry(self, hoa):
        return self.state["addresses"].setdefault(
            hoa, {"dar": None, "sequence": 4660, "phkt": None, "timestamp": 0, "bound": False}
        )

    def table(self, hoa):
        return 200 + sorted(self.state["addresses"]).index(hoa)

    def tunnel_up(self, hoa):
        """Packets from HoA into the tunnel, packets out of it to the local table."""
        coa, entry = self.state["current"], self.entry(hoa)
        self.tunnel_down(hoa)
        while ip_try("rule", "del", "pref", "50"):
            pass
        ip(
            "sr tunsrc set " + coa,
            "rule add pref 50 to %s/128 ipproto 41 lookup %d" % (coa, TABLE_DOWN),
            "route replace %s/128 encap seg6local action End.DT6 table 255 dev %s table %d"
            % (coa, self.device, TABLE_DOWN),
            # 1460 for the inner packet: the kernel takes 64 for a header that encap.red leaves out
            "route replace default encap seg6 mode encap.red segs %s dev %s table %d mtu 1524"
            % (entry["dar"], self.device, entry.setdefault("table", self.table(hoa))),
            "rule add pref 60 from %s/128 lookup %d" % (hoa, entry["table"]),
        )
        entry["bound"] = True

    def tunnel_down(self, hoa):
        entry = self.entry(hoa)
        entry["bound"] = False
        while ip_try("rule", "del", "pref", "60", "from", hoa + "/128"):
            pass
        if not any(a["bound"] for a in self.state["addresses"].values()):
            while ip_try("rule", "del", "pref", "50"):
                pass

    def solicit(self, timeout):
        """The first RA after an RS, described; None if the time is over."""
        link = Link(self.device)
        link.link_local()
        start = time.monotonic()
        while time.monotonic() < start + timeout:
            sent = time.monotonic()
            link.router_solicitation()
            for frame, packet in link.frames(1.0):
                if read_nd(packet, RA):
                    seen = describe_ra(frame, packet)
                    seen["after_ms"] = round((time.monotonic() - sent) * 1000, 1)
                    return seen
        return None

    def attach(self, timeout):
        """RS and RA, then a CGA in the advertised prefix; older addresses are deprecated."""
        ra = self.solicit(timeout)
        if ra is None:
            return {"error": "no Router Advertisement"}
        pio = next(p for p in ra["prefixes"] if p["flags"] & 0x40 and p["length"] == 64)
        hoa = mip6.text(self.identity.address(mip6.address(pio["address"])))
        entry = self.entry(hoa)
        if pio["flags"] & 0x20:
            entry["dar"] = pio["address"]
        self.state["current"] = hoa
        lines = [
            "address replace %s/128 dev %s nodad noprefixroute preferred_lft 0" % (a, self.device)
            for a in self.state["addresses"]
            if a != hoa and self.entry(a)["dar"]  # not those of a forged BU
        ]
        ip(
            *lines,
            "address replace %s/128 dev %s nodad noprefixroute" % (hoa, self.device),
            "neigh replace %s lladdr %s dev %s nud stale router"
            % (ra["source"], ra["slla"], self.device),
            "route replace default via %s dev %s metric 512" % (ra["source"], self.device),
        )
        if self.state["router"] not in (None, ra["source"]):
            # TCP does not retransmit what still waits for the old router: 3 s without this
            ip_try("neigh", "del", self.state["router"], "dev", self.device)
        self.state["router"] = ra["source"]
        if not entry["bound"]:  # back home with a binding there is no DAD (M-35)
            Link(self.device).neighbour_solicitation(bytes(16), mip6.address(hoa))
        return {"address": hoa, "dar": entry["dar"], "ra": ra}

    def places(self, hoa, options, at_home=False):
        """(CoA, DAR) of what is sent for a HoA."""
        coa = options.coa or (hoa if at_home else self.state["current"])
        return mip6.address(coa), mip6.address(options.dar or self.entry(hoa)["dar"])

    def send_bu(self, hoa, lifetime, options, at_home=False, careof=None, test=False):
        """One BU and what comes back within the time; see answer.judge() for the fields.

        `careof` is (index, token) of a complete BU, `test` asks for a token with option 15.
        """
        entry = self.entry(hoa)
        coa, dar = self.places(hoa, options, at_home)
        sequence = options.sequence
        if sequence is None:
            sequence = entry["sequence"] = (entry["sequence"] + 1) & 0xFFFF
        wire = mip6.address(hoa)
        auth = options.auth
        if auth == "auto":
            auth = "phkt" if entry["phkt"] else "cga"
        change = {"careof": careof, "test": test, "home": options.home}
        phkt = timestamp = None
        if auth == "phkt":
            phkt = bytes.fromhex(options.phkt or entry["phkt"] or "00" * 8)
            change.update(forge.changed_phkt(options.forge, wire))
            mh = mip6.build_bu_phkt(phkt, wire, coa, dar, sequence, lifetime, **change)
            if options.forge:
                mh = forge.forge_phkt(options.forge, mh)
            packet = mip6.bu_packet(mh, coa, wire, dar, at_home)
        else:
            timestamp = None if options.no_timestamp else ntp(options.timestamp_offset)
            change["request"] = not options.no_request
            if options.forge:
                packet = forge.forge(
                    options.forge, self.identity, wire, coa, dar, sequence, lifetime, timestamp
                )
            else:
                mh = mip6.build_bu_cga(
                    self.identity, wire, coa, dar, sequence, lifetime, timestamp, **change
                )
                packet = mip6.bu_packet(mh, coa, wire, dar, at_home)
        context = dict(hoa=hoa, dar=mip6.text(dar), sequence=sequence, lifetime=lifetime)
        context.update(source=mip6.text(coa), at_home=at_home, timestamp=timestamp)
        context.update(phkt=phkt and phkt.hex(), packet=packet.hex(), forge=options.forge)
        if options.forge == "alt-hoa":
            context["registered"] = hoa
        context.update(test=test, careof=(careof[1] if careof else bytes(8)).hex())
        context.update(request=auth == "cga" and not options.no_request)
        context["stamp"] = timestamp and "%016x" % timestamp  # jq has no 64-bit integers
        if options.save:
            name = options.save + (".complete" if careof and options.mode == "concurrent" else "")
            with open(name, "w", encoding="ascii") as target:
                json.dump(context, target)
        return self.exchange(context, options.wait)

    def exchange(self, context, wait):
        """Sends a recorded BU and judges the answer to it."""
        packet = bytes.fromhex(context["packet"])
        source, dar = packet[8:24], packet[24:40]
        link = Link(self.device)
        start = time.monotonic()
        send_packet(self.device, packet)
        for _, seen in link.frames(wait / 1000):
            if seen[24:40] != source:
                continue
            result = answer.reaction(seen)
            if mip6.read_ba(seen) is not None:
                hoa = mip6.address(context["hoa"])
                if context["forge"]:
                    hoa = packet[48:64]  # the HoA that the forged packet claimed
                asked = answer.bu_asked(
                    context["sequence"], context["lifetime"],
                    context["phkt"] and bytes.fromhex(context["phkt"]), context["timestamp"],
                    careof=bytes.fromhex(context.get("careof", "00" * 8)),
                    test=context.get("test", False), at_home=context["at_home"],
                    request=context.get("request", True), registered=context.get("registered"),
                )
                result = answer.judge(self.identity, seen, hoa, source, dar, asked)
                result["answer"] = "ba"
            if result:
                result["rtt_ms"] = round((time.monotonic() - start) * 1000, 2)
                result["sent"] = context["sequence"]
                return result
        return {"answer": None, "sent": context["sequence"], "problems": []}

    def care_of_test(self, hoa, options):
        """CoTI and the CoT that answers it: {index, token, octets, problems}."""
        coa, dar = self.places(hoa, options)
        cookie = os.urandom(8)
        claimed = mip6.address(hoa) if options.with_hao else None
        packet = mip6.test_init(
            mip6.MH_HOTI if options.home_test else mip6.MH_COTI, coa, dar, cookie, claimed
        )
        link = Link(self.device)
        start = time.monotonic()
        send_packet(self.device, packet)
        for _, seen in link.frames(options.wait / 1000):
            cot = mip6.read_cot(seen)
            if cot is None or seen[24:40] != coa:
                continue
            index, returned, token, problems = cot
            if returned != cookie:
                problems.append("another cookie (C-52)")
            return {
                "answer": "cot", "index": index, "token": token.hex(), "problems": problems,
                "source": mip6.text(seen[8:24]), "octets": len(seen), "asked": len(packet),
                "hop_limit": seen[7], "rtt_ms": round((time.monotonic() - start) * 1000, 2),
            }
        return {"answer": None, "problems": []}

    def probe(self, name, hoa, options):
        """Something that is no proper BU, and what comes back."""
        entry = self.entry(hoa)
        entry["sequence"] = (entry["sequence"] + 1) & 0xFFFF
        coa = mip6.address(self.state["current"])
        phkt = bytes.fromhex(entry["phkt"] or "00" * 8)
        packet = forge.probe(
            name, mip6.address(hoa), coa, mip6.address(options.dar or entry["dar"]), phkt,
            (entry["sequence"] + 100) & 0xFFFF,
        )
        context = dict(hoa=hoa, packet=packet.hex(), forge=None, phkt=None, timestamp=None)
        context.update(sequence=(entry["sequence"] + 100) & 0xFFFF, lifetime=21600, at_home=False)
        return self.exchange(context, options.wait)

    def bind(self, hoa, options):
        """As --mode says; the result is that of the first BU, `complete` that of the second."""
        careof = None
        if options.index is not None:
            careof = options.index, bytes.fromhex(options.token)
        elif options.mode == "require":
            cot = self.care_of_test(hoa, options)
            if cot["answer"] is None or cot["problems"]:
                return cot
            careof = cot["index"], bytes.fromhex(cot["token"])
        test = options.mode == "concurrent" and not careof
        result = self.send_bu(hoa, options.lifetime, options, careof=careof, test=test)
        if not accepted(result) or options.forge:
            return result
        if result["phkt"]:
            self.entry(hoa)["phkt"] = result["phkt"]
        if test and result["careof"] and not options.no_complete:
            self.complete(hoa, options, result)
        if not options.no_tunnel:
            self.tunnel_up(hoa)
        return result

    def complete(self, hoa, options, result):
        """The complete BU with the token of option 16; what is wrong with its BA counts."""
        options.auth, options.phkt = "phkt", None
        if options.sequence is not None:
            options.sequence = (options.sequence + 1) & 0xFFFF
        careof = mip6.OPTION_16_INDEX, bytes.fromhex(result["careof"])
        second = self.send_bu(hoa, options.lifetime, options, careof=careof)
        result.update(complete=second, sent=second["sent"])
        if not accepted(second):
            second["problems"].append("it is not accepted (C-77): %s" % second.get("status"))
        result["problems"] += ["complete BU: " + problem for problem in second["problems"]]

    def unbind(self, hoa, options, at_home):
        result = self.send_bu(hoa, 0, options, at_home)
        if accepted(result):
            self.tunnel_down(hoa)
            if at_home:
                Link(self.device).neighbour_advertisement(mip6.address(hoa))
        return result


def accepted(result):
    return result["answer"] == "ba" and result["status"] < 128 and not result["problems"]


def ntp(offset):
    now = time.time() + offset + 2208988800
    return int(now) << 32 | int((now - int(now)) * 2**32)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("-s", "--state", help="JSON file of this node")
    parser.add_argument("-d", "--device", default="wlan0")
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("solicit", "attach"):
        steps.add_parser(name).add_argument("--timeout", type=float, default=5.0)
    for name in ("bind", "unbind", "home"):
        step = steps.add_parser(name)
        step.add_argument("hoa")
        step.add_argument("--auth", choices=("auto", "cga", "phkt"), default="auto")
        step.add_argument("--lifetime", type=int, default=21600, help="units of 4 s")
        step.add_argument("--dar", help="send to another address than the HoA's own DAR")
        step.add_argument("--coa", help="source and care-of address")
        step.add_argument("--sequence", type=int)
        step.add_argument("--phkt", help="16 hexadecimal digits")
        step.add_argument("--timestamp-offset", type=float, default=0, help="seconds")
        step.add_argument("--no-timestamp", action="store_true", help="without option 10")
        step.add_argument("--forge", help="see forge.py")
        step.add_argument("--save", help="keep the packet for `replay`")
        step.add_argument("--wait", type=int, default=2000, help="milliseconds for the answer")
        step.add_argument("--no-tunnel", action="store_true")
        step.add_argument("--mode", choices=("none", "require", "concurrent"), default="concurrent")
        step.add_argument("--no-complete", action="store_true", help="stop after the early BU")
        step.add_argument("--no-request", action="store_true", help="without option 11")
        step.add_argument("--index", type=int, help="care-of nonce index of a complete BU")
        step.add_argument("--token", default="00" * 8, help="its care-of keygen token")
        step.add_argument("--home", type=int, default=0, help="home nonce index, which must be 0")
        step.set_defaults(with_hao=False, home_test=False)
    step = steps.add_parser("coti", help="CoTI and its CoT")
    step.add_argument("hoa")
    for name in ("dar", "coa"):
        step.add_argument("--" + name)
    step.add_argument("--with-hao", action="store_true")
    step.add_argument("--home-test", action="store_true", help="a HoTI instead")
    step.add_argument("--wait", type=int, default=2000)
    step = steps.add_parser("replay")
    step.add_argument("file")
    step.add_argument("--wait", type=int, default=2000)
    step = steps.add_parser("probe")
    step.add_argument("name", help="see forge.py")
    step.add_argument("hoa")
    step.add_argument("--dar")
    step.add_argument("--wait", type=int, default=400)
    step = steps.add_parser("forget", help="lose the PHKT of an address, as a reboot does")
    step.add_argument("hoa")
    step = steps.add_parser("spoof", help="needs no state, runs in any namespace")
    for name in ("outer-src", "outer-dst", "inner-src", "inner-dst"):
        step.add_argument("--" + name, required=True)
    step.add_argument("--port", type=int, default=9)
    step.add_argument("--count", type=int, default=1)
    step.add_argument("--text", default="spoofed")
    return parser.parse_args()


def main():
    options = arguments()
    if options.step == "spoof":
        print(json.dumps(forge.spoof(options)))
        return 0
    node = Node(options.state, options.device)
    if options.step == "solicit":
        result = node.solicit(options.timeout)
    elif options.step == "attach":
        result = node.attach(options.timeout)
    elif options.step == "bind":
        result = node.bind(options.hoa, options)
    elif options.step in ("unbind", "home"):
        result = node.unbind(options.hoa, options, options.step == "home")
    elif options.step == "coti":
        result = node.care_of_test(options.hoa, options)
    elif options.step == "probe":
        result = node.probe(options.name, options.hoa, options)
    elif options.step == "replay":
        with open(options.file, encoding="ascii") as source:
            result = node.exchange(json.load(source), options.wait)
    else:
        node.entry(options.hoa)["phkt"] = None
        result = {"forgot": options.hoa}
    node.save()
    print(json.dumps(result))
    return 0


sys.exit(main())

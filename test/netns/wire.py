#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Owns the judgement of what a node sent and heard: a capture as a JSON array, one message each.

    wire.py --state STATE_DIR --mac MAC FILE.pcap

The key in STATE_DIR opens the PHKT of each BA, so that every authenticator can be checked.
`problems` of a BU names what 8.2 and 8.3 of the protocol do not allow.
"""
import argparse
import glob
import hmac
import json
import struct

import cga
import link
import mip6

NTP_EPOCH = 2208988800


def order_cga(kinds, lifetime):
    """Options of a BU-CGA in the order of 8.3, those that may be absent if they are there."""
    order = [mip6.ALT_COA] if lifetime else []
    order += [mip6.REPLAY, mip6.CGA_PARAMS, mip6.SIGNATURE]
    order += [mip6.CAREOF_INIT] if lifetime and mip6.CAREOF_INIT in kinds else []
    order += [mip6.CGA_REQUEST]
    return order + ([mip6.NONCES, mip6.BAD] if lifetime and mip6.NONCES in kinds else [])


def order_phkt(kinds, lifetime):
    """The same of a BU-PHKT: early with or without option 15, or complete."""
    if not lifetime:
        return [mip6.BAD]
    middle = [kind for kind in (mip6.CAREOF_INIT, mip6.NONCES) if kind in kinds]
    return [mip6.ALT_COA] + middle[:1] + [mip6.BAD]


def frames(path):
    """(time, frame) of a pcap file; the last may be cut short while tcpdump writes."""
    with open(path, "rb") as source:
        data = source.read()
    magic = struct.unpack("=I", data[:4])[0]
    unit = 1e9 if magic == 0xA1B23C4D else 1e6
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack("=IIII", data[at : at + 16])
        if at + 16 + size > len(data):
            return
        yield seconds + fraction / unit, data[at + 16 : at + 16 + size]
        at += 16 + size


def upper(packet):
    """(HoA of a HAO or RH2, whether it was RH2, offset of the Mobility Header) or None."""
    if packet[6] == mip6.NH_MH:
        return None, False, 40
    if packet[6] in (mip6.NH_DESTOPTS, mip6.NH_ROUTING) and packet[40] == mip6.NH_MH:
        return packet[48:64], packet[6] == mip6.NH_ROUTING, 40 + (packet[41] + 1) * 8
    return None


class Judge:
    def __init__(self, key):
        self.key = key
        self.phkt = {}  # HoA -> token of its last BA
        self.stamps = {}  # HoA -> last timestamp it signed
        self.sequences = {}  # DAR -> last sequence number
        self.updates = {}  # (HoA, sequence) -> BU
        self.careof = {}  # (HoA, 0xffff) or (DAR, CoA, index) -> care-of keygen token
        self.cookies = {}  # (DAR, CoA) -> cookies of CoTIs

    def signed(self, bu, mh, options, problems):
        """The proofs of a BU-CGA: address, signature, key, time."""
        params = b"".join(data for kind, _, data in options if kind == mip6.CGA_PARAMS)
        end = max(at + 2 + len(data) for kind, at, data in options if kind == mip6.CGA_PARAMS)
        signature = next((data for kind, _, data in options if kind == mip6.SIGNATURE), b"")
        covered = mh[:4] + b"\0\0" + mh[6:end]
        hoa, dar = mip6.address(bu["hoa"]), mip6.address(bu["dar"])
        coa = mip6.address(bu["coa"]) if bu["lifetime"] else hoa
        if not cga.verify_address(hoa, params):
            problems.append("the CGA parameters are not those of the HoA (C-58)")
        if not cga.verify_signature(params, coa, dar, covered, signature):
            problems.append("wrong signature (C-59)")
        if self.key and params[25:] != cga.Identity(self.key, b"").spki:
            problems.append("not the key of the state directory")
        stamp = next((data for kind, _, data in options if kind == mip6.REPLAY), None)
        if stamp is None:
            problems.append("no timestamp")
        else:
            bu["stamp"] = int.from_bytes(stamp, "big") / 2**32 - NTP_EPOCH
            if self.stamps.get(bu["hoa"], 0) >= bu["stamp"]:
                problems.append("the timestamp does not grow (C-60)")
            self.stamps[bu["hoa"]] = bu["stamp"]
            if abs(bu["stamp"] - bu["t"]) > 2:
                problems.append("a timestamp %.1f s off" % (bu["stamp"] - bu["t"]))

    def update(self, time, packet):
        hoa, _, at = upper(packet)
        mh, source, dar = packet[at:], packet[8:24], packet[24:40]
        options = mip6.parse_options(mh)
        sequence, flags, lifetime = struct.unpack("!HHH", mh[6:12])
        bu = dict(kind="bu", t=time, hoa=mip6.text(hoa or source), coa=mip6.text(source))
        bu.update(dar=mip6.text(dar), sequence=sequence, flags=flags, lifetime=lifetime)
        bu.update(hao=hoa is not None, octets=len(packet), auth=None)
        problems = []
        wire = hoa or source
        if mip6.with_checksum(mh, wire, dar)[4:6] != mh[4:6]:
            problems.append("checksum over the HoA does not fit (C-02)")
        if mh[0] != mip6.NH_NONE or mh[3] or (mh[1] + 1) * 8 != len(mh):
            problems.append("fixed part " + mh[:4].hex())
        if flags != mip6.FLAG_A | mip6.FLAG_H:
            problems.append("flags 0x%04x, not A and H alone (M-07)" % flags)
        if options is None:
            return dict(bu, problems=problems + ["malformed options"])
        kinds = [kind for kind, _, _ in options]
        bu["options"] = kinds
        alternate = mip6.option(mh, mip6.ALT_COA)
        if lifetime and (not alternate or alternate[1] != source or hoa is None):
            problems.append("no HAO, or no option 3 that equals the source (M-07)")
        if lifetime > 21600:
            problems.append("lifetime over a day (M-38)")
        if mip6.CGA_PARAMS in kinds:
            bu["auth"] = "cga"
            once = [k for i, k in enumerate(kinds) if i == 0 or k != kinds[i - 1]]
            if once != order_cga(kinds, lifetime):
                problems.append("options %s (8.3)" % kinds)
            self.signed(bu, mh, options, problems)
            token = self.token(bu, mh, problems)
            if token and not self.fits(cga.ZERO_TOKEN, token, lifetime, source, dar, mh):
                problems.append("wrong authenticator over the care-of token (8.5)")
        elif mip6.BAD in kinds:
            bu["auth"] = "phkt"
            if kinds != order_phkt(kinds, lifetime):
                problems.append("options %s (8.3)" % kinds)
            phkt = self.phkt.get(bu["hoa"])
            token = self.token(bu, mh, problems) or cga.ZERO_TOKEN
            if phkt is None:
                problems.append("a PHKT that no BA brought")
            elif not self.fits(phkt, token, lifetime, source if lifetime else wire, dar, mh):
                problems.append("wrong authenticator (C-44)")
        else:
            problems.append("no proof")
        self.order(bu, problems)
        self.updates[bu["hoa"], sequence] = bu
        return dict(bu, problems=problems)

    def order(self, bu, problems):
        """M-12: strictly increasing, per HoA here; RFC 6275 asks for it per destination."""
        last = self.sequences.get(bu["hoa"])
        if last is not None and not 0 < (bu["sequence"] - last) & 0xFFFF < 32768:
            problems.append("sequence %d after %d (M-12)" % (bu["sequence"], last))
        self.sequences[bu["hoa"]] = bu["sequence"]

    def token(self, bu, mh, problems):
        """The care-of token of a complete BU; None for an early one. The BU tells which it is."""
        bu["test"] = mip6.option(mh, mip6.CAREOF_INIT) is not None
        indices = mip6.option(mh, mip6.NONCES)
        bu["index"] = int.from_bytes(indices[1][2:], "big") if indices else None
        if not indices:
            return None
        if indices[1][:2] != bytes(2) or not bu["index"]:
            problems.append("nonce indices %s (A-04)" % indices[1].hex())
        place = (bu["hoa"], 0xFFFF) if bu["index"] == 0xFFFF else (bu["dar"], bu["coa"], bu["index"])
        token = self.careof.get(place)
        if token is None:
            problems.append("a care-of token that nobody gave for this CoA (8.5)")
        bu["careof"] = (token or cga.ZERO_TOKEN).hex()
        return token

    def test_init(self, time, packet):
        dar, coa = mip6.text(packet[24:40]), mip6.text(packet[8:24])
        cookie, problems = packet[48:56].hex(), []
        if mip6.with_checksum(packet[40:], packet[8:24], packet[24:40])[4:6] != packet[44:46]:
            problems.append("checksum (C-01)")
        if len(packet) != 56:
            problems.append("%d octets" % len(packet))
        sent = self.cookies.setdefault((dar, coa), [])
        if cookie in sent:
            problems.append("a cookie used before (M-24)")
        sent.append(cookie)
        return dict(kind="coti", t=time, dar=dar, coa=coa, cookie=cookie, problems=problems)

    def care_of_test(self, time, packet):
        dar, coa = mip6.text(packet[8:24]), mip6.text(packet[24:40])
        index, cookie, token, problems = mip6.read_cot(packet)
        if cookie.hex() in self.cookies.get((dar, coa), []) and not problems:
            self.careof[dar, coa, index] = token
        return dict(kind="cot", t=time, dar=dar, coa=coa, index=index, problems=problems)

    @staticmethod
    def fits(phkt, token, lifetime, coa, dar, mh):
        key = cga.kbm(phkt, token) if lifetime else cga.kbm(phkt)
        covered = mh[:4] + b"\0\0" + mh[6:-12]
        return hmac.compare_digest(cga.authenticator(key, coa, dar, covered), mh[-12:])

    def acknowledgement(self, time, packet):
        hoa, routed, at = upper(packet)
        mh, dar, destination = packet[at:], packet[8:24], packet[24:40]
        wire = hoa or destination
        ba = dict(kind="ba", t=time, hoa=mip6.text(wire), coa=mip6.text(destination), rh2=routed)
        ba.update(dar=mip6.text(dar), status=mh[6])
        ba["sequence"], ba["lifetime"] = struct.unpack("!HH", mh[8:12])
        options = mip6.parse_options(mh) or []
        ba["options"] = [kind for kind, _, _ in options]
        bu = self.updates.get((ba["hoa"], ba["sequence"]))
        asked = bu["lifetime"] if bu else ba["lifetime"]
        phkt = self.phkt.get(ba["hoa"])
        carried = mip6.option(mh, mip6.PHKT)
        if carried and self.key:
            phkt = cga.Identity(self.key, b"").decrypt(carried[1])
        token = bytes.fromhex(bu.get("careof", "00" * 8)) if bu else cga.ZERO_TOKEN
        ba["authenticated"] = bool(
            phkt and ba["options"][-1:] == [mip6.BAD]
            and self.fits(phkt, token, asked, destination if asked else wire, dar, mh)
        )
        given = mip6.option(mh, mip6.CAREOF_TEST)
        if given and (ba["authenticated"] or phkt is None):
            self.careof[ba["hoa"], 0xFFFF] = given[1]
        if carried and ba["authenticated"]:
            self.phkt[ba["hoa"]] = phkt
            ba["phkt"] = phkt.hex()
        if bu:
            ba["us"] = round((time - bu["t"]) * 1e6)
        return ba


def describe(judge, time, frame):
    packet = frame[14:]
    packet = packet[: 40 + int.from_bytes(packet[4:6], "big")]
    source, destination = mip6.text(packet[8:24]), mip6.text(packet[24:40])
    common = dict(t=time, source=source, destination=destination)
    place = upper(packet)
    if place:
        kind = packet[place[2] + 2]
        if kind == mip6.MH_BU:
            return judge.update(time, packet)
        if kind == mip6.MH_BA:
            return judge.acknowledgement(time, packet)
        if kind == mip6.MH_COTI and packet[6] == mip6.NH_MH:
            return judge.test_init(time, packet)
        if kind == mip6.MH_COT and mip6.read_cot(packet):
            return judge.care_of_test(time, packet)
        return dict(common, kind="mh", type=kind)
    if packet[6] == mip6.NH_IPV6:
        inner = packet[40:]
        return dict(
            common, kind="tunnel", hop_limit=packet[7], octets=len(packet),
            label=int.from_bytes(packet[1:4], "big") & 0xFFFFF,
            traffic_class=int.from_bytes(packet[:2], "big") >> 4 & 0xFF,
            inner=dict(
                source=mip6.text(inner[8:24]), destination=mip6.text(inner[24:40]),
                hop_limit=inner[7], next_header=inner[6],
                traffic_class=int.from_bytes(inner[:2], "big") >> 4 & 0xFF,
            ),
        )
    if packet[6] != mip6.NH_ICMPV6:
        return dict(common, kind="native", next_header=packet[6], octets=len(packet))
    body, what = packet[40:], packet[40]
    if what == link.RS:
        options = link.nd_options(body[8:])
        return dict(common, kind="rs", slla=options.get(1, [b""])[0][2:8].hex(":"), hops=packet[7])
    if what == link.RA:
        return dict(link.describe_ra(frame, packet), kind="ra", t=time)
    if what == link.NS:
        return dict(common, kind="ns", target=mip6.text(body[8:24]))
    if what == link.NA:
        return dict(link.describe_na(frame, packet), kind="na", t=time)
    kind = "error" if what < 128 else "native"
    return dict(common, kind=kind, next_header=58, type=what, code=body[1], octets=len(packet))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--state", required=True, help="state_dir of the node")
    parser.add_argument("--mac", required=True, help="of the node")
    parser.add_argument("capture")
    options = parser.parse_args()
    key = None
    for path in glob.glob(options.state + "/*.pem"):
        with open(path, "rb") as source:
            key = cga.Identity.load(source.read(), b"").key
    judge, mac = Judge(key), bytes.fromhex(options.mac.replace(":", ""))
    messages = []
    for time, frame in frames(options.capture):
        if frame[12:14] == b"\x86\xdd" and len(frame) >= 54:
            messages.append(dict(describe(judge, time, frame), out=frame[6:12] == mac))
    print(json.dumps(messages))


if __name__ == "__main__":
    main()

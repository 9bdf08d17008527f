#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An anchor that a test plays: it answers the BUs of a node with right and wrong BAs.

    hdar.py serve DEVICE ADDRESS MODE STATE    in the DAR's namespace, whose famad is stopped
    hdar.py inject STATE WORD...               in any namespace, from what STATE knows
    hdar.py strange WORD --hoa --coa --dar --sequence    a stranger's BA, without any token

MODE is a file read at each BU: words, one BA each; none for silence. STATE is a JSON file with
the last BU and the tokens of each HoA, and a list of all BUs and CoTIs. A CoTI is answered
unless MODE has the word `nocot`. A word is `accept` with changes
behind commas, in any order:

    status=N lifetime=UNITS seq=+N|N     other fields
    nobad badmac trailing                without, with a wrong, with something behind option 5
    badphkt shortphkt nophkt             option 14 not decryptable, of 7 octets, absent
    proof                                options 12 and 13 that prove nothing
    token                                option 16 where option 15 asked for it
    none sl=N len=N other=HOA            no routing header, or a wrong one
    source=ADDRESS proto=N checksum hdrlen=N option    a packet that is not right
"""
import argparse
import json
import os
import socket
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding

import cga
import mip6
from link import Link
from wire import upper


def flipped(octets):
    return octets[:-1] + bytes([octets[-1] ^ 1])


def encrypt(spki, token):
    return serialization.load_der_public_key(spki).encrypt(token, padding.PKCS1v15())


def read_bu(packet):
    """The fields of a BU that an answer needs; nothing is verified."""
    hoa, _, at = upper(packet)
    mh = packet[at:]
    options = mip6.parse_options(mh) or []
    params = b"".join(data for kind, _, data in options if kind == mip6.CGA_PARAMS)
    stamp, indices = mip6.option(mh, mip6.REPLAY), mip6.option(mh, mip6.NONCES)
    return {
        "t": time.time(), "hoa": (hoa or packet[8:24]).hex(), "coa": packet[8:24].hex(),
        "dar": packet[24:40].hex(), "sequence": int.from_bytes(mh[6:8], "big"),
        "lifetime": int.from_bytes(mh[10:12], "big"), "hao": hoa is not None,
        "auth": "cga" if params else "phkt", "spki": params[25:].hex(),
        "stamp": stamp[1].hex() if stamp else None, "options": [kind for kind, _, _ in options],
        "index": int.from_bytes(indices[1][2:], "big") if indices else None,
    }


def token_option(bu, token, change):
    """Option 14 for a signed BU."""
    if not bu["spki"] or not bu["lifetime"] or "nophkt" in change:
        return []
    octets = encrypt(bytes.fromhex(bu["spki"]), token[:7] if "shortphkt" in change else token)
    if "badphkt" in change:
        octets = bytes([octets[0] ^ 1]) + octets[1:]
    return [(mip6.PHKT, octets)]


def careof_of(coa, index):
    """The care-of keygen token: here a function of both, so that nothing is to be kept."""
    return cga.sha1(coa, index.to_bytes(2, "big"))[:8]


def answer_test(packet):
    """The CoT for a CoTI."""
    coa, dar = packet[8:24], packet[24:40]
    fixed = (7).to_bytes(2, "big") + packet[48:56] + careof_of(coa, 7)
    mh = mip6.mobility_header(mip6.MH_COT, fixed, [])
    return mip6.ipv6(dar, coa, mip6.NH_MH, mip6.with_checksum(mh, dar, coa))


def sequence_of(bu, change):
    text = change.get("seq", "+0")
    return (int(text) + (bu["sequence"] if text[0] in "+-" else 0)) & 0xFFFF


def build_mh(bu, token, change):
    """The Mobility Header of the BA, with its authenticator, without checksum."""
    status, lifetime = int(change.get("status", 0)), bu["lifetime"]
    granted = int(change.get("lifetime", lifetime))
    options = []
    if bu["stamp"] and (status < 128 or status == 144):
        options.append((mip6.REPLAY, bytes.fromhex(bu["stamp"])))
    if status < 128:
        options += token_option(bu, token, change)
        if "token" in change and mip6.CAREOF_INIT in bu["options"]:
            options.append((mip6.CAREOF_TEST, careof_of(bytes.fromhex(bu["coa"]), 0xFFFF)))
    if "proof" in change:
        options += [(mip6.CGA_PARAMS, os.urandom(187)), (mip6.SIGNATURE, os.urandom(128))]
    if "option" in change:
        options.append((99, bytes(3)))
    if "nobad" not in change:
        options.append((mip6.BAD, bytes(12)))
    fixed = bytes([status, 0]) + sequence_of(bu, change).to_bytes(2, "big")
    mh = mip6.mobility_header(mip6.MH_BA, fixed + granted.to_bytes(2, "big"), options)
    if "option" in change:  # its length says more than there is
        at = mip6.option(mh, 99)[0]
        mh = mh[: at + 1] + b"\xf0" + mh[at + 2 :]
    if "nobad" not in change:
        careof = cga.ZERO_TOKEN
        if bu["index"] is not None:
            careof = careof_of(bytes.fromhex(bu["coa"]), bu["index"])
        key = cga.kbm(token, careof) if lifetime else cga.kbm(token)
        coa = bytes.fromhex(bu["coa" if lifetime else "hoa"])
        mac = cga.authenticator(key, coa, bytes.fromhex(bu["dar"]), mh[:-12])
        mh = mh[:-12] + (flipped(mac) if "badmac" in change else mac)
    if "trailing" in change:
        mh = mh[:1] + bytes([mh[1] + 1]) + mh[2:] + bytes([mip6.PADN, 6]) + bytes(6)
    if "proto" in change:
        mh = bytes([int(change["proto"])]) + mh[1:]
    if "hdrlen" in change:
        mh = mh[:1] + bytes([int(change["hdrlen"])]) + mh[2:]
    return mh


def changes(word):
    return dict((part.split("=") + [""])[:2] for part in word.split(",")[1:])


def build(bu, token, word):
    """The whole packet."""
    change = changes(word)
    hoa, coa, dar = (bytes.fromhex(bu[name]) for name in ("hoa", "coa", "dar"))
    source = mip6.address(change["source"]) if "source" in change else dar
    routed = mip6.address(change["other"]) if "other" in change else hoa
    direct = "none" in change or not bu["hao"]
    mh = mip6.with_checksum(build_mh(bu, token, change), source, coa if direct else routed)
    if "checksum" in change:
        mh = mh[:5] + bytes([mh[5] ^ 1]) + mh[6:]
    if direct:
        return mip6.ipv6(source, coa, mip6.NH_MH, mh)
    length, left = int(change.get("len", 2)), int(change.get("sl", 1))
    header = bytes([mip6.NH_MH, length, 2, left]) + bytes(4) + routed
    header += hoa[: (length + 1) * 8 - 24] if length > 2 else b""
    return mip6.ipv6(source, coa, mip6.NH_ROUTING, header + mh)


def send(packet):
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(packet, (mip6.text(packet[24:40]), 0))


def answer(state, packet, words):
    """One BU, answered with a BA for each word."""
    bu = read_bu(packet)
    token = bytes.fromhex(state["tokens"].get(bu["hoa"], "00" * 8))
    if bu["auth"] == "cga" and bu["lifetime"]:
        token = os.urandom(8)
    for word in words:
        send(build(bu, token, word))
    if any(set(changes(word)) <= {"lifetime", "token"} for word in words):
        state["tokens"][bu["hoa"]] = token.hex()
    bu["answers"] = words
    state["last"][bu["hoa"]] = bu
    state["updates"].append({k: bu[k] for k in bu if k not in ("spki", "stamp")})


def serve(options):
    """Answers what comes for ADDRESS as MODE says, for ever."""
    link, address = Link(options.device), mip6.address(options.address)
    state = {"tokens": {}, "last": {}, "updates": [], "tests": []}
    print("listening", flush=True)
    while True:
        for _, packet in link.frames(3600):
            place = upper(packet)
            if packet[24:40] != address or not place:
                continue
            with open(options.mode, encoding="ascii") as source:
                words = source.read().split()
            kind = packet[place[2] + 2]
            if kind == mip6.MH_COTI and packet[6] == mip6.NH_MH:
                state["tests"].append({"t": time.time(), "cookie": packet[48:56].hex()})
                if "nocot" not in words:
                    send(answer_test(packet))
            elif kind == mip6.MH_BU:
                answer(state, packet, [word for word in words if word != "nocot"])
            else:
                continue
            with open(options.state + ".new", "w", encoding="ascii") as target:
                json.dump(state, target)
            os.rename(options.state + ".new", options.state)


def inject(options):
    with open(options.state, encoding="ascii") as source:
        state = json.load(source)
    for hoa, bu in state["last"].items():
        for word in options.words:
            send(build(bu, bytes.fromhex(state["tokens"].get(hoa, "00" * 8)), word))


def strange(options):
    bu = {
        "hoa": mip6.address(options.hoa).hex(), "coa": mip6.address(options.coa).hex(),
        "dar": mip6.address(options.dar).hex(), "sequence": options.sequence,
        "lifetime": 21600, "hao": True, "spki": "", "stamp": None, "options": [], "index": None,
    }
    for word in options.words:
        if "status=144" in word:
            bu["stamp"] = (int(time.time() + 2208988800 - 1000) << 32).to_bytes(8, "big").hex()
        send(build(bu, os.urandom(8), word))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    steps = parser.add_subparsers(dest="step", required=True)
    step = steps.add_parser("serve")
    for name in ("device", "address", "mode", "state"):
        step.add_argument(name)
    step = steps.add_parser("inject")
    step.add_argument("state")
    step.add_argument("words", nargs="+")
    step = steps.add_parser("strange")
    step.add_argument("words", nargs="+")
    for name in ("hoa", "coa", "dar"):
        step.add_argument("--" + name, required=True)
    step.add_argument("--sequence", type=int, required=True)
    options = parser.parse_args()
    {"serve": serve, "inject": inject, "strange": strange}[options.step](options)


if __name__ == "__main__":
    main()

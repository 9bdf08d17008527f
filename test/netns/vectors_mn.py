#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Holds the tests' own encoder and verifier to test/vectors, every octet; prints TAP."""
import json
import os
import sys

import cga
import mip6
from answer import bu_asked, judge

HERE = os.path.dirname(os.path.abspath(__file__))
VECTORS = os.path.join(HERE, "..", "vectors")
NTP = 0xEA00000012345678
count = failures = 0


def same(name, expected, seen):
    global count, failures
    count += 1
    if expected == seen:
        print("ok %d - %s" % (count, name))
        return
    failures += 1
    print("not ok %d - %s\n# expected %s\n# seen     %s" % (count, name, expected, seen))


def identity_of(which, modifier):
    with open(os.path.join(VECTORS, which), "rb") as pem:
        return cga.Identity.load(pem.read(), bytes.fromhex(modifier))


def check_rfc3972():
    spki = bytes.fromhex(
        "305c300d06092a864886f70d0101010500034b003048024100c2c2f137305454"
        "f10bd9cea36844b530e9211a4b262b16467cb7dfba1f595c0194f275be5a4d38"
        "6f2c3c2382508773c7867f9b3b9e63a09c7bc48f7a54ebefaf0203010001"
    )
    modifier = bytes.fromhex("89a8a8b2e858d8b8f2633f44d2d4ce9b")
    params = modifier + mip6.address("fe80::")[:8] + b"\0" + spki
    target = mip6.address("fe80::3c4a:5bf6:ffb4:ca6c")
    same("RFC 3972 appendix A verifies", True, cga.verify_address(target, params))
    worse = bytes([modifier[0], *modifier[1:15], 0x9A]) + params[16:]
    same("the modifier before it does not", False, cga.verify_address(target, worse))


def check_bus(name, v, mn, hoa, coa2, coa3, dar):
    token = bytes.fromhex(v["careof_token_CoA3"])
    built = {
        "BU1_cga_fast": (mip6.build_bu_cga(mn, hoa, coa2, dar, 0x1234, 21600, NTP), coa2, False),
        "BU2_phkt_early": (
            mip6.build_bu_phkt(bytes.fromhex(v["phkt"]), hoa, coa3, dar, 0x1235, 21600), coa3, False,
        ),
        "BU3_phkt_complete": (
            mip6.build_bu_phkt(
                bytes.fromhex(v["phkt"]), hoa, coa3, dar, 0x1236, 21600, careof=(7, token)
            ), coa3, False,
        ),
        "BU3b_cga_secure": (
            mip6.build_bu_cga(
                mn, hoa, coa3, dar, 0x1236, 21600, NTP, careof=(7, token), request=False
            ), coa3, False,
        ),
        "BU4_dereg_away": (
            mip6.build_bu_phkt(bytes.fromhex(v["phkt"]), hoa, coa3, dar, 0x1237, 0), coa3, False,
        ),
        "BU5_dereg_home": (
            mip6.build_bu_phkt(bytes.fromhex(v["phkt"]), hoa, hoa, dar, 0x1238, 0), hoa, True,
        ),
    }
    for bu, (mh, source, at_home) in built.items():
        packet = mip6.bu_packet(mh, source, hoa, dar, at_home)
        same("%s %s built (C-02, C-44, C-59)" % (name, bu), v[bu]["packet"], packet.hex())
    coti = mip6.test_init(mip6.MH_COTI, coa3, dar, bytes.fromhex("c0c1c2c3c4c5c6c7"))
    same(name + " CoTI built", v["CoTI"]["packet"], coti.hex())
    index, cookie, seen, problems = mip6.read_cot(bytes.fromhex(v["CoT"]["packet"]))
    same(
        name + " CoT read (C-52)", (7, "c0c1c2c3c4c5c6c7", token, []),
        (index, cookie.hex(), seen, problems),
    )


def check_bas(name, v, mn, hoa, dar):
    phkt = bytes.fromhex(v["phkt"])
    rows = [
        ("BA1_phkt_no_dar_proof", "CoA2", 0x1234, 21600, None, False),
        ("BA1_phkt_dar_cga", "CoA2", 0x1234, 21600, None, False),
        ("BA2", "CoA3", 0x1235, 21600, phkt, False),
        ("BA5_dereg_home", None, 0x1238, 0, phkt, True),
    ]
    for ba, coa, sequence, lifetime, key, at_home in rows:
        packet = bytes.fromhex(v[ba]["packet"])
        source = mip6.address(v[coa]) if coa else hoa
        asked = bu_asked(sequence, lifetime, key, NTP, at_home=at_home)
        seen = judge(mn, packet, hoa, source, dar, asked)
        same("%s %s judged good" % (name, ba), [], seen["problems"])
        same("%s %s authenticated" % (name, ba), True, seen["authenticated"])
        if key is None:
            same("%s %s gives the PHKT (C-68)" % (name, ba), v["phkt"], seen["phkt"])
            proof = True if ba.endswith("dar_cga") else None
            same("%s %s proves the DAR's address, or not (C-74)" % (name, ba), proof, seen["dar_proof"])
        broken = packet[:-1] + bytes([packet[-1] ^ 1])
        seen = judge(mn, broken, hoa, source, dar, asked)
        same("%s %s with a wrong authenticator is not" % (name, ba), False, seen["authenticated"])
    packet = bytes.fromhex(v["BA_err_147_noauth"]["packet"])
    asked = bu_asked(0x1235, 21600, phkt)
    seen = judge(mn, packet, hoa, mip6.address(v["CoA3"]), dar, asked)
    same("%s BA_err_147 read" % name, (147, False), (seen["status"], seen["authenticated"]))


def main():
    with open(os.path.join(VECTORS, "vectors.json"), encoding="ascii") as source:
        vectors = json.load(source)
    check_rfc3972()
    for name, pem in (("S1024", "mn_rsa1024.pem"), ("S2040", "mn_rsa2040.pem")):
        v = vectors[name]
        mn = identity_of(pem, v["modifier_sec0"])
        same(name + " public key", v["spki"], mn.spki.hex())
        prefix = mip6.address("2001:db8:1::")
        for collisions, expected in v["HoA1_sec0_cc"].items():
            seen = mip6.text(mn.address(prefix, int(collisions)))
            same("%s CGA, collision count %s (M-01)" % (name, collisions), expected, seen)
        sec1 = identity_of(pem, v["modifier_sec1"])
        same(name + " CGA, Sec 1", v["HoA1_sec1"], mip6.text(sec1.address(prefix, 0, 1)))
        hoa = mip6.address(v["HoA1_sec0_cc"]["0"])
        coa2, coa3, dar = (mip6.address(v[key]) for key in ("CoA2", "CoA3", "DAR1"))
        check_bus(name, v, mn, hoa, coa2, coa3, dar)
        check_bas(name, v, mn, hoa, dar)
    print("1..%d" % count)
    return failures > 0


sys.exit(main())

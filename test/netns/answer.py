# SPDX-License-Identifier: BSD-2-Clause
"""Owns the judgement of answers: everything 8.4 and 8.5 say about a Binding Acknowledgement."""
import hmac

import cga
import mip6
from link import icmpv6_valid


def key_of(identity, options, phkt, lifetime, bu_was_cga, careof_token):
    """(Kbm, PHKT it carries) of a BA; a BA to a BU-CGA is keyed with the token inside (C-71).

    `careof_token` is that of a complete BU, else eight zeros (8.5).
    """
    carried = None
    if bu_was_cga:
        for kind, _, data in options:
            if kind == mip6.PHKT:
                carried = identity.decrypt(data)
        if carried is None:
            return None, None
        return cga.kbm(carried, careof_token), carried
    if phkt is None:
        return None, None
    return (cga.kbm(phkt, careof_token) if lifetime else cga.kbm(phkt)), None


def dar_proof(options, mh, coa, dar):
    """None without options 12 and 13, else whether they prove the DAR's address (C-74)."""
    params = b"".join(data for kind, _, data in options if kind == mip6.CGA_PARAMS)
    signature = next((data for kind, _, data in options if kind == mip6.SIGNATURE), None)
    if not params and signature is None:
        return None
    if not params or signature is None:
        return False
    end = max(at + 2 + len(data) for kind, at, data in options if kind == mip6.CGA_PARAMS)
    signed = mh[:4] + b"\0\0" + mh[6:end]
    return cga.verify_address(dar, params) and cga.verify_signature(
        params, coa, dar, signed, signature
    )


ORDER = [
    mip6.REFRESH, mip6.REPLAY, mip6.PHKT, mip6.CAREOF_TEST, mip6.CGA_PARAMS, mip6.SIGNATURE, mip6.BAD,
]


def option_problems(status, options, asked, authenticated):
    """What 8.4 says about the options of each kind of answer; `asked` is the BU (see judge())."""
    kinds = [kind for kind, _, _ in options]
    bu_was_cga, lifetime, timestamp = asked["phkt"] is None, asked["lifetime"], asked["timestamp"]
    problems = []
    places = [ORDER.index(kind) for kind in kinds if kind in ORDER]
    if places != sorted(places) or len(places) != len(kinds):
        problems.append("options %s (8.4)" % kinds)
    if status < 128 and bu_was_cga and timestamp is not None:
        copied = [data for kind, _, data in options if kind == mip6.REPLAY]
        if copied != [timestamp.to_bytes(8, "big")]:
            problems.append("replay option %s, not a copy" % [c.hex() for c in copied])
    if status < 128 and bu_was_cga and lifetime and mip6.PHKT not in kinds:
        problems.append("no PHKT in the answer to a signed BU (C-67)")
    if (not bu_was_cga or not lifetime or status >= 128) and mip6.PHKT in kinds:
        problems.append("a PHKT where none belongs")
    if mip6.CAREOF_TEST in kinds and (status >= 128 or not asked["test"] or not lifetime):
        problems.append("option 16 where none belongs (C-77)")
    if mip6.REFRESH in kinds and (status >= 128 or not lifetime):
        problems.append("Binding Refresh Advice where none belongs (C-37)")
    if mip6.CGA_PARAMS in kinds and not asked["request"]:
        problems.append("options 12 and 13 that nobody asked for (C-74)")
    if status in (137, 147) and mip6.BAD in kinds:
        problems.append("status %d carries authorization data" % status)
    if status < 128 and not authenticated and (lifetime or not bu_was_cga):
        problems.append("accepted, but not authenticated")
    if mip6.BAD in kinds and not authenticated:
        problems.append("wrong authenticator (C-44)")
    return problems


def bu_asked(sequence, lifetime, phkt=None, timestamp=None, **more):
    """What a BU was, as far as its answer depends on it; `phkt` None says that it was signed.

    careof (token of a complete BU), test (option 15), request (option 11), at_home, registered
    (option 3, where it is not the source).
    """
    asked = dict(sequence=sequence, lifetime=lifetime, phkt=phkt, timestamp=timestamp)
    asked.update(careof=cga.ZERO_TOKEN, test=False, request=phkt is None, at_home=False)
    asked["registered"] = None
    asked.update(more)
    return asked


def judge(identity, packet, hoa, source, dar, asked):
    """A dictionary for the scripts; `problems` is empty for a BA an MN may believe.

    `source` is the address the BU came from, `asked` as bu_asked() makes it.
    """
    at = mip6.read_ba(packet)
    mh = packet[at:]
    problems = mip6.ba_problems(packet, at, dar)
    options = mip6.parse_options(mh) or []
    lifetime, phkt = asked["lifetime"], asked["phkt"]
    coa = mip6.address(asked["registered"]) if asked["registered"] else source
    coa = coa if lifetime else hoa
    status, seen_sequence = mh[6], int.from_bytes(mh[8:10], "big")
    granted = int.from_bytes(mh[10:12], "big")
    if packet[24:40] != source:
        problems.append("sent to %s, not to the BU's source (C-18)" % mip6.text(packet[24:40]))
    routed = packet[48:64] if packet[6] == mip6.NH_ROUTING else None
    if routed != (None if asked["at_home"] else hoa):
        problems.append("type 2 routing header: %s (C-18)" % (routed and mip6.text(routed)))
    if status != 135 and seen_sequence != asked["sequence"]:
        problems.append("sequence %d, not %d (C-23)" % (seen_sequence, asked["sequence"]))
    if status < 128 and granted > lifetime:
        problems.append("granted %d of %d units (C-28)" % (granted, lifetime))
    key, carried = key_of(identity, options, phkt, lifetime, phkt is None, asked["careof"])
    authenticated = False
    if key is not None and options and options[-1][0] == mip6.BAD:
        data = mh[:4] + b"\0\0" + mh[6:-12]
        expected = cga.authenticator(key, coa, dar, data)
        authenticated = hmac.compare_digest(expected, options[-1][2])
    problems += option_problems(status, options, asked, authenticated)
    proof = dar_proof(options, mh, coa, dar)
    if proof is False:
        problems.append("the DAR's proof of its address is wrong (C-74)")
    found = {kind: data for kind, _, data in reversed(options)}
    advice = found.get(mip6.REFRESH)
    if advice and not 0 < int.from_bytes(advice, "big") < granted:
        problems.append("refresh advice %s of %d units" % (advice.hex(), granted))
    return {
        "status": status,
        "sequence": seen_sequence,
        "lifetime": granted,
        "options": [kind for kind, _, _ in options],
        "authenticated": authenticated,
        "dar_proof": proof,
        "phkt": carried.hex() if carried and authenticated else None,
        "careof": found[mip6.CAREOF_TEST].hex() if mip6.CAREOF_TEST in found else None,
        "refresh": advice and int.from_bytes(advice, "big"),
        "replay": found[mip6.REPLAY].hex() if mip6.REPLAY in found else None,
        "problems": problems,
    }


def reaction(packet):
    """What else than a BA may answer: a Binding Error or an ICMPv6 error."""
    if packet[6] == mip6.NH_MH and len(packet) >= 64 and packet[42] == mip6.MH_BE:
        return {
            "answer": "be", "status": packet[46], "hoa": mip6.text(packet[48:64]), "problems": [],
            "octets": len(packet), "to": mip6.text(packet[24:40]), "mh": packet[40:44].hex(),
            "checksum_ok": mip6.with_checksum(packet[40:], packet[8:24], packet[24:40]) == packet[40:],
        }
    cot = mip6.read_cot(packet)
    if cot:
        return {"answer": "cot", "index": cot[0], "octets": len(packet), "problems": cot[3]}
    if packet[6] == mip6.NH_ICMPV6 and len(packet) >= 48 and packet[40] < 128:
        return {
            "answer": "icmp", "type": packet[40], "code": packet[41], "problems": [],
            "pointer": int.from_bytes(packet[44:48], "big"), "from": mip6.text(packet[8:24]),
            "hop_limit": packet[7], "quoted": packet[48:].hex(), "octets": len(packet),
            "checksum_ok": icmpv6_valid(packet),
        }
    return None

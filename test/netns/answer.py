# SPDX-License-Identifier: BSD-2-Clause
"""Owns the judgement of a Binding Acknowledgement: everything 8.4 and 8.5 say about it."""
import hmac

import cga
import mip6


def key_of(identity, options, phkt, lifetime, bu_was_cga):
    """(Kbm, PHKT it carries) of a BA; a BA to a BU-CGA is keyed with the token inside (C-71)."""
    carried = None
    if bu_was_cga:
        for kind, _, data in options:
            if kind == mip6.PHKT:
                carried = identity.decrypt(data)
        if carried is None:
            return None, None
        return cga.kbm(carried, cga.ZERO_TOKEN), carried
    if phkt is None:
        return None, None
    return (cga.kbm(phkt, cga.ZERO_TOKEN) if lifetime else cga.kbm(phkt)), None


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


def option_problems(status, options, lifetime, timestamp, authenticated, bu_was_cga):
    """What 8.4 says about the options of each kind of answer."""
    kinds = [kind for kind, _, _ in options]
    problems = []
    if status < 128 and bu_was_cga and timestamp is not None:
        copied = [data for kind, _, data in options if kind == mip6.REPLAY]
        if copied != [timestamp.to_bytes(8, "big")]:
            problems.append("replay option %s, not a copy" % [c.hex() for c in copied])
    if status < 128 and bu_was_cga and lifetime and mip6.PHKT not in kinds:
        problems.append("no PHKT in the answer to a signed BU (C-67)")
    if (not bu_was_cga or not lifetime) and mip6.PHKT in kinds:
        problems.append("a PHKT where none belongs")
    if status in (137, 147) and mip6.BAD in kinds:
        problems.append("status %d carries authorization data" % status)
    if status < 128 and not authenticated and (lifetime or not bu_was_cga):
        problems.append("accepted, but not authenticated")
    if mip6.BAD in kinds and not authenticated:
        problems.append("wrong authenticator (C-44)")
    return problems


def judge(identity, packet, hoa, source, dar, sequence, lifetime, phkt, timestamp, at_home):
    """A dictionary for the scripts; `problems` is empty for a BA an MN may believe.

    `phkt` None says that the BU was a BU-CGA, `source` is the address the BU came from,
    `lifetime` what it asked for.
    """
    at = mip6.read_ba(packet)
    mh = packet[at:]
    problems = mip6.ba_problems(packet, at, dar)
    options = mip6.parse_options(mh) or []
    bu_was_cga = phkt is None
    coa = source if lifetime else hoa
    status, seen_sequence = mh[6], int.from_bytes(mh[8:10], "big")
    granted = int.from_bytes(mh[10:12], "big")
    if packet[24:40] != source:
        problems.append("sent to %s, not to the BU's source (C-18)" % mip6.text(packet[24:40]))
    routed = packet[48:64] if packet[6] == mip6.NH_ROUTING else None
    if routed != (None if at_home else hoa):
        problems.append("type 2 routing header: %s (C-18)" % (routed and mip6.text(routed)))
    if status != 135 and seen_sequence != sequence:
        problems.append("sequence %d, not %d (C-23)" % (seen_sequence, sequence))
    if status < 128 and granted > lifetime:
        problems.append("granted %d of %d units (C-28)" % (granted, lifetime))
    key, carried = key_of(identity, options, phkt, lifetime, bu_was_cga)
    authenticated = False
    if key is not None and options and options[-1][0] == mip6.BAD:
        data = mh[:4] + b"\0\0" + mh[6:-12]
        expected = cga.authenticator(key, coa, dar, data)
        authenticated = hmac.compare_digest(expected, options[-1][2])
    problems += option_problems(status, options, lifetime, timestamp, authenticated, bu_was_cga)
    replay = next((data for kind, _, data in options if kind == mip6.REPLAY), None)
    return {
        "status": status,
        "sequence": seen_sequence,
        "lifetime": granted,
        "options": [kind for kind, _, _ in options],
        "authenticated": authenticated,
        "dar_proof": dar_proof(options, mh, coa, dar),
        "phkt": carried.hex() if carried and authenticated else None,
        "replay": replay.hex() if replay else None,
        "problems": problems,
    }

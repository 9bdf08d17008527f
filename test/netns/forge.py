# SPDX-License-Identifier: BSD-2-Clause
"""Owns the wrong Binding Updates: one function a line of protocol 11.3, each wrong in one way.

A row changes a good BU-CGA before it is signed (`change`), its MH afterwards (`after`), or the
HoA that the packet claims (`claim`). The MH checksum is right except where it is the point.
"""
from cryptography.hazmat.primitives.asymmetric import rsa

import cga
import mip6
from link import send_packet


def flip(octets, at, mask=1):
    return octets[:at] + bytes([octets[at] ^ mask]) + octets[at + 1 :]


def in_option(kind, offset, mask=1):
    """Flips a bit of the option's data; a negative offset counts from its end."""

    def change(mh):
        at, data = mip6.option(mh, kind)
        return flip(mh, at + 2 + (offset if offset >= 0 else len(data) + offset), mask)

    return change


def signature_first(options):
    kinds = [kind for kind, _ in options]
    signature = options.pop(kinds.index(mip6.SIGNATURE))
    options.insert(kinds.index(mip6.CGA_PARAMS), signature)
    return options


def padded_between(options):
    kinds = [kind for kind, _ in options]
    options.insert(kinds.index(mip6.SIGNATURE), (mip6.PADN, b""))
    return options


def short_chunk(options):
    """The first of several chunks with 254 octets instead of 255 (C-56)."""
    at = [kind for kind, _ in options].index(mip6.CGA_PARAMS)
    params = options[at][1]
    return (
        options[:at]
        + [(mip6.CGA_PARAMS, params[:100]), (mip6.CGA_PARAMS, params[100:])]
        + options[at + 1 :]
    )


def collisions(params):
    return params[:24] + b"\3" + params[25:]


AFTER = {
    "alt-coa": in_option(mip6.ALT_COA, 15),
    "signature": in_option(mip6.SIGNATURE, -1),
    "modifier": in_option(mip6.CGA_PARAMS, 0),
    "params-prefix": in_option(mip6.CGA_PARAMS, 16),
    "key": in_option(mip6.CGA_PARAMS, -20),
    "collision-3": in_option(mip6.CGA_PARAMS, 24, 3),
    "hdrlen-short": lambda mh: mh[:1] + b"\0" + mh[2:],
    "hdrlen-beyond": lambda mh: mh[:1] + bytes([mh[1] + 1]) + mh[2:],
    "proto-6": lambda mh: b"\6" + mh[1:],
    "unknown-type": lambda mh: mh[:2] + bytes([77]) + mh[3:],
}
ORDER = {
    "sig-before-params": signature_first,
    "pad-between": padded_between,
    "short-chunk": short_chunk,
    "no-signature": lambda options: [o for o in options if o[0] != mip6.SIGNATURE],
    "no-alt-coa": lambda options: [o for o in options if o[0] != mip6.ALT_COA],
    "careof-no-bad": lambda options: options + [mip6.nonce_indices((7, b""))],
    "bad-no-careof": lambda options: options + [(mip6.BAD, bytes(12))],
    "timestamp-behind": lambda options: [o for o in options if o[0] != mip6.REPLAY]
    + [o for o in options if o[0] == mip6.REPLAY],
    "two-timestamps": lambda options: [options[0], options[1], options[1]] + options[2:],
}
CLAIM = {
    "hoa-iid": lambda hoa: flip(hoa, 15),
    "hoa-prefix": lambda hoa: flip(hoa, 7, 0x40),
}


def without_signature(identity, hoa, coa, dar, sequence, lifetime, timestamp):
    """A BU-CGA that lacks option 13, so that there is nothing to sign into."""
    options = [(mip6.ALT_COA, coa), (mip6.REPLAY, timestamp.to_bytes(8, "big"))]
    options += mip6.chunks(identity.parameters(hoa[:8])) + [(mip6.CGA_REQUEST, b"")]
    fixed = mip6.bu_fixed(sequence, mip6.FLAG_A | mip6.FLAG_H, lifetime)
    return mip6.mobility_header(mip6.MH_BU, fixed, options)


def exponent_over_limit():
    """An RSA-1024 identity with the exponent 1048583: odd, prime and over 65537 (C-65)."""
    while True:
        numbers = cga.Identity.make(1024).key.private_numbers()
        p, q, e = numbers.p, numbers.q, 1048583
        if (p - 1) % e and (q - 1) % e:
            break
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    key = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()
    return cga.Identity(key, bytes(16))


def changed(name, identity):
    """Arguments of build_bu_cga() for what must be wrong before the signature."""
    change = {}
    if name in ORDER:
        change["order"] = ORDER[name]
    elif name == "no-h":
        change["flags"] = mip6.FLAG_A
    elif name == "no-a":
        change["flags"] = mip6.FLAG_H
    elif name == "signed-by-other":
        change["signer"] = cga.Identity.make(identity.key.key_size)
    return change


def forge(name, identity, hoa, coa, dar, sequence, lifetime, timestamp):
    """The whole packet of the forged BU-CGA `name`."""
    if name == "short-key":
        identity = cga.Identity.make(768)
        hoa = identity.address(hoa)
    elif name == "big-exponent":
        identity = exponent_over_limit()
        hoa = identity.address(hoa)
    elif name == "own-key":  # a good proof, of another address
        identity = cga.Identity.make(1024)
    elif name == "no-timestamp":
        timestamp = None
    if name == "no-signature":
        mh = without_signature(identity, hoa, coa, dar, sequence, lifetime, timestamp)
    else:
        mh = mip6.build_bu_cga(
            identity, hoa, coa, dar, sequence, lifetime, timestamp, **changed(name, identity)
        )
    mh = AFTER.get(name, lambda same: same)(mh)
    claimed = CLAIM.get(name, lambda same: same)(hoa)
    packet = mip6.bu_packet(mh, coa, claimed, dar)
    return flip(packet, 64 + 5) if name == "checksum" else packet


def changed_phkt(name, hoa):
    """Arguments of build_bu_phkt() for what must be wrong before the authenticator."""
    return {
        "no-h": {"flags": mip6.FLAG_A},
        "no-a": {"flags": mip6.FLAG_H},
        "unknown-option": {"more": [(200, b"\1\2\3")]},
        "ask-proof": {"more": [(mip6.CGA_REQUEST, b"")]},
        "alt-multicast": {"alternate": mip6.address("ff0e::1")},
        "alt-link-local": {"alternate": mip6.address("fe80::1")},
        "alt-unspecified": {"alternate": bytes(16)},
        "alt-loopback": {"alternate": mip6.address("::1")},
        "alt-mapped": {"alternate": mip6.address("::ffff:192.0.2.1")},
        "alt-hoa": {"alternate": hoa},
        "no-alt-coa": {"order": lambda options: options[1:]},
    }.get(name, {})


def forge_phkt(name, mh):
    """A BU with a PHKT, broken: authenticator, or an option after it (C-11, C-46)."""
    if name == "authenticator":
        return flip(mh, len(mh) - 1)
    if name == "after-bad":
        return mh[:1] + bytes([mh[1] + 1]) + mh[2:] + bytes([mip6.PADN, 6]) + bytes(6)
    if name in AFTER:
        return AFTER[name](mh)
    if changed_phkt(name, mh):
        return mh
    raise SystemExit("no forgery " + name)


def probe(name, hoa, coa, dar, phkt, sequence):
    """Packets to the DAR that are no proper BU, one name each."""
    datagram = mip6.udp(hoa, dar, 40000, 9, b"probe")
    mh = mip6.with_checksum(mip6.build_bu_phkt(phkt, hoa, coa, dar, sequence, 21600), hoa, dar)
    test_init = {
        "coti-hao": mip6.mobility_header(mip6.MH_COTI, bytes(10), []),
        "coti-option": mip6.mobility_header(mip6.MH_COTI, bytes(10), [(mip6.CGA_REQUEST, b"")]),
        "hoti": mip6.mobility_header(mip6.MH_HOTI, bytes(10), []),
    }
    if name == "echo-hao":
        body = bytes([128, 0, 0, 0, 0, 1, 0, 1])
        value = mip6.checksum(hoa, dar, mip6.NH_ICMPV6, body).to_bytes(2, "big")
        body = mip6.hao(hoa, mip6.NH_ICMPV6) + body[:2] + value + body[4:]
        return mip6.ipv6(coa, dar, mip6.NH_DESTOPTS, body)
    if name == "type-42":
        body = mip6.with_checksum(mip6.mobility_header(42, bytes(2), []), coa, dar)
        return mip6.ipv6(coa, dar, mip6.NH_MH, body)
    if name in ("bare-proto", "bare-hdrlen"):
        bare = mip6.build_bu_phkt(phkt, coa, coa, dar, sequence, 0)
        bare = AFTER["proto-6" if name == "bare-proto" else "hdrlen-short"](bare)
        return mip6.ipv6(coa, dar, mip6.NH_MH, mip6.with_checksum(bare, coa, dar))
    if name == "no-hao":
        bare = mip6.build_bu_phkt(phkt, coa, coa, dar, sequence, 21600)
        return mip6.ipv6(coa, dar, mip6.NH_MH, mip6.with_checksum(bare, coa, dar))
    if name in ("plain", "nonce-no-auth"):
        options = [(mip6.ALT_COA, coa)]
        if name == "nonce-no-auth":
            options.append(mip6.nonce_indices((9999, b"")))
        fixed = mip6.bu_fixed(sequence, mip6.FLAG_A | mip6.FLAG_H, 21600)
        bare = mip6.mobility_header(mip6.MH_BU, fixed, options)
        return mip6.bu_packet(bare, coa, hoa, dar)
    if name in ("plain-end", "plain-home"):
        fixed = mip6.bu_fixed(sequence, mip6.FLAG_A | mip6.FLAG_H, 0)
        bare = mip6.mobility_header(mip6.MH_BU, fixed, [])
        return mip6.bu_packet(bare, hoa if name == "plain-home" else coa, hoa, dar, name == "plain-home")
    if name == "hao-udp":
        return mip6.ipv6(coa, dar, mip6.NH_DESTOPTS, mip6.hao(hoa, mip6.NH_UDP) + datagram)
    if name == "rh2":
        header = bytes([mip6.NH_UDP, 2, 2, 1, 0, 0, 0, 0]) + hoa
        return mip6.ipv6(coa, dar, mip6.NH_ROUTING, header + datagram)
    if name == "coti-hao":
        body = mip6.with_checksum(test_init[name], hoa, dar)
        return mip6.ipv6(coa, dar, mip6.NH_DESTOPTS, mip6.hao(hoa) + body)
    if name in ("hoti", "coti-option"):
        return mip6.ipv6(coa, dar, mip6.NH_MH, mip6.with_checksum(test_init[name], coa, dar))
    if name == "fragmented-bu":  # an atomic fragment: offset 0, no more
        body = bytes([mip6.NH_DESTOPTS, 0, 0, 0, 0, 0, 0, 7]) + mip6.hao(hoa) + mh
        return mip6.ipv6(coa, dar, 44, body)
    if name == "tunnelled-bu":  # the inner source is the HoA, else it would be "not bound"
        mh = mip6.build_bu_phkt(phkt, hoa, hoa, dar, sequence, 0)
        inner = mip6.bu_packet(mh, hoa, hoa, dar, at_home=True)
        return mip6.ipv6(coa, dar, mip6.NH_IPV6, inner)
    raise SystemExit("no probe " + name)


def spoof(options):
    """A tunnel packet with addresses of the caller's choice around a UDP datagram."""
    inner_source, inner_destination = map(mip6.address, (options.inner_src, options.inner_dst))
    outer_source, outer_destination = map(mip6.address, (options.outer_src, options.outer_dst))
    data = mip6.udp(inner_source, inner_destination, 40000, options.port, options.text.encode())
    inner = mip6.ipv6(inner_source, inner_destination, mip6.NH_UDP, data)
    packet = mip6.ipv6(outer_source, outer_destination, mip6.NH_IPV6, inner)
    for _ in range(options.count):
        send_packet(options.device, packet)
    return {"sent": options.count, "octets": len(packet)}

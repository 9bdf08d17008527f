# SPDX-License-Identifier: BSD-2-Clause
"""Owns the tests' own view of the wire: IPv6, Mobility Headers, BU and BA, octet for octet."""
import socket
import struct

import cga

NH_IPV6, NH_ROUTING, NH_UDP, NH_ICMPV6, NH_NONE, NH_DESTOPTS, NH_MH = 41, 43, 17, 58, 59, 60, 135
MH_HOTI, MH_COTI, MH_COT, MH_BU, MH_BA, MH_BE = 1, 2, 4, 5, 6, 7
PADN, REFRESH, ALT_COA, NONCES, BAD, REPLAY, CGA_REQUEST, CGA_PARAMS, SIGNATURE, PHKT = (
    1, 2, 3, 4, 5, 10, 11, 12, 13, 14,
)
CAREOF_INIT, CAREOF_TEST = 15, 16
FLAG_A, FLAG_H, FLAG_L = 0x8000, 0x4000, 0x2000
OPTION_16_INDEX = 0xFFFF  # "the token of option 16"
# option type -> (n, offset) of "xn+y"; what is not named stands anywhere
ALIGNMENT = {REFRESH: (2, 0), ALT_COA: (8, 6), NONCES: (2, 0), BAD: (8, 2), REPLAY: (8, 2)}
FIXED_LENGTH = {
    REFRESH: 2, ALT_COA: 16, NONCES: 4, BAD: 12, REPLAY: 8, CGA_REQUEST: 0, CAREOF_INIT: 0,
    CAREOF_TEST: 8,
}
OPTIONS_AT = {0: 8, MH_HOTI: 16, MH_COTI: 16, 3: 24, MH_COT: 24, MH_BU: 12, MH_BA: 12, MH_BE: 24}


def address(text):
    return socket.inet_pton(socket.AF_INET6, text)


def text(octets):
    return socket.inet_ntop(socket.AF_INET6, octets)


def checksum(source, destination, next_header, payload):
    """RFC 8200 section 8.1; for a UDP sender the caller turns 0 into 0xffff."""
    data = source + destination + struct.pack("!II", len(payload), next_header) + payload
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv6(source, destination, next_header, payload, hop_limit=64, first=0x60000000):
    header = struct.pack("!IHBB", first, len(payload), next_header, hop_limit)
    return header + source + destination + payload


def hao(hoa, next_header=NH_MH):
    """Destination Options header with the Home Address option, RFC 6275 section 6.3."""
    return bytes([next_header, 2, 1, 2, 0, 0, 0xC9, 16]) + hoa


def udp(source, destination, source_port, destination_port, data):
    header = struct.pack("!HHHH", source_port, destination_port, 8 + len(data), 0)
    value = checksum(source, destination, NH_UDP, header + data) or 0xFFFF
    return header[:6] + struct.pack("!H", value) + data


def pad(length):
    return b"" if not length else b"\0" if length == 1 else bytes([PADN, length - 2]) + bytes(length - 2)


def options_octets(options, start):
    """Options with the padding their alignment asks for; a BAD ends the message."""
    out = b""
    for kind, data in options:
        unit, offset = ALIGNMENT.get(kind, (1, 0))
        out += pad((offset - start - len(out)) % unit)
        out += bytes([kind, len(data)]) + data
    if not options or options[-1][0] != BAD:
        out += pad(-(start + len(out)) % 8)
    return out


def mobility_header(kind, fixed, options):
    """MH with a checksum of zero; `fixed` is the message data before the options."""
    body = fixed + options_octets(options, 6 + len(fixed))
    return bytes([NH_NONE, (6 + len(body)) // 8 - 1, kind, 0, 0, 0]) + body


def with_checksum(mh, source, destination):
    """The MH, of any length, with the checksum that fits."""
    mh = mh[:4] + b"\0\0" + mh[6:]
    return mh[:4] + struct.pack("!H", checksum(source, destination, NH_MH, mh)) + mh[6:]


def parse_options(mh):
    """[(type, offset, data)] without padding; None if malformed (RFC 6275 section 6.2)."""
    found, at = [], OPTIONS_AT[mh[2]]
    while at < len(mh):
        if mh[at] == 0:
            at += 1
            continue
        if at + 2 > len(mh) or at + 2 + mh[at + 1] > len(mh):
            return None
        kind, data = mh[at], mh[at + 2 : at + 2 + mh[at + 1]]
        if len(data) != FIXED_LENGTH.get(kind, len(data)):
            return None
        if kind != PADN:
            found.append((kind, at, data))
        at += 2 + len(data)
    return found


def option(mh, kind):
    """(offset, data) of the first option of that type, or None."""
    for found, at, data in parse_options(mh) or []:
        if found == kind:
            return at, data
    return None


def chunks(parameters):
    """Option 12: every chunk but the last has exactly 255 octets."""
    return [(CGA_PARAMS, parameters[i : i + 255]) for i in range(0, len(parameters), 255)]


def bu_fixed(sequence, flags, lifetime):
    return struct.pack("!HHH", sequence, flags, lifetime)


def nonce_indices(careof, home=0):
    """Option 4; `careof` is (index, token) of what the BU is completed with."""
    return (NONCES, struct.pack("!HH", home, careof[0]))


def authorized(mh, key, coa, dar):
    """The MH with its authenticator, which stands last."""
    return mh[:-12] + cga.authenticator(key, coa, dar, mh[:-12])


def build_bu_cga(identity, hoa, coa, dar, sequence, lifetime, timestamp, **change):
    """BU-CGA (8.3): 3, 10, 12..., 13, [15], [11], [4, 5], padding; what is `change`d makes
    forgeries.

    careof (index, token), test (option 15), home (nonce index), request (option 11), flags,
    parameters, signer, order (function over the option list).
    """
    params = change.get("parameters", identity.parameters(hoa[:8]))
    signer, careof = change.get("signer", identity), change.get("careof")
    options = [(ALT_COA, coa)] if lifetime else []
    if timestamp is not None:
        options.append((REPLAY, struct.pack("!Q", timestamp)))
    options += chunks(params) + [(SIGNATURE, bytes(signer.octets()))]
    if change.get("test"):
        options.append((CAREOF_INIT, b""))
    if change.get("request", True):
        options.append((CGA_REQUEST, b""))
    if careof:
        options += [nonce_indices(careof, change.get("home", 0)), (BAD, bytes(12))]
    options = change.get("order", lambda same: same)(options)
    mh = mobility_header(
        MH_BU, bu_fixed(sequence, change.get("flags", FLAG_A | FLAG_H), lifetime), options
    )
    parsed = parse_options(mh)
    last = max(at + 2 + len(data) for kind, at, data in parsed if kind == CGA_PARAMS)
    signature = signer.sign(coa if lifetime else hoa, dar, mh[:last])
    at = option(mh, SIGNATURE)[0] + 2
    mh = mh[:at] + signature + mh[at + len(signature) :]
    return authorized(mh, cga.kbm(cga.ZERO_TOKEN, careof[1]), coa, dar) if careof else mh


def build_bu_phkt(phkt, hoa, coa, dar, sequence, lifetime, **change):
    """BU-PHKT, BU-DEREG and BU-HOME (8.3): [3], [15], [4], BAD last; `change` as above."""
    careof = change.get("careof")
    coa = change.get("alternate", coa)
    options = [(ALT_COA, coa)] if lifetime else []
    options += change.get("more", [])
    if change.get("test"):
        options.append((CAREOF_INIT, b""))
    if careof:
        options.append(nonce_indices(careof, change.get("home", 0)))
    options = change.get("order", lambda same: same)(options + [(BAD, bytes(12))])
    flags = change.get("flags", FLAG_A | FLAG_H)
    mh = mobility_header(MH_BU, bu_fixed(sequence, flags, lifetime), options)
    token = careof[1] if careof else cga.ZERO_TOKEN
    key = cga.kbm(phkt, token) if lifetime else cga.kbm(phkt)
    return authorized(mh, key, coa if lifetime else hoa, dar)


def test_init(kind, source, dar, cookie, hoa=None):
    """HoTI or CoTI, the whole packet; with a HAO it is to be ignored (C-53)."""
    mh = with_checksum(mobility_header(kind, bytes(2) + cookie, []), hoa or source, dar)
    if hoa:
        return ipv6(source, dar, NH_DESTOPTS, hao(hoa) + mh)
    return ipv6(source, dar, NH_MH, mh)


def read_cot(packet):
    """(index, cookie, token, problems) of a Care-of Test, or None."""
    if len(packet) < 48 or packet[6] != NH_MH or packet[42] != MH_COT:
        return None
    mh, problems = packet[40:], []
    if len(mh) != 24 or mh[:2] != bytes([NH_NONE, 2]) or mh[3]:
        problems.append("fixed part %s, %d octets (C-54)" % (mh[:4].hex(), len(mh)))
    if with_checksum(mh, packet[8:24], packet[24:40])[4:6] != mh[4:6]:
        problems.append("checksum (C-01)")
    return int.from_bytes(mh[6:8], "big"), mh[8:16], mh[16:24], problems


def bu_packet(mh, source, hoa, dar, at_home=False):
    """The whole packet; the checksum is over the HoA (1.2)."""
    mh = with_checksum(mh, hoa, dar)
    if at_home:
        return ipv6(hoa, dar, NH_MH, mh)
    return ipv6(source, dar, NH_DESTOPTS, hao(hoa) + mh)


def ba_problems(packet, mh_at, wanted_source):
    """What a BA packet has wrong as a packet, as a list of sentences."""
    problems = []
    source, destination = packet[8:24], packet[24:40]
    if source != wanted_source:
        problems.append("source %s, not %s" % (text(source), text(wanted_source)))
    if packet[6] == NH_ROUTING:
        header = packet[40:64]
        if header[:8] != bytes([NH_MH, 2, 2, 1, 0, 0, 0, 0]):
            problems.append("routing header " + header[:8].hex())
        destination = header[8:24]
    mh = packet[mh_at:]
    if mh[0] != NH_NONE or mh[3]:
        problems.append("payload proto %d, reserved %d" % (mh[0], mh[3]))
    if (mh[1] + 1) * 8 != len(mh):
        problems.append("Header Len says %d of %d octets" % ((mh[1] + 1) * 8, len(mh)))
    if with_checksum(mh, source, destination)[4:6] != mh[4:6]:
        problems.append("checksum over the HoA does not fit (C-03)")
    if mh[7]:
        problems.append("BA flags 0x%02x" % mh[7])
    options = parse_options(mh)
    if options is None:
        problems.append("malformed options")
    elif BAD in [kind for kind, _, _ in options]:
        kind, at, data = options[-1]
        if kind != BAD or at + 2 + len(data) != len(mh):
            problems.append("octets after the authorization data (C-11)")
    return problems


def read_ba(packet):
    """Offset of the MH if this is a BA, whatever else is wrong with it."""
    if len(packet) < 56 or packet[0] >> 4 != 6:
        return None
    at = 40
    if packet[6] == NH_ROUTING and packet[40] == NH_MH:
        at = 40 + (packet[41] + 1) * 8
    elif packet[6] != NH_MH:
        return None
    return at if len(packet) >= at + 12 and packet[at + 2] == MH_BA else None

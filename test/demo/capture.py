# SPDX-License-Identifier: BSD-2-Clause
"""Owns the way from a pcapng file to packets and Mobile IPv6 messages; imported by analyse.py."""
import ipaddress
import struct
import typing

TCP, UDP, TUNNEL, ICMPV6, MH = 6, 17, 41, 58, 135
HOP_BY_HOP, ROUTING, DESTINATION = 0, 43, 60
RS, RA, BU, BA = 133, 134, 5, 6  # ICMPv6 and MH types
CGA_PARAMETERS = 12  # a mobility option
HOME_ADDRESS = b"\xc9\x10"  # a destination option and its length


class Packet(typing.NamedTuple):
    at: float
    place: str  # the interface it was captured on
    macs: tuple  # source, destination
    tunnel: tuple  # source and destination of the outer header, None: native
    source: bytes
    destination: bytes
    hoa: bytes  # from the Home Address option or the type 2 routing header, else None
    kind: int
    octets: bytes  # from the header that `kind` names


class Message(typing.NamedTuple):
    at: float
    kind: int  # BU or BA
    hoa: bytes
    sequence: int
    status: int  # of a BA
    auth: str  # of a BU


def _frames(path):
    """(interface name, seconds, octets) of each frame; little endian, as this machine writes."""
    octets = path.read_bytes()
    at, interfaces = 0, []
    while at < len(octets):
        kind, size = struct.unpack_from("<II", octets, at)
        if kind == 1:
            options, name, unit = octets[at + 16 : at + size - 4], "", 1e-6
            while len(options) >= 4:
                code, length = struct.unpack_from("<HH", options)
                if code == 2:
                    name = options[4 : 4 + length].decode()
                elif code == 9:
                    unit = 10.0 ** -options[4]
                options = options[4 + (length + 3) // 4 * 4 :]
            interfaces.append((name, unit))
        elif kind == 6:
            number, high, low, length = struct.unpack_from("<IIII", octets, at + 8)
            name, unit = interfaces[number]
            yield name, (high << 32 | low) * unit, octets[at + 28 : at + 28 + length]
        at += size


def _ipv6(octets):
    """source, destination, home address, next header and the rest behind extension headers."""
    kind, rest, hoa = octets[6], octets[40:], None
    while kind in (HOP_BY_HOP, ROUTING, DESTINATION):
        length = (rest[1] + 1) * 8
        option = rest.find(HOME_ADDRESS, 2, length)
        if kind == ROUTING and rest[2] == 2:
            hoa = rest[8:24]
        elif kind == DESTINATION and option > 0:
            hoa = rest[option + 2 : option + 18]
        kind, rest = rest[0], rest[length:]
    return octets[8:24], octets[24:40], hoa, kind, rest


def packets(path):
    for place, at, octets in _frames(path):
        if octets[12:14] != b"\x86\xdd":
            continue
        macs, tunnel = (octets[6:12], octets[0:6]), None
        source, destination, hoa, kind, rest = _ipv6(octets[14:])
        if kind == TUNNEL:
            tunnel = source, destination
            source, destination, hoa, kind, rest = _ipv6(rest)
        yield Packet(at, place, macs, tunnel, source, destination, hoa, kind, rest)


def message(packet):
    """The BU or BA that a packet is, else None."""
    octets = packet.octets
    if packet.kind != MH or octets[2] not in (BU, BA):
        return None
    if octets[2] == BA:
        hoa, sequence = packet.hoa or packet.destination, int.from_bytes(octets[8:10], "big")
        return Message(packet.at, BA, hoa, sequence, octets[6], "")
    hoa, sequence = packet.hoa or packet.source, int.from_bytes(octets[6:8], "big")
    options, at = set(), 12
    while at + 1 < len(octets):
        options.add(octets[at])
        at += 1 if octets[at] == 0 else 2 + octets[at + 1]
    return Message(packet.at, BU, hoa, sequence, 0, "CGA" if CGA_PARAMETERS in options else "PHKT")


def advertised_dar(packet):
    """The number of the DAR whose RA this is (2001:db8:NUMBER::/64), else None."""
    options = packet.octets[16:]
    if packet.kind != ICMPV6 or packet.octets[0] != RA:
        return None
    while len(options) >= 32 and options[1]:
        if options[0] == 3:
            return dar_of(options[16:32])
        options = options[options[1] * 8 :]
    return None


def dar_of(address):
    """The number of the DAR that an address belongs to."""
    return int.from_bytes(address[4:6], "big")


def text(address):
    return str(ipaddress.IPv6Address(address))

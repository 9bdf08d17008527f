#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes the seeds of every fuzz target into test/fuzz/corpus, from vectors, configs and dice."""
import json
import random
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TREE = HERE.parent.parent
VECTORS = TREE / "test/vectors"
CORPUS = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"

dice = random.Random(4866)
sets = json.loads((VECTORS / "vectors.json").read_text())
sets = {name: sets[name] for name in ("S1024", "S2040")}
counts = {}


def seed(target, octets):
    """One file, numbered; what is there already stays as it is."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    number = counts[target] = counts.get(target, 0) + 1
    (folder / f"seed-{number:03}").write_bytes(bytes(octets))


def messages():
    for vectors in sets.values():
        for value in vectors.values():
            if isinstance(value, dict) and "packet" in value:
                yield bytes.fromhex(value["packet"]), bytes.fromhex(value["mh"])


def der(tag, content):
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes(2, "big").lstrip(b"\0")
    return bytes([tag, 0x80 | len(length)]) + length + content


ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")


def spki(modulus, exponent, algorithm=ALGORITHM):
    numbers = der(0x30, der(2, modulus) + der(2, exponent))
    return der(0x30, algorithm + der(3, b"\0" + numbers))


def option(kind, data):
    return bytes([kind, len(data)]) + data


def seed_messages():
    for packet, mh in messages():
        seed("mh", packet)
        if mh[2] in (5, 6):
            seed("options", bytes([mh[2] & 1]) + mh[12:])
    for capture in sorted((VECTORS / "peers").glob("*/*.pcap")) + [VECTORS / "peers/fake_mipv6.pcap"]:
        octets = capture.read_bytes()
        order = "<" if octets[:4] == b"\xd4\xc3\xb2\xa1" else ">"
        link = struct.unpack(order + "I", octets[20:24])[0]
        at, taken = 24, 0
        while at + 16 <= len(octets) and taken < 4:
            length = struct.unpack(order + "I", octets[at + 8:at + 12])[0]
            frame = octets[at + 16:at + 16 + length]
            at += 16 + length
            packet = frame[{1: 14, 113: 16, 276: 20}.get(link, 0):]
            if len(packet) >= 40 and packet[0] >> 4 == 6 and len(packet) <= 512:
                seed("mh", packet)
                taken += 1


def seed_options():
    bad = option(5, bytes(12))
    parts = {
        "pads": [b"\0" * 4, option(1, b""), option(1, bytes(10))],
        "one": [option(2, b"\0\x10"), option(3, bytes(range(16))), option(4, b"\0\0\0\7"), bad,
                option(10, bytes(8)), option(11, b""), option(12, bytes(187)),
                option(12, bytes(255)) + option(12, b"\1") + option(13, bytes(255)),
                option(12, bytes(30)) + option(13, bytes(128)), option(13, bytes(128)),
                option(14, bytes(128)), option(15, b""), option(16, bytes(8)),
                option(200, bytes(20)), option(9, bytes(17)), option(8, b"\1a@b")],
        "wrong": [bad + b"\0" * 2, option(3, bytes(15)), option(4, bytes(5)), b"\x05\xff",
                  option(12, bytes(254)) + option(12, b"\1") + option(13, bytes(128)),
                  option(12, b"\1") + option(1, b"") + option(13, bytes(128)),
                  option(11, b"") * 2, option(12, bytes(255)) * 9, option(200, b"") * 700],
    }
    for group in parts.values():
        for octets in group:
            octets += b"\0" * (-(12 + len(octets)) % 8) if octets != bad else b""
            seed("options", b"\1" + octets)


def seed_keys():
    crafted = []
    for vectors in sets.values():
        key = bytes.fromhex(vectors["spki"])
        params = bytes.fromhex(vectors["cga_params_HoA1_sec0"])
        crafted += [key, key + b"\0\x12\0\2ab", key[:-1], key[:40], b"\x30\x84" + key[2:]]
        address = bytes.fromhex("20010db800010000140d9da82c0a59ea")
        seed("cga", address + params)
        for collisions in (1, 2, 3):
            seed("cga", address + params[:24] + bytes([collisions]) + params[25:])
        for sec in (1, 2, 3, 7):
            seed("cga", address[:8] + bytes([sec << 5]) + address[9:] + params)
        for behind in (b"\0\x12\0\0", b"\0\x12\0\x08" + bytes(8), b"\xff\xff\xff\xff", b"\0"):
            seed("cga", address + params + behind)
        for cut in (0, 16, 24, 25, 27, 60):
            seed("cga", address + params[:cut])
    appendix = VECTORS / "peers/cga/rfc3972-appendixA.params"
    seed("cga", bytes.fromhex("fe800000000000003c4a5bf6ffb4ca6c") + appendix.read_bytes())
    for bits in (512, 1016, 1024, 1032, 2040, 2048):
        modulus = b"\0\x80" + bytes(bits // 8 - 2) + b"\1"
        for exponent in (b"\3", b"\1\0\1", b"\1", b"\4", b"\1\0\0\1"):
            crafted.append(spki(modulus, exponent))
    crafted += [spki(b"\0\xff" * 64, b"\3"), spki(b"\x7f" * 128, b"\3", ALGORITHM[:-2]),
                der(2, b"\0"), der(2, b"\0\x80"), der(3, b"\0"), der(0x30, b""), b"\x30\x80\0\0",
                b"\x02\x81\x01\x01", b"\x02\x82\0\1\1", b"\x30\x84\xff\xff\xff\xff"]
    for octets in crafted:
        seed("der", octets)


def seed_nd():
    link_local, global_ = bytes.fromhex("fe80" + "00" * 13 + "05"), bytes.fromhex("20010db80001" + "00" * 9 + "05")
    all_nodes, all_routers = bytes.fromhex("ff02" + "00" * 13 + "01"), bytes.fromhex("ff02" + "00" * 13 + "02")
    group = bytes.fromhex("ff0200000000000000000001ff") + global_[13:]
    none = bytes(16)
    slla, tlla = b"\1\1\2\0\0\0\0\1", b"\2\1\2\0\0\0\0\1"
    pio = b"\3\4\x40\xe0" + struct.pack(">III", 2592000, 604800, 0) + global_
    options = [b"", slla, tlla, pio, pio * 3, pio * 17, b"\5\1\0\0\0\0\5\xdc", b"\7\1\0\0\0\0\x27\x10",
               b"\x08\1\0\0\0\0\0\x1e", b"\x19\3\0\0\0\0\0\x1e" + global_, b"\x19\2\0\0\0\0\0\x1e" + bytes(8),
               b"\1\0", b"\xfe\1" + bytes(6), b"\3\1" + bytes(6)]
    kinds = [(133, bytes(8), link_local, all_routers), (133, bytes(8), none, all_routers),
             (134, bytes([134, 0, 0, 0, 64, 0x20, 0, 30]) + bytes(8), link_local, all_nodes),
             (135, bytes(8) + global_, link_local, group), (135, bytes(8) + global_, none, group),
             (136, bytes([136, 0, 0, 0, 0x60, 0, 0, 0]) + global_, global_, all_nodes),
             (136, bytes([136, 0, 0, 0, 0x40, 0, 0, 0]) + global_, global_, link_local),
             (137, bytes(8) + global_ * 2, link_local, global_)]
    for kind, body, source, destination in kinds:
        body = bytes([kind]) + body[1:]
        for one in dice.sample(options, 6) + [b""]:
            seed("nd", b"\0" + source + destination + body + one)
    for vectors in sets.values():
        quoted = bytes.fromhex(vectors["data_encap_fl0"])
        limit = quoted[:6] + b"\x3c" + quoted[7:40] + b"\x29\0\4\1\4\1\1\0" + quoted[40:]
        for kind in ((2, 0, 1400), (1, 3, 0), (3, 0, 0), (4, 0, 40), (128, 0, 0)):
            for inner in (quoted, limit, quoted[:50]):
                error = bytes([kind[0], kind[1], 0, 0]) + struct.pack(">I", kind[2]) + inner
                header = b"\x60\0\0\0" + struct.pack(">HBB", len(error), 58, 64)
                seed("nd", b"\0" + header + bytes(global_) + bytes(global_) + error)


def seed_config():
    whole = (TREE / "configs/dar.yaml").read_text()
    node = (TREE / "configs/mn.yaml").read_text()
    seed("config", whole.encode())
    seed("config", node.encode())
    dar = "role: dar\nname: d\ninterfaces:\n  - name: a\n    kind: access\n    prefixes:\n" \
          "      - {prefix: '2001:db8:1::/64', address: '2001:db8:1::1'}\n"
    keys = ["", "binding: {max: 10, max_lifetime: 1h, durability: none}", "binding: {max: 0}",
            "security: {coa_test: require}", "security: {coa_test: concurrent, dad: strict}",
            "security: {replay: seq}", "security: {rsa_min: 1024, crypto_budget: 5}",
            "security: {coa_prefix_allow: ['::/0', '2001:db8::/129']}",
            "security: {legacy: {allow: [{hoa: '2001:db8:1::5', coa: ['2001:db8:2::/64']}]}}",
            "security: {legacy: {allow: [{hoa: nobody, coa: []}]}}",
            "security: {domains: [{name: x, coa_prefixes: ['2001:db8:2::/48'], binding_max: 4}]}",
            "security: {domains: [{name: x}]}", "tunnel: {hop_limit: 64, dscp: copy}",
            "tunnel: {hop_limit: 300}", "stop: flush", "stop: never", "log: {level: debug}",
            "unknown: 1", "stop: keep\nstop: keep", "metrics: off", "name: [1, 2]", "{", "a: &b\n  c: *b",
            "identity: {rsa_bits: 2040, sec: 1}", "control: /run/x.sock"]
    for key in keys:
        seed("config", (dar + key + "\n").encode())
    for keep in ("in-use", "all", "none", "some"):
        seed("config", f"role: mn\nname: m\ninterfaces: [{{name: w}}]\nmobility: {{keep: {keep}}}\n".encode())
    seed("config", b'{"role": "mn", "name": "m", "interfaces": [{"name": "w"}]}')


def seed_bu():
    for length in (40, 80, 150, 300, 600):
        for _ in range(12):
            seed("bu", dice.randbytes(length))
    for value in (0, 1, 7, 100, 255):
        seed("bu", bytes([value]) * 200)


seed_messages()
seed_options()
seed_keys()
seed_nd()
seed_config()
seed_bu()
print(" ".join(f"{target}={count}" for target, count in sorted(counts.items())))

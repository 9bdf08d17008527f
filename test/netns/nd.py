#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A host on the link that asks for an address, or listens; prints a JSON array of what it hears.

    nd.py DEVICE dad TARGET               DAD probe: from ::, to the solicited-node group
    nd.py DEVICE solicit TARGET SOURCE    from SOURCE
    nd.py DEVICE nud TARGET SOURCE MAC    unicast, as neighbour unreachability detection sends
    nd.py DEVICE listen TARGET            advertisements for TARGET, until the first
    nd.py DEVICE ra                       multicast Router Advertisements, until the first
-t sets the seconds to wait, -a goes on after the first.
"""
import argparse
import json

import mip6
from link import ALL_NODES, NA, RA, Link, describe_na, describe_ra, read_nd


def heard(link, options, target):
    found = []
    for frame, packet in link.frames(options.timeout):
        if options.action == "ra":
            if read_nd(packet, RA) and packet[24:40] == ALL_NODES:
                found.append(describe_ra(frame, packet))
        elif read_nd(packet, NA) and packet[48:64] == target:
            found.append(describe_na(frame, packet))
        if found and not options.all:
            break
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("-t", "--timeout", type=float, default=2.0)
    parser.add_argument("-a", "--all", action="store_true")
    parser.add_argument("device")
    parser.add_argument("action", choices=("dad", "solicit", "nud", "listen", "ra"))
    parser.add_argument("target", nargs="?", default="::")
    parser.add_argument("source", nargs="?", default="::")
    parser.add_argument("mac", nargs="?")
    options = parser.parse_args()
    link, target = Link(options.device), mip6.address(options.target)
    if options.action == "nud":
        mac = bytes.fromhex(options.mac.replace(":", ""))
        link.neighbour_solicitation(mip6.address(options.source), target, mac, target)
    elif options.action in ("dad", "solicit"):
        link.neighbour_solicitation(mip6.address(options.source), target)
    print(json.dumps(heard(link, options, target)), flush=True)


main()

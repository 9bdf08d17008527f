# SPDX-License-Identifier: BSD-2-Clause
"""Owns the data of plot.gp, gnuplot variables and data blocks; imported by analyse.py."""
import math

BIN_S = 0.05
MARGIN_MS, FARTHEST_MS = 4, 60  # of a handover's panel: around the gaps, and at most
LAYERS = (  # of the stack, from below: its title and what the names of its flows begin with
    ("UDP, address 1", "UDP,"),
    ("TCP, address 1", "TCP,"),
    ("TCP, address 2", "TCP opened at DAR2,"),
    ("TCP, address 3", "TCP opened at DAR3,"),
    ("TCP, home again", "TCP opened back at DAR1,"),
)


def _block(out, name, rows):
    print(f"${name} << EOD", *(" ".join(map(str, row)) for row in rows), "EOD", sep="\n", file=out)


def _throughput(run, out):
    """The edges of the layers, in Mbit/s of payload received, at the middle of each bin."""
    arrivals = {title: [] for title, _ in LAYERS}
    for title, begin in LAYERS:
        for name, flow in run.flows.items():
            arrivals[title] += flow.arrivals if name.startswith(begin) else []
    times = [at for layer in arrivals.values() for at, _, _ in layer]
    start, bins = min(times), math.floor((max(times) - min(times)) / BIN_S)
    edges = [[0.0] * bins]
    for layer in arrivals.values():
        edge = list(edges[-1])
        for at, octets, _ in layer:
            number = int((at - start) / BIN_S)
            if number < bins:  # the last one is not full
                edge[number] += octets * 8 / BIN_S / 1e6
        edges.append(edge)
    rows = [((i + 0.5) * BIN_S, *(edge[i] for edge in edges)) for i in range(bins)]
    _block(out, "throughput", [[f"{value:.3f}" for value in row] for row in rows])
    titles = ", ".join(f'"{title}"' for title in arrivals)
    moves = ", ".join(f"{at - start:.4f}" for at in run.moves)
    print(f"layers = {len(LAYERS)}\narray layer[{len(LAYERS)}] = [{titles}]", file=out)
    print(f"array move[{len(run.moves)}] = [{moves}]", file=out)
    print(f"end = {bins * BIN_S}\ntop = {1.25 * max(edges[-1])}", file=out)


def _panels(run, out, low, high):
    """Rows begin with the number of the handover; x is ms after link up, y the lane, 1 lowest."""
    links, signs, gaps, packets = [], [], [], []
    for h in run.handovers:
        number = h.number + 1

        def after(at, zero=h.link_up):
            return round((at - zero) * 1000, 3)

        links.append((number, max(low, after(h.since)), 0))
        signs.append((number, after(h.ra), 7, 1))
        for dar, (bu, ba, _) in h.exchanges.items():
            ends = [(at, lane) for at, lane in ((bu, 6), (ba, 5)) if at and after(at) <= high]
            signs += [(number, after(at), lane, dar) for at, lane in ends]
        for lane, (name, (last, first)) in zip((4, 3, 2, 1), h.gaps.items()):
            flow = run.flows[name]
            gap = f"{after(first) - after(last):.1f}"
            gaps.append((number, max(low, after(last)), min(high, after(first)), lane, gap))
            paths = [run.way(name, stay)[1] for stay in (h.number, number)]
            for at, _, _ in flow.arrivals:
                if low <= after(at) <= high:
                    packets.append((number, after(at), lane, int(paths[at > last] != "native")))
    for name, rows in (("links", links), ("signs", signs), ("gaps", gaps), ("packets", packets)):
        _block(out, name, rows)


def write(run, path):
    """False if a handover was not seen whole: there is nothing to plot then."""
    ends = [(h.link_up, h.ra, at) for h in run.handovers for gap in h.gaps.values() for at in gap]
    if any(None in end for end in ends):
        return False
    edges = [(at - link_up) * 1000 for link_up, _, at in ends]
    low = max(math.floor(min(edges)) - MARGIN_MS, -FARTHEST_MS)
    high = min(math.ceil(max(edges)) + MARGIN_MS, FARTHEST_MS)
    with path.open("w", encoding="ascii") as out:
        _throughput(run, out)
        print(f"low = {low}\nhigh = {high}", file=out)
        _panels(run, out, low, high)
    return True

#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Owns what the demo tells of its runs: the tables and the verdicts.

    analyse.py PLOT_DATA CAPTURE RUN...

A RUN is a directory that run.sh filled. The run that is plotted gives PLOT_DATA and CAPTURE.
Exits 1 if anything is not as it must be.
"""
import pathlib
import shutil
import statistics
import subprocess
import sys

import capture
import plot
from measure import LANES, STAYS, STEPS, UDP_DOWN, UDP_UP, Handover, Run, ms

TARGET_MS, TARGET_RUNS = 20, 10  # the target is a median of so many
SILENCE_MS = 500  # longer than TCP's first retransmission takes
OPENED = {"TCP opened at DAR2": 1, "TCP opened at DAR3": 2, "TCP opened back at DAR1": 3}  # stays


# ---- the tables


def cell(values, digits):
    """A value; of several runs their median (maximum)."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    median = f"{statistics.median(values):.{digits}f}"
    return median if len(values) == 1 else f"{median} ({max(values):.{digits}f})"


def print_table(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())
    print()


def flow_rows(run):
    """One row for both directions of a TCP flow: they take the same paths, or a verdict says no."""
    rows = [["flow", "MN's address"] + [f"at DAR{dar}" for dar in STAYS[:3]] + ["back at DAR1"]]
    for name, flow in sorted(run.flows.items(), key=lambda item: item[1].arrivals[0]):
        title, _, direction = name.partition(", ")
        paths = [run.way(name, number) for number in range(len(STAYS))]
        mine = next(path[0] for path in paths if path)
        if name in (UDP_DOWN, UDP_UP):
            title = name
        elif direction == "MN to CN":
            continue
        rows.append([title, capture.text(mine)] + [path[1] if path else "" for path in paths])
    return rows


def handover_rows(runs):
    def row(what, title, value, digits, tail=lambda handovers: ""):
        cells = []
        for number in range(len(STAYS) - 1):
            handovers = [run.handovers[number] for run in runs]
            cells.append(cell([value(h) for h in handovers], digits) + tail(handovers))
        is_first = all(above[0] != what for above in rows)
        rows.append([what if is_first else "", title] + cells)

    def exchange(handover, dar):
        return handover.exchanges.get(dar, (None, None, ""))

    def auth(dar):
        def kinds(handovers):
            return " " + "/".join(sorted({exchange(h, dar)[2] for h in handovers} - {""}))

        return kinds

    rows = [["handover", ""] + [f"DAR{old} to DAR{new}" for old, new in zip(STAYS, STAYS[1:])]]
    for name in LANES:
        row("gap, ms", name, lambda h, name=name: ms(*h.gaps[name]), 1)
    for name in (UDP_DOWN, UDP_UP):
        row("packets lost", name, lambda h, name=name: h.run.lost(name)[h.number], 0)
    for dar in (1, 2, 3):
        span = lambda h, dar=dar: ms(*exchange(h, dar)[:2])
        row("BU to BA, ms", f"address {dar}", span, 1, auth(dar))
    row("link down, ms", "as the MN sees it", Handover.down, 1)
    for i, step in enumerate(STEPS):
        row("link to flow, ms", step, lambda h, i=i: h.steps()[i], 2)
    row("link to flow, ms", "link up to first packet", Handover.total, 2)
    return rows


# ---- the verdicts


class Verdicts:
    def __init__(self):
        self.seen = {}  # what must be so -> what was seen instead

    def check(self, text, right, seen=""):
        against = self.seen.setdefault(text, [])
        if not right:
            against.append(str(seen))

    def print(self):
        for text, against in self.seen.items():
            print("FAIL " if against else "ok   ", text)
            for seen in against:
                print("      ", seen)
        return not any(self.seen.values())


def check_flows(run, verdicts):
    ends = run.ends
    errors = sum(end["errors"] for end in ends.values())
    verdicts.check("no error in any payload, nor in sending it", errors == 0, ends)
    for n in range(1, len(STAYS) + 1):
        mine, other = ends[f"tcp{n}-mn"], ends[f"tcp{n}-cn"]
        whole = mine["sent"] == other["received"] > 0 and other["sent"] == mine["received"] > 0
        verdicts.check("every octet given to TCP arrived", whole, (mine, other))
    for name, end in ((UDP_DOWN, "udp-down-recv"), (UDP_UP, "udp-up-recv")):
        lost, twice = run.lost(name)[-1], ends[end]["duplicates"]
        text = "no packet of UDP lost but in a handover, none twice"
        verdicts.check(text, lost == twice == 0, f"{name}: {lost} lost, {twice} twice")
    for name in run.flows:
        silence = run.silence(name)
        text = f"no flow ever silent for {SILENCE_MS} ms of an attached MN"
        verdicts.check(text, silence < SILENCE_MS, f"{name}: {silence:.0f} ms")


def check_paths(run, verdicts):
    for name, flow in run.flows.items():
        opened = OPENED.get(name.partition(", ")[0], 0)
        dar = STAYS[opened]
        for number in range(opened, len(STAYS)):
            want = "native" if STAYS[number] == dar else f"via DAR{dar}"
            mine, path = run.way(name, number) or (None, "nowhere")
            text = "every flow keeps its address, by way of its DAR while away"
            right = path == want and capture.dar_of(mine) == dar
            verdicts.check(text, right, f"{name}: {path} at DAR{STAYS[number]}")
        count = flow.tunnelled(*run.stay(opened))
        text = "every new flow has the new address and sees no tunnel"
        verdicts.check(text, count == 0, f"{name}: {count} tunnelled packets")


def check_handovers(run, verdicts):
    for h in run.handovers:
        unseen = [step for step, span in zip(STEPS, h.steps()) if span is None]
        text = "every step of every handover was seen"
        verdicts.check(text, not unseen, f"handover {h.number + 1}: {', '.join(unseen)}")
        open_ends = [f"address {dar}" for dar, (_, ba, _) in h.exchanges.items() if not ba]
        text = "every BU, of registration and return, was answered"
        verdicts.check(text, not open_ends, f"handover {h.number + 1}: {', '.join(open_ends)}")


def check_decoded(runs, verdicts):
    """tshark as independent witness: it finds the same messages and nothing malformed."""
    fields = ("mip6.mhtype", "mip6.bu.seqnr", "mip6.ba.seqnr", "_ws.malformed", "frame.number")
    wanted = [word for field in fields for word in ("-e", field)]
    # CoTI, CoT, BU, BA; a care-of test is rare, but a DAR may ask for one
    sound = {("3", False, False), ("4", False, False), ("5", True, False), ("6", False, True)}
    decoded = total = 0
    for run in runs:
        command = ["tshark", "-r", run.capture, "-Y", "mipv6 || _ws.malformed", "-T", "fields"]
        output = subprocess.run(command + wanted, capture_output=True, text=True, check=True)
        for line in output.stdout.splitlines():
            kind, bu, ba, malformed, frame = line.split("\t")
            decoded += not malformed and (kind, bool(bu), bool(ba)) in sound
            verdicts.check("tshark finds nothing malformed", not malformed, f"frame {frame}")
        total += run.mobility_headers
    text = f"tshark decodes all {total} Mobility Headers as BU, BA, CoTI or CoT"
    verdicts.check(text, 0 < decoded == total, f"{decoded} of them")


def check_target(runs, verdicts):
    totals = [h.total() for run in runs for h in run.handovers]
    if None in totals:
        return
    median = statistics.median(totals)
    text = f"link up to first packet of the old flows: median {median:.1f} ms, target {TARGET_MS}"
    verdicts.check(text, median <= TARGET_MS or len(runs) < TARGET_RUNS)


def check_all(runs):
    verdicts = Verdicts()
    for run in runs:
        check_flows(run, verdicts)
        check_paths(run, verdicts)
        check_handovers(run, verdicts)
        for line in (run.path / "checks").read_text().splitlines():
            word, _, rest = line.partition(" ")
            text, _, seen = rest.partition(" | ")
            verdicts.check(text, word == "ok", seen)
    check_decoded(runs, verdicts)
    check_target(runs, verdicts)
    return verdicts


def main():
    runs = [Run(pathlib.Path(name)) for name in sys.argv[3:]]
    slowest = [max(h.total() or float("inf") for h in run.handovers) for run in runs]
    shown = runs[slowest.index(statistics.median_low(slowest))]
    shutil.copyfile(shown.capture, sys.argv[2])
    print("1,000 packets/s of UDP and 2 Mbit/s of TCP each way, addresses 1 to 3 from DAR1 to DAR3")
    print(f"{len(runs)} runs, median (maximum)\n" if len(runs) > 1 else "")
    print_table(flow_rows(shown))
    print_table(handover_rows(runs))
    right = check_all(runs).print()
    return not (plot.write(shown, pathlib.Path(sys.argv[1])) and right)


sys.exit(main())

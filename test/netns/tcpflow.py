#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Owns a TCP connection whose every octet is known: both ends send and check at once.

    tcpflow.py listen ADDRESS PORT STATUS [-r OCTETS_A_SECOND]
    tcpflow.py connect ADDRESS PORT STATUS --source ADDRESS [-r ...] [--total OCTETS]

The stream is a fixed pseudo-random block, repeated; each direction has its own. Either end
stops sending at SIGTERM or after --total, and ends when the peer has stopped too. STATUS is
rewritten with {"sent", "received", "errors", "finished", "sha256"} while it runs.
"""
import argparse
import hashlib
import json
import os
import random
import select
import signal
import socket
import sys
import time

BLOCK = 1 << 18
CHUNK = 16384
LEAST = 1000  # fewer octets wait, else a fast loop makes a segment of each


def pattern(name):
    return random.Random(name).randbytes(BLOCK) * 2


class Flow:
    def __init__(self, peer, options, mine, theirs):
        self.peer, self.options = peer, options
        self.out, self.expected = pattern(mine), pattern(theirs)
        self.sent = self.received = self.errors = 0
        self.digest = hashlib.sha256()
        self.stopping = self.sending_over = self.peer_over = False
        self.reason = None
        self.start = time.monotonic()
        self.status_at = 0.0

    def status(self, finished=False):
        self.status_at = time.monotonic()
        text = json.dumps(
            {
                "sent": self.sent, "received": self.received, "errors": self.errors,
                "finished": finished, "reason": self.reason, "sha256": self.digest.hexdigest(),
            }
        )
        with open(self.options.status + ".new", "w", encoding="ascii") as target:
            target.write(text)
        os.rename(self.options.status + ".new", self.options.status)

    def allowance(self):
        """Octets that rate and total let us send now."""
        due = int((time.monotonic() - self.start) * self.options.rate) - self.sent
        if self.options.total is not None:
            due = min(due, self.options.total - self.sent)
        last = self.options.total is not None and self.sent + due == self.options.total
        return 0 if self.stopping or (due < LEAST and not last) else min(due, CHUNK)

    def send(self):
        size = self.allowance()
        at = self.sent % BLOCK
        if size > 0:
            try:
                self.sent += self.peer.send(self.out[at : at + size])
            except BlockingIOError:
                pass
        total_sent = self.options.total is not None and self.sent >= self.options.total
        if not self.sending_over and (self.stopping or total_sent):
            self.sending_over = True
            self.peer.shutdown(socket.SHUT_WR)

    def receive(self):
        data = self.peer.recv(65536)
        if not data:
            self.peer_over = True
            if self.options.total is None:
                self.stopping = True
            return
        at = self.received % BLOCK
        if data != self.expected[at : at + len(data)]:
            self.errors += 1
        self.digest.update(data)
        self.received += len(data)

    def run(self):
        self.peer.setblocking(False)
        try:
            while not (self.sending_over and self.peer_over):
                writers = [self.peer] if self.allowance() > 0 else []
                readers = [] if self.peer_over else [self.peer]
                readable, _, _ = select.select(readers, writers, [], 0.004)
                if readable:
                    self.receive()
                if not self.sending_over:
                    self.send()
                if time.monotonic() > self.status_at + 0.05:
                    self.status()
        except OSError as error:
            self.errors += 1
            self.reason = str(error)
        self.status(True)
        return self.errors > 0

    def stop(self, *_):
        self.stopping = True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("role", choices=("listen", "connect"))
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("status")
    parser.add_argument("--source")
    parser.add_argument("-r", "--rate", type=int, default=1000000, help="octets a second")
    parser.add_argument("--total", type=int, help="octets to send, else until SIGTERM")
    options = parser.parse_args()
    if options.role == "listen":
        server = socket.create_server((options.address, options.port), family=socket.AF_INET6)
        with open(options.status, "w", encoding="ascii") as target:
            target.write('{"listening": true}')
        peer, _ = server.accept()
        flow = Flow(peer, options, "listener", "connector")
    else:
        peer = socket.create_connection(
            (options.address, options.port), 5, source_address=(options.source, 0)
        )
        flow = Flow(peer, options, "connector", "listener")
    signal.signal(signal.SIGTERM, flow.stop)
    return flow.run()


sys.exit(main())

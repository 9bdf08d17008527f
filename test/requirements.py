#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Owns the table of requirements and the tests that quote them.

requirements.py          what is wrong with the table, one line each; exit 1 if anything is
requirements.py --write  writes test/requirements.md from requirements.tsv and the tests
"""
import collections
import re
import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
ROWS = TREE / "test/requirements.tsv"
TABLE = TREE / "test/requirements.md"
TESTS = ("test", "vmtests")
NO_TESTS = ("test/vectors", "test/fuzz/corpus", "test/checks", "test/requirements", "test/README.md")
MUST_BE_TESTED = "CR"  # the first letters of ids whose MUSTs need a test

# C-14, C_14_in_a_name, C-14..C-16; not the end of a longer word
ID = r"(?<![A-Za-z0-9])([CDRM])[-_](\d\d)(?![0-9])"
RANGE = re.compile(ID + r"(?:\s*(?:\.\.|to)\s*\1-(\d\d)(?![0-9]))?")

HEAD = """# Requirements and their tests

Written by `make requirements` from `requirements.tsv` and the ids that tests quote; not edited.

| id | level | requirement | tests |
|---|---|---|---|
"""


def requirements():
    for line in ROWS.read_text().splitlines():
        yield line.split("\t")


def sources():
    for folder in TESTS:
        for path in sorted((TREE / folder).rglob("*")):
            name = str(path.relative_to(TREE))
            if path.is_file() and not name.startswith(NO_TESTS) and path.suffix in (
                    ".c", ".h", ".sh", ".py", ""):
                yield name, path


def quoted():
    """Which files quote an id, by id."""
    found = collections.defaultdict(set)
    for name, path in sources():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # a program
        for kind, first, last in RANGE.findall(text):
            for number in range(int(first), int(last or first) + 1):
                found[f"{kind}-{number:02}"].add(name)
    return found


def table(found):
    rows = []
    for ident, level, text in requirements():
        files = ", ".join(f"`{name.removeprefix('test/')}`" for name in sorted(found[ident]))
        rows.append(f"| {ident} | {level} | {text.replace('|', chr(92) + '|')} | {files} |")
    return HEAD + "\n".join(rows) + "\n"


def faults(found):
    known = {ident: level for ident, level, _ in requirements()}
    for ident in sorted(set(found) - set(known)):
        yield f"{ident} is no requirement, but quoted in {', '.join(sorted(found[ident]))}"
    for ident, level in known.items():
        if level == "MUST" and ident[0] in MUST_BE_TESTED and not found[ident]:
            yield f"{ident} is a MUST, and no test quotes it"
    if not TABLE.exists() or TABLE.read_text() != table(found):
        yield "test/requirements.md is stale: make requirements"


def main():
    found = quoted()
    if sys.argv[1:] == ["--write"]:
        TABLE.write_text(table(found))
    wrong = list(faults(found))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return bool(wrong)


sys.exit(main())

# SPDX-License-Identifier: GPL-2.0
"""What has become of each mutant: `record`, by hunt.py; `planted` and `reasons`, by hand."""

import collections
import pathlib

HERE = pathlib.Path(__file__).parent
RECORD = HERE / "record"
PLANTED = HERE / "planted"
REASONS = HERE / "reasons"
BOOTS = ("kunit", "starve")
KINDS = {"equal": "change nothing", "race": "only in a race", "memory": "only without memory"}


def lines_of(path):
    return [l for l in path.read_text().splitlines() if l and not l.startswith("#")] if path.exists() else []


def read_record():
    """{key: (the test that caught it or "-", what was said)}: how each mutant fared when it was tried last."""
    return {key: (by, said) for key, by, said in (line.split("\t") for line in lines_of(RECORD))}


def write_record(record):
    head = "".join(line + "\n" for line in RECORD.read_text().splitlines() if line.startswith("#"))
    RECORD.write_text(head + "".join(f"{key}\t{by}\t{said}\n" for key, (by, said) in sorted(record.items())))


def planted():
    """{key: the test that has to catch it}"""
    return dict(line.split("\t")[1:] for line in lines_of(PLANTED))


def reasons():
    """{key: (kind, why no test sees it)}"""
    return {key: (kind, why) for kind, key, why in (line.split("\t") for line in lines_of(REASONS))}


def wrong_reasons(keys):
    """What is wrong with the reasons, in words; keys are those of the source."""
    record, there = read_record(), set(keys)
    for key, (kind, why) in reasons().items():
        if key not in there:
            yield f"{key}: a reason stands for it, and the source has no such place any more"
        if kind not in KINDS:
            yield f"{key}: of kind {kind!r}, which is none of {', '.join(KINDS)}"
        if len(why.split()) < 4:
            yield f"{key}: its reason says nothing: {why!r}"
        if record.get(key, "-")[0] != "-":
            yield f"{key}: a reason says that no test sees it, but {record[key][0]} caught it"


def table(keys):
    """How the mutants of each file fared, for docs/mutants.md."""
    record, why, rows = read_record(), reasons(), collections.defaultdict(collections.Counter)
    for key in keys:
        by = record.get(key, (None, ""))[0]
        what = "KUnit" if by in BOOTS else "scenario" if by and by != "-" else why[key][0] if key in why else \
            "alive" if by else "untried"
        for row in (key.split()[0], "all"):
            rows[row][what] += 1
            rows[row]["all"] += 1
    columns = ["all", "KUnit", "scenario", *KINDS, "alive", "untried"]
    print("| file | mutants | caught by KUnit | by a scenario | " + " | ".join(KINDS.values()) + " | alive | not tried |")
    print("|---" * (len(columns) + 1) + "|")
    for row, n in sorted(rows.items(), key=lambda r: (r[0] == "all", r[0])):
        print(f"| {row} | " + " | ".join(str(n[c]) for c in columns) + " |")

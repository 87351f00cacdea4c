#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compares what blktests says with the modules to what it says on stock.

compare.py FOLDER [differ | PAGE KERNEL]: FOLDER/stock, guard and livepatch are what tests/blktests/guest.sh wrote;
where a test was tried again, the last time counts. FOLDER/differences lists what differs on purpose: TEST MODE REASON, a line each.
A test is worse than on stock where it passes there and does not pass here, where stock fails and the kernel complains
here, or the test hangs or dies, and where stock runs it and this does not. Prints a line of TAP for each test, and ends
with 1 where one is worse, where one says nothing in any mode, where none passes on stock, or where a difference is
listed that is none. With "differ": prints MODE TEST of each that is worse, and nothing else. With
a page: sets the rows of these tests in its table of that kernel.
"""
import pathlib
import re
import sys

MODES = ("stock", "guard", "livepatch")
RANKS = {"pass": 4, "fail": 3, "dmesg": 2, "hangs": 1, "died": 0}
# What the suite says where a test has failed since the kernel's log has a warning or worse.
COMPLAINT = "something found in dmesg"
# The case of a test that has said how it ended, and then did not end. One that did has no such case.
REST = "the rest"
SAID = {"passed": "pass", "failed": "fail", "not run": "not run"}
LINE = re.compile(r"(?P<test>\w+/(?:\d{3}|\*\*\*))(?: => (?P<disk>\S+))?(?: (?P<text>\(.*\)))? *"
                  r" \[(?P<status>passed|failed|not run)\]$")
ROW = re.compile(r"\| \*\*(?P<test>\w+/\S+?)(?: \((?P<case>.*?)\))?\*\* ")
CONDITION = re.compile(r"\((?P<condition>.*?)\) \((?P<what>.*)\)$")


class Result:
    """How a test ended, why, and what it is about"""

    def __init__(self, status, what=""):
        self.status = status
        self.what = what
        self.details = []
        self.losses = 0     # flushes that the module takes for lost or failed, in all cases of the test

    def why(self):
        """Why it was not run, or the first that is wrong: of a diff, the lines that differ"""
        if self.status == "dmesg":
            return "; ".join(self.details[:2])
        if self.status != "fail":
            return "; ".join(self.details)
        lines = [each for each in self.details if re.match(r"[-+](?![-+])", each)]
        return "; ".join(lines[:2] or self.details[:1])

    def short(self):
        why = f": {self.why()}" if self.status != "pass" and self.details else ""
        return self.status + why + (f" ({self.losses} flushes not carried out)" if self.losses else "")


def results_of(text):
    """{(test, case): Result}: a test may have several cases"""
    results = {}
    begun = found = None

    def ends(status):
        """The test that has begun has ended: what it has not said is known by that alone"""
        if begun and not any(test == begun and result in fresh for (test, _), result in results.items()):
            results[(begun, "")] = Result(status)
        elif begun and status != "nothing":
            results[(begun, REST)] = Result(status, "what follows its result")

    fresh = []
    for line in text.splitlines():
        words = line.split()
        if line.startswith("== "):
            if words[1] == "begin":
                begun, found, fresh = words[2], None, []
                for key in [key for key in results if key[0] == begun]:
                    del results[key]
            elif words[1] in ("end", "hangs", "died"):
                ends({"end": "nothing"}.get(words[1], words[1]))
                for key, result in results.items():
                    if key[0] == begun and words[1] == "end":
                        result.losses = int(words[4])
                begun = found = None
            continue
        line_found = LINE.match(line)
        if line_found and begun:
            text_found = CONDITION.match(line_found["text"] or "")
            what = text_found["what"] if text_found else (line_found["text"] or "")[1:-1]
            case = " ".join(filter(None, [text_found and text_found["condition"],
                                          line_found["disk"] and "on the disk"]))
            found = Result(SAID[line_found["status"]], what)
            results[(begun, case)] = found
            fresh.append(found)
        elif found and line.startswith("    ") and not re.match(r" +[\w ]+  +(\S+ +)?\.\.\.", line):
            found.details.append(line.strip())
            if found.status == "fail" and found.details[-1].startswith(COMPLAINT):
                found.status = "dmesg"
    return results


def worse(case, stock, other):
    """What is wrong with a result beside that of stock, or nothing"""
    if other is None:
        return "" if case == REST else "is missing"
    if other.status == "nothing":
        return "says nothing"
    if other.status in (stock.status, "pass"):
        return ""
    if stock.status in RANKS and other.status in RANKS:
        return other.status if RANKS[other.status] < RANKS[stock.status] else ""
    return other.status


def listed(folder):
    """{(test, mode): reason}"""
    page = folder / "differences"
    lines = page.read_text().splitlines() if page.exists() else []
    words = [line.split(None, 2) for line in lines if line.strip() and not line.startswith("#")]
    wrong = [" ".join(each) for each in words if len(each) != 3 or each[1] not in MODES[1:]]
    if wrong:
        sys.exit(f"compare: {page} has a line that is not TEST MODE REASON: {wrong[0]}")
    return {(test, mode): reason for test, mode, reason in words}


def compared(said):
    """Each test, its results by mode, and what is wrong by mode"""
    for key in sorted(set().union(*said.values())):
        row = {mode: results.get(key) for mode, results in said.items()}
        if row["stock"] is None:
            yield key, row, {mode: "stock says nothing of it" for mode in row if mode != "stock"}
        else:
            yield key, row, {mode: wrong for mode in row if (wrong := worse(key[1], row["stock"], row[mode]))}


def name_of(key):
    return key[0] + (f" ({key[1]})" if key[1] else "")


def judge(said, purposes):
    """Says how each test compares; whether all is right"""
    fine, used = True, set()
    for key, row, wrong in compared(said):
        excused = {mode for mode in wrong if (key[0], mode) in purposes}
        used |= {(key[0], mode) for mode in excused}
        bad = {mode: what for mode, what in wrong.items() if mode not in excused}
        shown = ", ".join(f"{mode} {row[mode].short() if row[mode] else 'nothing'}" for mode in row)
        for mode in sorted(excused):
            shown += f"; on purpose: {purposes[(key[0], mode)]}"
        print(f"{'not ' if bad else ''}ok - {name_of(key)}: {shown}")
        fine = fine and not bad
    if not any(result.status == "pass" for result in said["stock"].values()):
        print("not ok - a test passes on stock: where none does, nothing is compared")
        fine = False
    ran = {test for results in said.values() for test, _ in results}
    for test, mode in sorted(set(purposes) - used):
        if test in ran and mode in said:
            print(f"not ok - {test}: differs with {mode} on purpose, but does not")
            fine = False
    return fine


def cell(result, stock=None, case=""):
    if result is None:
        return "ends" if case == REST else "-"
    if stock and result.short() == stock.short() and not result.losses:
        return result.status
    return result.short().replace("|", "\\|")


def rows_of(said, purposes):
    """{(test, case): line of a table}"""
    rows = {}
    for key, row, _ in compared(said):
        what = next(result.what for result in row.values() if result)
        cells = [cell(row["stock"], None, key[1])] + [cell(row.get(mode), row["stock"], key[1]) + (
            f" (on purpose: {purposes[(key[0], mode)]})" if (key[0], mode) in purposes else "") for mode in MODES[1:]]
        rows[key] = f"| **{name_of(key)}** {what} | " + " | ".join(cells) + " |"
    return rows


def put(page, kernel, rows):
    """Sets the rows of a kernel's table, which comes last in a page that has none. Those of other tests stay."""
    head = "| test | stock | with the guard | with the livepatch too |\n|---|---|---|---|\n"
    begin, end = f"<!-- table {kernel} -->\n", "<!-- end of table -->\n"
    text = page.read_text()
    if begin not in text:
        text += f"\n### {kernel}\n\n{begin}{end}"
    before, rest = text.split(begin)
    old, after = rest.split(end, 1)
    lines = dict(rows)
    tests = {test for test, _ in rows}
    for line in old.splitlines():
        name = ROW.match(line)
        if name and name["test"] not in tests:
            lines[(name["test"], name["case"] or "")] = line
    page.write_text(before + begin + head + "".join(lines[key] + "\n" for key in sorted(lines)) + end + after)


def main():
    if len(sys.argv) not in (2, 3, 4) or (len(sys.argv) == 3) != (sys.argv[2:] == ["differ"]):
        sys.exit("usage: compare.py FOLDER [differ | PAGE KERNEL]")
    folder = pathlib.Path(sys.argv[1])
    said = {mode: results_of((folder / mode).read_text(errors="replace")) for mode in MODES if (folder / mode).exists()}
    if not said.get("stock") or len(said) < 2:
        sys.exit(f"compare: there is nothing to compare in {folder}")
    purposes = listed(folder)
    if len(sys.argv) == 2:
        sys.exit(0 if judge(said, purposes) else 1)
    if len(sys.argv) == 3:
        for key, _, wrong in compared(said):
            for mode in wrong:
                if (key[0], mode) not in purposes:
                    print(mode, key[0])
    else:
        put(pathlib.Path(sys.argv[2]), sys.argv[3], rows_of(said, purposes))


if __name__ == "__main__":
    main()

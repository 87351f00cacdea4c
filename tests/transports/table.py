#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the tables of docs/transport-runs.md, one a kernel, of what check-vm prints, and judges each row against stock.

A row is a scenario on a kernel. It is worse than stock where the target carried out fewer flushes with a module than
without, unless the scenario says in TAKES what the administrator's own time took. A mode that does not say how many is
no row, but for a machine that went down: it took its target with it.
"""
import pathlib
import re
import sys

MODES = ("stock", "guard", "livepatch")
LINE = re.compile(r"^ok - (?P<kernel>\S+) (?P<mode>stock|guard|livepatch) (?P<name>\S+) \((?P<text>.*)\) [\d.]+ s")
SKIPPED = re.compile(r"^ok - (?P<kernel>\S+) (?P<mode>stock|guard|livepatch) (?P<name>\S+) [\d.]+ s # SKIP (?P<text>.*)")
FLUSHES = re.compile(r"flushes at the target: (\d+)")


def rows_of(lines):
    """{(name, kernel): {mode: text}}, and the lines that are neither a result nor a comment"""
    rows, unknown = {}, []
    for line in lines:
        found = LINE.match(line) or SKIPPED.match(line)
        if found:
            text = found["text"] if found.re is LINE else "skipped: " + found["text"]
            rows.setdefault((found["name"], found["kernel"]), {})[found["mode"]] = text
        elif line.strip() and not re.match(r"not ok - |# |1\.\.\d+$", line):
            unknown.append(line.rstrip())
    return rows, unknown


def setting(folder, name, key):
    text = (folder / f"{name}.sh").read_text()
    found = re.search(rf'^{key}="?(.*?)"?$', text, re.M)
    return found[1] if found else ""


def worse_than_stock(row):
    """What is wrong with a row: the modes in which the target saw fewer flushes than on stock, or that do not say."""
    if all(text.startswith("skipped: ") for text in row.values()):
        return []
    counts = {mode: int(found[1]) for mode, text in row.items() if (found := FLUSHES.search(text))}
    silent = [mode for mode, text in row.items() if mode not in counts and not text.startswith("reboots in ")]
    wrong = [f"{mode} says no number of flushes" for mode in silent]
    if "stock" not in row:
        return wrong + ["there is no stock"]
    return wrong + [f"{mode} has fewer than stock" for mode, count in counts.items() if count < counts.get("stock", 0)]


def cell(text):
    text = text.replace("flushes at the target: ", "at the target: ").replace("|", "\\|")
    return text.replace("; ", ";<br>") if text else "-"


def table(rows, folder, kernel):
    lines = ["| scenario | stock | with the guard | with the livepatch too |", "|---|---|---|---|"]
    for (name, of), row in sorted(rows.items()):
        if of == kernel:
            what = f"**{name}**: {setting(folder, name, 'DESCRIPTION').split(': ', 1)[-1]}"
            lines.append(f"| {what} | " + " | ".join(cell(row.get(mode, "")) for mode in MODES) + " |")
    return "\n".join(lines) + "\n"


def judge(rows, folder):
    """A line of TAP for each row; and whether all are right."""
    fine = True
    for (name, kernel), row in sorted(rows.items()):
        takes = setting(folder, name, "TAKES")
        if kernel in setting(folder, name, "SKIPS").split():
            row = {mode: text for mode, text in row.items() if not text.startswith("skipped: ")}
        alone = setting(folder, name, "GUARD_ONLY") or setting(folder, name, "LIVEPATCH_ONLY")
        excused = ["fewer"] * bool(takes) + ["there is no stock"] * bool(alone)
        worse = [each for each in worse_than_stock(row) if not any(word in each for word in excused)]
        fine = fine and not worse
        print(f"{'not ' if worse else ''}ok - {kernel} {name}: the target carries out no flush less than on stock"
              f"{', but for what TAKES says: ' + takes if takes else ''}{': ' + ', '.join(worse) if worse else ''}")
    return fine


def put(page, kernel, text):
    """Replaces what is between the marks of the page."""
    begin, end = f"<!-- table of {kernel} -->\n", f"<!-- end of {kernel} -->\n"
    old = page.read_text()
    if old.count(begin) != 1 or old.count(end) != 1:
        sys.exit(f"table: {page} has no place for a table of {kernel}")
    page.write_text(old[:old.index(begin) + len(begin)] + text + old[old.index(end):])


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: table.py FOLDER [PAGE] <what check-vm printed")
    folder = pathlib.Path(sys.argv[1])
    rows, unknown = rows_of(sys.stdin.read().splitlines())
    if unknown or not rows:
        sys.exit(f"table: this is no table of results: {unknown[0] if unknown else 'nothing ran'}")
    if len(sys.argv) == 3:
        for kernel in sorted({kernel for _, kernel in rows}):
            put(pathlib.Path(sys.argv[2]), kernel, table(rows, folder, kernel))
    elif not judge(rows, folder):
        sys.exit(1)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0
"""What the guests measured: medians, their spread, and ratios to stock, as a table and as a picture."""

import collections
import math
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "picture"))

from drawing import MARGIN, WIDTH, bar, style, text     # noqa: E402

TITLES = {
    "disks": "rmmod of scsi_debug, by its disks",
    "bare": "rmmod of scsi_debug, by its LUNs without disks",
    "block": "Block of LUNs (of one target, or of several)",
    "unblock": "Unblock of LUNs",
    "get": "100 pairs of get and put, by threads of one device",
    "load": "The module, by LUNs that are there",
    "works": "Works of the module while all LUNs are in use",
    "us": "Microseconds that those works took",
}
LEAST, MOST = 1 / 8, 8     # of the picture's axis; what is beyond stands at its end


def samples(log):
    """{table: {row: {variant: [values]}}}, in the order of the log."""
    found = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
    for line in log.replace("\r", "").splitlines():
        if line.startswith("SAMPLE "):
            _, table, row, variant, value = line.split()
            found[table][row][variant].append(float(value))
    return found


def spread(values):
    """Half of the way from the least to the most, of the median."""
    middle = statistics.median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0


def ratios(variants):
    """How many times as fast as stock each variant is: (variant, ratio, spread of both together)."""
    stock = variants.get("stock")
    for variant, values in variants.items():
        if stock and variant != "stock":
            yield variant, statistics.median(stock) / statistics.median(values), spread(stock) + spread(values)


def lines(found):
    for table, rows in found.items():
        yield f"{TITLES.get(table, table)}:"
        for row, variants in rows.items():
            words = [f"{variant} {statistics.median(values):.0f} ±{100 * spread(values):.0f} %"
                     for variant, values in variants.items()]
            words += [f"{variant} {ratio:.2f} times as fast ±{100 * both:.0f} %"
                      for variant, ratio, both in ratios(variants)]
            yield f"  {row:>8}  " + "; ".join(words)


def x(ratio):
    share = (math.log(min(max(ratio, LEAST), MOST)) - math.log(LEAST)) / (math.log(MOST) - math.log(LEAST))
    return round(MARGIN + 260 + share * (WIDTH - 2 * MARGIN - 330), 1)


def svg(title, found):
    """Of each ratio a bar from 1 to it: to the right it is faster than stock."""
    parts, y = [text(MARGIN, 34, title, "ink title")], 60
    for table, rows in found.items():
        bars = [(row, *each) for row, variants in rows.items() for each in ratios(variants)]
        if not bars:
            continue
        parts.append(text(MARGIN, y + 12, TITLES.get(table, table), "ink name"))
        y += 22
        for row, variant, ratio, _ in bars:
            left, right = sorted((x(1), x(ratio)))
            parts.append(text(MARGIN + 12, y + 12, f"{row}, {variant}", "dim"))
            parts.append(bar("good" if ratio >= 1 else "bad", left, max(right, left + 1), y + 2, 12))
            parts.append(text(WIDTH - MARGIN, y + 12, f"{ratio:.2f}", "ink", "end"))
            y += 18
        y += 10
    parts.append(f'<line class="lead" x1="{x(1)}" y1="50" x2="{x(1)}" y2="{y}"/>')
    parts.append(text(x(1), y + 16, "as fast as stock", "dim small", "middle"))
    height = y + 30
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        f"<style>{style()}</style>", bar("page", 0, WIDTH, 0, height), *parts, "</svg>", ""])

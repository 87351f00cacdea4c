# SPDX-License-Identifier: GPL-2.0
"""Draws the runs of a removal as SVG: a lane for each, and one axis of milliseconds below them."""

from xml.sax.saxutils import escape

WIDTH, MARGIN, TOP = 940, 24, 66
NAME, PATH, BAR, LIST = 16, 26, 46, 82      # in a lane: baselines of its name and its first list line, tops of its bars
BAR_HEIGHT, PATH_HEIGHT, LINE = 20, 14, 16
INDENT, LETTER = 42, 6.2        # of a list: where its words begin, and how wide a letter is, more or less
ROOM = 240                      # for the last list

NAMES = {
    "stock": "The kernel alone",
    "guard": "With scsi_lifecycle",
    "livepatch": "With scsi_lifecycle and its livepatch",
}

# A class, and its colour on a light and on a dark page.
FILLS = {
    "page": ("#ffffff", "#0d1117"),
    "ink": ("#1f2328", "#f0f6fc"),
    "dim": ("#59636e", "#9198a1"),
    "on": ("#1f2328", "#0d1117"),
    "wait": ("#e3b341", "#d29922"),
    "bad": ("#cf222e", "#ff7b72"),
    "good": ("#1a7f37", "#3fb950"),
    "away": ("#d0d7de", "#3d444d"),
    "back": ("#aceebb", "#196c2e"),
}
STROKES = {"edge": ("#d0d7de", "#3d444d"), "grid": ("#e6eaef", "#21262d"), "lead": ("#818b98", "#656c76")}
FONTS = """text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.title { font-size: 17px; font-weight: 600; }
.name { font-size: 13px; font-weight: 600; }
.small { font-size: 10.5px; }"""


def style():
    def rules(shade):
        return [f".{name} {{ fill: {shades[shade]}; }}" for name, shades in FILLS.items()] + \
            [f".{name} {{ stroke: {shades[shade]}; }}" for name, shades in STROKES.items()]
    return "\n".join([FONTS, *rules(0), "@media (prefers-color-scheme: dark) {", *rules(1), "}"])


class Scale:
    """Milliseconds to x."""

    def __init__(self, begin, end):
        self.begin, self.end = begin, end

    def x(self, ms):
        return round(MARGIN + (min(ms, self.end) - self.begin) * (WIDTH - 2 * MARGIN) / (self.end - self.begin), 1)


def text(x, y, words, classes="ink", anchor="start"):
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text class="{classes}" x="{x}" y="{y}"{at}>{escape(words)}</text>'


def bar(classes, left, right, y, height):
    return f'<rect class="{classes}" x="{left}" y="{y}" width="{round(right - left, 1)}" height="{height}" rx="3"/>'


def line(classes, x1, y1, x2, y2):
    return f'<line class="{classes}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def first(events, kind):
    return next((event for event in events if event.kind == kind), None)


def outcome(events):
    """(words, class): how the removal ended."""
    gone, hangs = first(events, "gone"), first(events, "hangs")
    if not gone:
        return f"still hangs after {hangs.at / 1000:.1f} s", "bad"
    fate = "completed" if any("completed" in e.text for e in events if e.kind == "answered") else "lost"
    return f"gone after {gone.at:.0f} ms, flush {fate}", "good" if fate == "completed" else "bad"


def listed(events):
    """The events that a list names: those of the path alone where the path's bar does not show them."""
    sent, back = first(events, "sent"), first(events, "back")
    for event in events:
        if event.kind in ("lost", "hangs"):
            continue
        yield event.at, event.text
        if event is back and not (sent and sent.at >= back.at):
            yield event.at, "its unblock misses the disk"


def clusters(entries, scale):
    """Events share a list where that of the first would run into that of the next."""
    groups = []
    for at, words in entries:
        right = groups and scale.x(groups[-1][0][0]) + INDENT + LETTER * max(len(before) for _, before in groups[-1])
        if groups and scale.x(at) < right:
            groups[-1].append((at, words))
        else:
            groups.append([(at, words)])
    return groups


def path_bars(events, scale, y):
    lost, back = first(events, "lost"), first(events, "back")
    left, right = scale.x(lost.at), scale.x(back.at if back else scale.end)
    yield bar("away", left, right, y, PATH_HEIGHT)
    yield text(left + 6, y + 11, "path away", "ink small")
    if back:
        yield bar("back", right, scale.x(scale.end), y, PATH_HEIGHT)
        yield text(right + 6, y + 11, "path back", "ink small")


def removal_bar(events, scale, y):
    gone = first(events, "gone")
    left, right = scale.x(0), scale.x(gone.at if gone else scale.end)
    if gone:
        yield bar("wait", left, right, y, BAR_HEIGHT)
        yield bar(outcome(events)[1], right - 4, right + 2, y - 3, BAR_HEIGHT + 6)
    else:
        middle, low = y + BAR_HEIGHT / 2, y + BAR_HEIGHT
        yield f'<path class="wait" d="M{left} {y} H{right - 14} L{right} {middle} L{right - 14} {low} H{left} Z"/>'
    words = "delete waits" if gone else "delete waits, and nothing ends it"
    yield text(left + 10, y + 14, words, "on small")


def lane(run, scale, y):
    events = run.events()
    words, kind = outcome(events)
    yield text(MARGIN, y + NAME, NAMES[run.mode], "ink name")
    yield text(WIDTH - MARGIN, y + NAME, words, f"{kind} name", "end")
    yield from path_bars(events, scale, y + PATH)
    yield from removal_bar(events, scale, y + BAR)
    for group in clusters(listed(events), scale):
        x = scale.x(group[0][0])
        for at in sorted({at for at, _ in group}):
            yield f'<circle class="ink" cx="{scale.x(at)}" cy="{y + BAR + BAR_HEIGHT}" r="2.5"/>'
        yield line("lead", x, y + BAR + BAR_HEIGHT, x, y + LIST + LINE * (len(group) - 1))
        shown = None
        for row, (at, words) in enumerate(group):
            ms = f"{at:.0f}" if at != shown else ""
            yield text(x + INDENT - 6, y + LIST + LINE * row, ms, "dim", "end")
            yield text(x + INDENT, y + LIST + LINE * row, words)
            shown = at


def axis(scale, bottom):
    step = 500 if scale.end - scale.begin < 6500 else 1000
    for ms in range(int(-(-scale.begin // step) * step), int(scale.end) + 1, step):
        x = scale.x(ms)
        yield line("grid", x, TOP - 4, x, bottom)
        yield text(x, bottom + 16, str(ms), "dim", "middle")
    yield text(WIDTH / 2, bottom + 36, "milliseconds since delete was written", "dim", "middle")


def scale_of(runs):
    """From the first event to the last end, and room for its list."""
    events = [event for run in runs for event in run.events()]
    begin = min(event.at for event in events) - 60
    end = max(event.at for event in events if event.kind == "gone")
    width = WIDTH - 2 * MARGIN
    return Scale(begin, begin + (end - begin) * width / (width - ROOM))


def svg(title, runs):
    scale = scale_of(runs)
    rows = max(len(group) for run in runs for group in clusters(listed(run.events()), scale))
    high = LIST + LINE * rows
    bottom = TOP + high * len(runs)
    height = bottom + 50
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{style()}\n</style>",
        f'<rect class="page edge" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        text(MARGIN, 32, title, "ink title"),
        text(MARGIN, 52, f"Debian's {runs[0].kernel}, in qemu: the same removal three times, as the kernel traced it; "
             "teardown_tmo=3", "dim"),
        *axis(scale, bottom),
    ]
    for number, run in enumerate(runs):
        if number:
            body.append(line("edge", MARGIN, TOP + high * number, WIDTH - MARGIN, TOP + high * number))
        body += lane(run, scale, TOP + high * number)
    return "\n".join([*body, "</svg>"]) + "\n"

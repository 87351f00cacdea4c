# SPDX-License-Identifier: GPL-2.0
"""Makes a timeline that shows a difference small. All candidates of a round run side by side."""

import dataclasses

from generate import steady, WAVE


def _without_disk(t, disk):
    """The last LUN of every host goes where nothing speaks of it."""
    return dataclasses.replace(t, luns=t.luns - 1) if t.luns > 1 and not any(
        e.where.endswith(f":{t.luns - 1}") for e in t.events) and not any(
        s.disk.endswith(f":{t.luns - 1}") for s in t.streams) else None


def _renamed(t, a, b):
    """LUN a takes the place of LUN b, of which nothing speaks."""
    def name(where):
        return where.split(":")[0] + f":{b}" if where.endswith(f":{a}") else where
    return dataclasses.replace(
        t, events=tuple(dataclasses.replace(e, where=name(e.where)) for e in t.events),
        streams=tuple(dataclasses.replace(s, disk=name(s.disk)) for s in t.streams))


def candidates(t):
    """Smaller timelines, the boldest first."""
    found = []
    for s in t.streams:
        found.append(dataclasses.replace(t, streams=tuple(x for x in t.streams if x != s)))
    for e in t.events:
        found.append(dataclasses.replace(t, events=tuple(x for x in t.events if x != e)))
    for i, a in enumerate(t.events):
        for b in t.events[i + 1:]:
            if a.where == b.where:
                found.append(dataclasses.replace(t, events=tuple(x for x in t.events if x not in (a, b))))
    used = {int(w.split(":")[1]) for w in [e.where for e in t.events] + [s.disk for s in t.streams] if ":" in w}
    if t.luns > 1:
        free = [l for l in range(t.luns - 1) if l not in used]
        if t.luns - 1 not in used:
            found.append(_without_disk(t, t.luns - 1))
        elif free:
            found.append(_without_disk(_renamed(t, t.luns - 1, free[0]), t.luns - 1))
    if t.hosts > 1 and not any(w.startswith("1") for w in [e.where for e in t.events] + [s.disk for s in t.streams]):
        found.append(dataclasses.replace(t, hosts=1))
    if t.events and t.events[0].at > 400:
        by = t.events[0].at - 400
        found.append(dataclasses.replace(t, until=t.until - by,
                     events=tuple(dataclasses.replace(e, at=e.at - by) for e in t.events)))
    for e in t.events:
        if e.where.count(":") == 0 and e.where and t.luns == 1 and e.verb != "unplug":
            found.append(dataclasses.replace(t, events=tuple(
                dataclasses.replace(x, where=x.where + ":0") if x == e else x for x in t.events)))
    return [c for c in found if c.events and c != t and steady(c)][:WAVE]


def shrink(t, kind, differs, say):
    """differs(timelines) gives for each, by number, the kinds of its differences. Returns the smallest."""
    for turn in range(12):
        small = candidates(t)
        if not small:
            return t
        numbered = {n: dataclasses.replace(c, number=n) for n, c in enumerate(small)}
        shown = differs(list(numbered.values()))
        good = [numbered[n] for n in sorted(shown) if kind in shown[n]]
        if not good:
            return t
        t = dataclasses.replace(min(good, key=lambda c: (len(c.events) + len(c.streams), c.luns, c.until)),
                                number=t.number)
        say(f"round {turn + 1}: {len(good)} of {len(small)} still differ; {len(t.events)} events, {t.luns} LUNs")
    return t

# SPDX-License-Identifier: GPL-2.0
"""Makes a timeline that shows a difference small. All candidates of a round run side by side."""

import dataclasses

from generate import steady, WAVE


def _compact(t):
    """Only the LUNs that something speaks of, numbered anew."""
    used = sorted({int(w.split(":")[1]) for w in [e.where for e in t.events] + [s.disk for s in t.streams] if ":" in w})

    def name(where):
        host, colon, lun = where.partition(":")
        return f"{host}:{used.index(int(lun))}" if colon else where
    return dataclasses.replace(
        t, luns=max(len(used), 1), events=tuple(dataclasses.replace(e, where=name(e.where)) for e in t.events),
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
    if _compact(t).luns < t.luns:
        found.append(_compact(t))
        found.append(dataclasses.replace(_compact(t), luns=_compact(t).luns + 1))
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


def _number(t, n):
    """Of the n-th candidate: a machine with a real user space takes fewer."""
    return n if t.guest == "busybox" else n // 10 * 200 + 160 + n % 10


def shrink(t, kind, differs, say):
    """differs(timelines) gives for each, by number, the kinds of its differences. Returns the smallest."""
    for turn in range(12):
        small = candidates(t)
        if not small:
            return t
        numbered = {_number(t, n): dataclasses.replace(c, number=_number(t, n)) for n, c in enumerate(small)}
        shown = differs(list(numbered.values()))
        good = [numbered[n] for n in sorted(shown) if kind in shown[n]]
        if not good:
            return t
        t = dataclasses.replace(min(good, key=lambda c: (len(c.events) + len(c.streams), c.luns, c.until)),
                                number=t.number)
        say(f"round {turn + 1}: {len(good)} of {len(small)} still differ; {len(t.events)} events, {t.luns} LUNs")
    return t

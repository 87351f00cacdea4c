# SPDX-License-Identifier: GPL-2.0
"""Draws timelines from a seed. What is likely goes wrong where waits overlap, so they are made to: paths
that are lost and come back or not, low-level drivers that do not answer, and removals among them."""

import random

from timeline import Event, Stream, Timeline, PATH_LOST, REMOVALS

WAVE = 40               # so many timelines to a machine at most
ISCSI_EACH = 4          # of a machine with a real user space, one in so many has a real transport
REBOOT_EACH = 100       # the last of so many reboots its machine, and has it for itself
# No event comes closer to a deadline than this, nor to another event. iscsid takes seconds to see and to mend things.
MARGIN = {"stubborn": 600, "iscsi": 2500}
APART = {"stubborn": 200, "iscsi": 2500}
# Of each 200 timelines: up to which number, which kind of machine, and how many timelines one has. "patient" has disks
# of long timeouts, where stock needs minutes; "real" has a udevd, which has much to do, and a real transport.
MACHINES = ((40, "plain", WAVE), (80, "flush_tmo", WAVE), (120, "patient", WAVE), (160, "late", WAVE), (170, "real", 10),
            (200, "plain", 30))


def machine(number):
    """What kind of machine a timeline runs on, and the first timeline that runs there."""
    position, begin = number % MACHINES[-1][0], 0
    for end, kind, size in MACHINES:
        if position < end:
            return kind, number - (position - begin) % size
        begin = end
    raise AssertionError(number)


def edges(t):
    """Times at which something is decided, whose order with an event must not be left to chance."""
    waits = [e.at for e in t.events if e.verb in PATH_LOST + REMOVALS + ("load", "quiesce")]
    found = {at + n * t.teardown_ms() for at in waits for n in (1, 2)}
    if t.lld == "iscsi":
        removal = min((e.at for e in t.events if e.verb in REMOVALS), default=0)
        found = {at + t.teardown_ms() for at in waits if at >= removal}
    if t.flush_tmo != "default":
        found |= {e.at + 1000 * int(t.flush_tmo) for e in t.events if e.verb in REMOVALS}
    if t.lld == "iscsi":
        found |= {e.at + 1000 * int(t.path_tmo) for e in t.events if e.verb in PATH_LOST}
    if any(e.verb == "swallow" for e in t.events):
        found |= {e.at + 2000 * t.timeout * n for e in t.events if e.verb in REMOVALS for n in (1, 2, 3)}
    return found


def steady(t):
    """Whether small differences of time cannot change what happens."""
    times = sorted(e.at for e in t.events)
    apart = all(b - a >= APART[t.lld] for a, b in zip(times, times[1:]))
    decided = edges(t)
    return apart and all(abs(e.at - edge) >= MARGIN[t.lld] for e in t.events for edge in decided)


class _Draw:
    """The events of one timeline."""

    def __init__(self, rng, t):
        self.rng, self.t, self.events = rng, t, []

    def at(self, begin, end):
        return self.rng.randrange(begin, max(end, begin + 100), 100)

    def add(self, at, verb, where="", rest=""):
        self.events.append(Event(at, verb, where, rest))

    def disk(self):
        return self.rng.choice(self.t.disks())

    def outage(self, last):
        """The path to a disk, or to all disks of a host, is lost; the administrator or error handling may meddle."""
        rng = self.rng
        disk = self.disk()
        where = disk.split(":")[0] if rng.random() < 0.3 else disk
        at = self.at(300, last)
        self.add(at, "block", where)
        if rng.random() < 0.45:
            at = self.at(at + 200, at + 1200)
            self.add(at, "offline", disk)
            if rng.random() < 0.35:
                at = self.at(at + 200, at + 1500)
                self.add(at, "online", disk)
        if rng.random() < 0.7:
            self.add(self.at(at + 300, at + 4500), rng.choice(("unblock",) * 4 + ("fail",)), where)

    def fault(self, last):
        """The LLD does not do as it should, for a while."""
        rng = self.rng
        disk, at = self.disk(), self.at(300, last)
        kind = rng.choice(("flush", "flush", "flush", "write"))
        fault = rng.choice(("busy", "swallow", "swallow", "slow"))
        if fault == "swallow":
            self.add(at, fault, disk, f"{kind} {1 if self.t.timeout == 30 else rng.choice((1, 1, 2))}")
            return
        n = 1 if fault == "busy" else rng.choice((400, 1200, 2500))
        self.add(at, fault, disk, f"{kind} {n}")
        if rng.random() < 0.7:
            self.add(self.at(at + 500, at + 5000), fault, disk, f"{kind} 0")

    def pause(self, last):
        disk, at = self.disk(), self.at(300, last)
        self.add(at, "quiesce", disk)
        if self.rng.random() < 0.7:
            self.add(self.at(at + 300, at + 5000), "resume", disk)

    def removals(self, last):
        """Some disks, a host or all of the LLD's."""
        rng, at = self.rng, self.at(500, last)
        how = rng.choice(("delete",) * 5 + ("unplug",) * 3 + ("rmmod",) * 2)
        if how == "delete":
            for disk in rng.sample(self.t.disks(), min(len(self.t.disks()), rng.choice((1, 1, 2, 3)))):
                self.add(at, "delete", disk)
                at = self.at(at + 200, at + 2500)
        elif how == "unplug":
            self.add(at, "unplug", str(rng.randrange(self.t.hosts)))
        else:
            self.add(at, "rmmod")

    def streams(self, last):
        """I/O; it has ended when the driver is unloaded, which an open disk prevents."""
        rng = self.rng
        rmmod = min((e.at for e in self.events if e.verb == "rmmod"), default=1 << 30)
        chosen = rng.sample(self.t.disks(), rng.randint(0, min(3, len(self.t.disks()))))
        # Between two events, all of which have even hundreds.
        return tuple(Stream(disk, rng.choice(("write", "fsync")), self.at(0, 600) + 50,
                            min(last, rmmod - 300), rng.choice((200, 300, 400))) for disk in chosen)


def _draw(rng, base, kind, load):
    d = _Draw(rng, base)
    last = 4000
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        d.outage(last)
    if rng.random() < (1 if kind == "patient" else 0.5):
        d.fault(1500 if kind == "patient" else last)
    if rng.random() < 0.15:
        d.pause(last)
    for _ in range(rng.choice((1, 1, 2))):
        d.removals(last)
    if load:
        d.add(load, "load")
    return d


def _settled(t, draw):
    """Its events in order, and how long it takes all of them to be over."""
    events = tuple(sorted(draw.events, key=lambda e: e.at))
    last = events[-1].at
    tries = sum(int(e.rest.split()[1]) for e in events if e.verb == "swallow")
    until = last + 2 * t.teardown_ms() + min(2000 * t.timeout * tries, 62000) + 2500
    until += 6000 if t.lld == "iscsi" else 0
    return t.__class__(**{**t.__dict__, "events": events, "until": until,
                          "streams": draw.streams(min(last + 1500, 18000 if t.lld == "iscsi" else 9000))})


def _iscsi(rng, number):
    """One session; its path is lost and comes back, LUNs are deleted, and it is logged out of. The target does as it
    should, since only its path can be taken away."""
    t = Timeline(number, luns=rng.choice((1, 2, 2, 3)), timeout=30, teardown_tmo=rng.choice(("8", "10")), guest="udevd",
                 lld="iscsi", path_tmo=rng.choice(("120", "120", "5")))
    d = _Draw(rng, t)
    at = d.at(500, 3000)

    def then(chance, verb, where, most):
        nonlocal at
        if rng.random() < chance:
            at = d.at(at + 2500, at + most)
            d.add(at, verb, where)
    if rng.random() < 0.2:
        d.add(at, "delete", d.disk())
        then(1, "block", "0", 4000)
    else:
        d.add(at, "block", "0")
    then(0.25, "offline", d.disk(), 3500)
    then(0.2, "unblock", "0", 5000)
    removal = rng.choice((("delete", d.disk()), ("delete", d.disk()), ("unplug", "0")))
    then(1, *removal, 4000)
    then(0.7, "unblock", "0", 6500)
    if removal[0] == "delete":
        then(0.6, *rng.choice((("delete", d.disk()), ("unplug", "0"))), 6000)
    return _settled(t, d)


def _reboot(rng, number):
    t = Timeline(number, luns=rng.choice((1, 1, 2)), timeout=rng.choice((2, 30)))
    d = _Draw(rng, t)
    begin = d.at(500, 1000)
    d.add(begin, "block", d.disk())
    reboot = d.at(begin + 300, begin + 1500)
    d.add(reboot, "reboot")
    if rng.random() < 0.8:
        d.add(d.at(reboot + 1500, reboot + 12000), "unblock", d.events[0].where)
    if rng.random() < 0.3:
        d.add(begin - 300, "swallow", d.disk(), "flush 1")
    return _settled(t, d)


def generate(seed, number):
    """Timeline number so-and-so of a seed: the same one each time."""
    rng = random.Random(f"{seed}:{number}")
    kind, first = machine(number)
    wave = random.Random(f"{seed}:wave {first}")
    flush_tmo = wave.choice(("2", "3")) if kind == "flush_tmo" else "default"
    load = wave.randrange(3000, 6000, 100) if kind == "late" else 0
    for _ in range(2000):
        if number % REBOOT_EACH == REBOOT_EACH - 1:
            t = _reboot(rng, number)
        elif kind == "real" and number % ISCSI_EACH == ISCSI_EACH - 1:
            t = _iscsi(rng, number)
        else:
            hosts = rng.choice((1, 1, 1, 2))
            base = Timeline(number, hosts, rng.choice((1, 2, 2, 3, 3, 4, 6, 8)) if hosts == 1 else rng.randint(1, 4),
                            timeout=rng.choice((10, 30, 30)) if kind == "patient" else rng.choice((1, 2)),
                            teardown_tmo=rng.choice(("default", "2", "3") if kind == "patient" else ("2", "2", "3")),
                            flush_tmo=flush_tmo, guest="udevd" if kind == "real" else "busybox")
            t = _settled(base, _draw(rng, base, kind, load))
        if steady(t):
            return t
    raise RuntimeError(f"seed {seed} has no steady timeline {number}")

# SPDX-License-Identifier: GPL-2.0
"""Compares what a timeline led to with the module and without it.

The rule: never worse than stock. Lost I/O has one excuse, the administrator's time: a device that was blocked (or
quiesced) under removal for its own teardown_tmo, from when IT began to wait, or whose flush the LLD had for a
flush_tmo that was set. Lost time has one more: the LLD had a flush that stock threw away or never ended. The
timeline's own events and the kernel's say when that was; the module's word alone is never enough, except that it
did cut something off. What is excused is said, and nothing else is.
"""

import collections
import re

from timeline import PATH_LOST, PATH_BACK, FAULTS
from view import EAGAIN, View

Difference = collections.namedtuple("Difference", "kind what excuse")


def _flushes(stock, other):
    for disk in stock.timeline.disks():
        if stock.flushed(disk) and not other.flushed(disk):
            said = "; ".join(k.text for k in other.kills(disk)) or "nothing is said"
            excuse = other.excuse(disk, other.facts.over)
            if not excuse and other.stays(disk):
                excuse = "it stays, because its removal was refused; that is judged by itself"
            elif not excuse and other.turn_came_earlier(disk, stock):
                excuse = "stock itself throws it away while its disk is blocked, and let it wait behind a removal that hung"
            yield Difference("flush-lost", f"{disk}: stock flushed it, here it was not ({said})", excuse)


def _ios(stock, other):
    for (disk, turn), was in sorted(stock.facts.ios.items()):
        now = other.facts.ios.get((disk, turn))
        # One that is issued while its disk is being blocked may be on either side of that.
        if now is None or was.end is None or stock.being_blocked(disk, was.begin) or other.being_blocked(disk, now.begin):
            continue
        end = now.end if now.end is not None else other.facts.over
        late = (end - now.begin) - (was.end - was.begin)
        slack = other.slack.end + other.ticks(disk, now.begin, end)
        if now.end is None or late > slack:
            # What its disk's removal ended on stock comes later where that removal had to wait for a sibling's.
            going = stock.going(disk)
            ended = was.error and going is not None and going <= was.end + stock.slack.end
            disks = other.host_disks(disk) if ended else [disk]
            if late > slack + other.explained(disks, now.begin, end, stock):
                yield Difference("io-late", f"{disk}: turn {turn} took {was.end - was.begin:.0f} ms on stock, here "
                                 + (f"{end - now.begin:.0f}" if now.end is not None else "it has not ended"), None)
        if was.error == 0 and now.error:
            begun = other.facts.removed.get(disk)
            excuse = other.excuse(disk, end)
            if not excuse and begun is not None and begun <= now.begin + other.slack.end:
                excuse = f"its own removal began at {begun:.0f}"
            elif not excuse and other.given_up(disk, end):
                excuse = "its transport gave the path up"
            yield Difference("io-failed", f"{disk}: turn {turn} at {now.begin:.0f} fails with {now.error}, on stock it "
                             "succeeds", excuse)


def _silence(stock, other):
    def commands(view, disk):
        return sum(1 for a, b in view.stopped(disk, PATH_LOST, PATH_BACK) for c in view.facts.commands.get(disk, [])
                   if c.what == "start" and a + view.slack.dispatch < c.at < b - view.slack.back)

    for disk in stock.timeline.disks():
        was, now = commands(stock, disk), commands(other, disk)
        if now > was + (2 if was else 0):
            yield Difference("not-silent", f"{disk}: between a block and its unblock the LLD got {now} commands, "
                             f"on stock {was}", None)


def _ends(stock, other):
    for index, e in enumerate(stock.timeline.events):
        was, now = stock.facts.events.get(index), other.facts.events.get(index)
        if e.verb in FAULTS + ("load", "reboot") or was is None or now is None or now[0] is None:
            continue
        removal = e.verb in ("delete", "unplug", "rmmod")
        end = now[1] if now[1] is not None else other.facts.over
        allowed = other.explained(other.host_disks(e.where), now[0], end, stock if was[1] is not None else None)
        slack = other.slack.end + other.ticks(e.where, now[0], end)
        whose = f"{allowed:.0f} ms are the administrator's, or a flush's that stock threw away"
        what = f"{e.text()}: " + (f"ends after {end - now[0]:.0f} ms" if now[1] is not None else "has not ended after "
                                  f"{end - now[0]:.0f} ms, in {other.facts.stacks.get(('event', index), '?')[:60]}")
        if was[1] is None:
            allowed += max(0, other.loaded - now[0])
            if removal and end - now[0] > allowed + slack:
                yield Difference("hang" if now[1] is None else "slow",
                                 f"{what}; on stock it hangs; {whose}", None if now[1] else other.came_too_late(index))
        elif end - now[0] > was[1] - was[0] + slack:
            excuse = whose if end - now[0] <= was[1] - was[0] + slack + allowed else None
            yield Difference("late", f"{what}; on stock after {was[1] - was[0]:.0f}", excuse)
        # A host that is gone is refused too where its removal hung on stock; a driver in use is not.
        if removal and now[2] and (not was[2] if was[1] is not None else now[2] == EAGAIN):
            user = other.in_use(e.where, now[0]) if now[2] == EAGAIN else None
            on_stock = "without" if was[1] is not None else "it hangs"
            yield Difference("refused", f"{what} with error {now[2]}; on stock {on_stock}",
                             f"{user} waits within the administrator's time" if user else None)


def _early(other):
    for disk in other.timeline.disks():
        for kill in other.kills(disk):
            if not other.own_time_up(disk, kill):
                yield Difference("early", f"{disk} at {kill.at:.0f}: {kill.text.split('scsi_lifecycle: ')[-1]}; it waited "
                                 f"{[(round(a), round(b)) for a, b in other.waits[disk]]}, its time is {other.tmo} ms", None)


def _uevents(stock, other):
    def changes(view):
        return sum(1 for u in view.facts.uevents if u.action == "change" and "DEVTYPE=scsi_device" in u.keys)

    if changes(other) > changes(stock):
        yield Difference("uevent", f"{changes(other)} change events of SCSI devices, on stock {changes(stock)}", None)


def _reboot(stock, other):
    if stock.timeline.reboots() and stock.facts.rebooted and not other.facts.rebooted:
        yield Difference("hang", "the machine does not reboot, on stock it does", None)


def compare(timeline, stock_facts, facts, mode):
    """All differences of a timeline, the excused ones included."""
    stock, other = View(timeline, stock_facts, "stock"), View(timeline, facts, mode)
    found = [*_flushes(stock, other), *_ios(stock, other), *_silence(stock, other), *_ends(stock, other),
             *_early(other), *_uevents(stock, other), *_reboot(stock, other)]
    return found


def splats(stock_wave, wave):
    """Complaints of the kernel that stock does not make: (timeline's number or None, Difference)."""
    known = {headline for headline, _ in stock_wave.splats}
    for headline, comm in wave.splats:
        if headline not in known:
            match = re.match(r"t(\d+)\.", comm)
            yield int(match.group(1)) if match else None, Difference("splat", f"{headline} ({comm})", None)


def accounts(timelines, wave, mode):
    """What is counted twice, by one that may err and by one that knows: (name, so many, so many in truth)."""
    if any(t.load() or t.reboots() for t in timelines):
        return
    views = [View(t, wave.timelines[t.number], mode) for t in timelines]
    if mode != "stock":
        yield ("flushes that the module calls completed, and the LLD answered", wave.counters.get("flushes_completed", 0),
               sum(v.flushed(disk) for v in views for disk in v.timeline.disks()))
    if "target_flushes" in wave.counters:
        answered = [c for v in views if v.timeline.lld == "iscsi" for disk in v.timeline.disks()
                    for c in v.facts.commands.get(disk, []) if c.opcode.startswith("SYNCHRONIZE")
                    and (c.what, c.host_byte, c.status) == ("done", "OK", "GOOD")]
        yield "flushes that iSCSI saw answered, and the target answered", len(answered), wave.counters["target_flushes"]


def subject(difference):
    """What has to be seen again to be steady: the kind, and the host, disk or event that it is of."""
    if difference.kind in ("account", "uevent"):
        return difference.kind, ""
    of = difference.what.split(": ")[0].split(" at ")[0]
    # Which of a host's disks loses a race is chance.
    return difference.kind, of.split(":")[0] if difference.kind in ("flush-lost", "early") else of


def subjects(differences):
    """Of those that nothing excuses."""
    return {subject(d) for d in differences if not d.excuse}


def kinds(differences):
    """The kinds of those that nothing excuses."""
    return {d.kind for d in differences if not d.excuse}

# SPDX-License-Identifier: GPL-2.0
"""A timeline as it went in one mode: when each disk was stopped, waited, was flushed or was cut off."""

import collections
import re

from timeline import PATH_LOST, PATH_BACK, FAULTS

# end: how much later than on stock something may end for no reason; wait: the module looks now and then, so for
# each wait that it ended; early: how much too early a deadline may seem, since its begin is seen late; dispatch: a
# command may be on its way while its device is blocked; back: a path may have been back for so long when that is seen.
# A real transport finds out, and logs in again, in its own time.
Slack = collections.namedtuple("Slack", "end wait early dispatch back")
SLACKS = {"stubborn": Slack(700, 350, 300, 40, 0), "iscsi": Slack(4000, 350, 1000, 500, 500)}
# A command's timer goes off at a full second, and half a second later where its queue's was set for another
# (blk_add_timer()).
TICK = 1700
REBOOT_MS = 180000      # reboot_tmo, where no transport says more
FLUSH_TIMEOUTS = 48     # a default flush_tmo: so many of the disk's own timeouts
EAGAIN = 11             # of an LLD that is in use, and cannot be unloaded


def union(intervals, begin, end):
    """So many milliseconds of [begin, end] are in one of the intervals at least."""
    total, at = 0.0, begin
    for a, b in sorted(intervals):
        a, b = max(a, at), min(b, end)
        if b > a:
            total += b - a
            at = b
    return total


class View:
    """A timeline and its facts in one mode."""

    def __init__(self, timeline, facts, mode):
        self.timeline, self.facts, self.mode = timeline, facts, mode
        self.slack = SLACKS[timeline.lld]
        self.flush_ms = None if timeline.flush_tmo == "default" else 1000 * int(timeline.flush_tmo)
        self.tmo = REBOOT_MS if timeline.reboots() else timeline.teardown_ms()
        load = timeline.events.index(timeline.load()) if timeline.load() else None
        # Of a module that comes late it is known when it had its first node, or else when it began to load, and had
        # ended.
        self.loads, self.loaded = (0, 0) if load is None else (self.begin(load) or 0, self._end(load))
        if load is not None and facts.module is not None and self.loads <= facts.module <= self.loaded:
            self.loads = self.loaded = facts.module
        self.waits = {disk: self._waits(disk, self.loaded) for disk in timeline.disks()}
        self.longest = {disk: self._waits(disk, self.loads) for disk in timeline.disks()}
        self.flushing = {disk: self._flushing(disk) for disk in timeline.disks()}

    def begin(self, index):
        return self.facts.events.get(index, [None])[0]

    def _end(self, index):
        end = self.facts.events.get(index, [None, None])[1]
        return end if end is not None else self.facts.over

    def going(self, disk):
        """When its removal, or its whole host's, has begun; None where it has not."""
        times = [self.facts.removed[disk]] if disk in self.facts.removed else []
        for index, e in enumerate(self.timeline.events):
            if e.verb in ("unplug", "rmmod", "reboot") and e.hits(disk) and self.begin(index) is not None:
                refused = (self.facts.events[index][2] or 0) != 0
                if not refused:
                    times.append(self.host_goes(index) if e.verb == "unplug" else self.begin(index))
        return min(times, default=None)

    def stays(self, disk):
        """Whether it is not removed, because its LLD could not be unloaded within the administrator's time."""
        return self.going(disk) is None and any(
            e.verb == "rmmod" and self.facts.events.get(index, [0, 0, 0])[2] == EAGAIN and self.in_use(e.where, self.begin(index))
            for index, e in enumerate(self.timeline.events))

    def turn_came_earlier(self, disk, stock):
        """Whether its removal took its turn while the disk was blocked, when on stock the deletion before it hung. (The
        livepatch keeps the flush of a disk that is blocked.)"""
        removed = self.facts.removed.get(disk)
        if removed is None or disk not in stock.facts.removed or (self.mode == "livepatch" and removed >= self.loads):
            return False
        blocked = any(a <= removed <= b for a, b in self.stopped(disk, PATH_LOST, PATH_BACK))
        said = any(f" {disk}: scsi_lifecycle: cache flush lost: removed while blocked" in f" {log.text}" for log in self.facts.log)
        turn = stock.facts.removed[disk]
        hung = any(e.verb == "delete" and e.where != disk and e.where.split(":")[0] == disk.split(":")[0]
                   and stock.begin(index) is not None and stock.begin(index) < turn and turn - self.slack.end <= stock._end(index) <= turn
                   and stock._end(index) - stock.begin(index) > self.slack.end
                   and self._end(index) - self.begin(index) < stock._end(index) - stock.begin(index) - self.slack.wait
                   for index, e in enumerate(self.timeline.events))
        return blocked and said and hung

    def host_goes(self, unplug):
        """scsi_remove_host() waits for the host's scan_mutex, which a deletion has until it ends."""
        at = self.begin(unplug)
        return max([at] + [self._end(index) for index, e in enumerate(self.timeline.events)
                           if e.verb == "delete" and e.where.split(":")[0] == self.timeline.events[unplug].where
                           and self.begin(index) is not None and self.begin(index) < at < self._end(index)])

    def turns(self, disk, lost, back):
        """Each time that a disk is stopped (True) or goes on: (begin, end, which, whether it was given the device)."""
        if self.timeline.lld == "iscsi":
            for at, state in self.facts.paths.get(disk.split(":")[0], []) if lost == PATH_LOST else ():
                yield at, at, state == "FAILED", False
            return
        for index, e in enumerate(self.timeline.events):
            direct = e.where == disk
            # (It fails for a disk that is gone.)
            if direct and (self.facts.events.get(index, [0, 0, 0])[2] or 0) != 0:
                continue
            if e.hits(disk) and self.begin(index) is not None and e.verb in lost + back:
                yield self.begin(index), self._end(index), e.verb in lost, direct

    def stopped(self, disk, lost, back):
        """The times between what stops a disk and what lets it go on."""
        since, found = None, []
        removed = self.facts.removed.get(disk)
        for begin, end, stops, direct in self.turns(disk, lost, back):
            # Stock's functions pass over a device whose removal has begun, unless they are given the device.
            passes_over = not direct and (self.mode != "livepatch" or begin < self.loads)
            if passes_over and removed is not None and removed <= begin - self.slack.back:
                continue
            if stops and since is None:
                since = end
            elif not stops and since is not None:
                found.append((since, begin))
                since = None
        return found + ([(since, self.facts.over)] if since is not None else [])

    def being_blocked(self, disk, at):
        lost = [begin for begin, _, stops, _ in self.turns(disk, PATH_LOST, PATH_BACK) if stops]

        def seen(index):
            """When the transport knows."""
            return self._end(index) if self.timeline.lld != "iscsi" else \
                min((a for a in lost if a >= self.begin(index)), default=self.facts.over)
        return any(e.verb in ("block", "quiesce") and e.hits(disk) and self.begin(index) is not None
                   and self.begin(index) <= at <= seen(index) + self.slack.dispatch
                   for index, e in enumerate(self.timeline.events))

    def _waits(self, disk, loaded):
        """When the disk waited under removal, each from when it began to, for its own time at most."""
        going = self.going(disk)
        if going is None or self.mode == "stock":
            return []
        stops = self.stopped(disk, PATH_LOST, PATH_BACK) + self.stopped(disk, ("quiesce",), ("resume",))
        gone = self.gone(disk)
        begins = [(max(a, going, loaded), min(b, gone)) for a, b in stops]
        return [(a, min(b, a + self.tmo)) for a, b in begins if a < b]

    def gone(self, disk):
        """When its removal was over."""
        removals = [(self.begin(index), self._end(index)) for index, e in enumerate(self.timeline.events)
                    if e.verb in ("delete", "unplug", "rmmod") and e.hits(disk) and self.begin(index) is not None
                    and not self.facts.events[index][2] and self._end(index) >= self.going(disk)]
        # One that comes while another is under way leaves it to that, and returns.
        return min((end for begin, end in removals if not any(b < begin and end < e for b, e in removals)),
                   default=self.facts.over)

    def flush(self, disk):
        """The commands of its removal's (or reboot's) own flush."""
        begun = self.facts.removed.get(disk)
        if self.timeline.reboots():
            begun = self.going(disk)
        if begun is None:
            return []
        flushes = [c for c in self.facts.commands.get(disk, []) if c.opcode.startswith("SYNCHRONIZE")]
        # A file system's flush that was sent before is over before the driver sends its own.
        first = min((c.at for c in flushes if c.what == "start" and c.at >= begun), default=self.facts.over)
        return [c for c in flushes if c.at >= first]

    def flushed(self, disk):
        return any(c.what == "done" and c.host_byte == "OK" and c.status in ("GOOD", "") for c in self.flush(disk))

    def _flushing(self, disk):
        """When the LLD had the flush of its removal, or was asked to take it."""
        commands = self.flush(disk)
        if not commands:
            return []
        last, over = commands[-1], self.facts.over
        if last.what == "start":
            end = last.at + 2000 * self.timeline.timeout + TICK     # its own timer ends it
        elif last.what == "error":
            end = self.lifted(disk, "busy", last.at)
        else:
            end = last.at if over - last.at > 1000 or (last.what, last.host_byte) == ("done", "OK") else over
        return [(commands[0].at, min(end, over, max(commands[0].at, self.loaded) + self.flush_most()))]

    def flush_most(self):
        return 1000 * FLUSH_TIMEOUTS * self.timeline.timeout if self.flush_ms is None else self.flush_ms

    def faults(self, disk, verb=None):
        """The LLD's faults with flushes of the disk: (begin, end)."""
        found, since = [], {}
        for index, e in enumerate(self.timeline.events):
            if e.verb not in FAULTS or not e.hits(disk) or not e.rest.startswith("flush") or self.begin(index) is None:
                continue
            if int(e.rest.split()[1]):
                since.setdefault(e.verb, self.begin(index))
            elif e.verb in since:
                found.append((e.verb, since.pop(e.verb), self._end(index)))
        found += [(each, begin, self.facts.over) for each, begin in since.items()]
        return [(a, b) for each, a, b in found if verb in (None, each)]

    def lifted(self, disk, verb, at):
        """When such a fault that holds at some time is over, or that time."""
        return max((b for a, b in self.faults(disk, verb) if a <= at <= b + self.slack.end), default=at)

    def host_disks(self, where):
        return [d for d in self.timeline.disks() if not where or d.split(":")[0] == where.split(":")[0]]

    def held(self, disk):
        """When the LLD had a command of any kind, for as long as the disk's own timer lets it."""
        since, found = {}, []
        for c in self.facts.commands.get(disk, []):
            if c.what == "start":
                since.setdefault(c.opcode, c.at)
            elif c.opcode in since:
                found.append((since.pop(c.opcode), c.at))
        return found + [(at, min(self.facts.over, at + 2000 * self.timeline.timeout)) for at in since.values()]

    def explained(self, disks, begin, end, stock=None):
        """So much of this time is the administrator's, at one of these disks, or the LLD's: with a flush where stock
        sent none, or, where stock did not end, with any command, for which stock waits too."""
        spans = [w for d in disks for w in self.waits[d]]
        spans += [f for d in disks for f in self.flushing[d] if not stock or not stock.flushing[d]
                  or self.met_later(d, f[0], stock)]
        looks = sum(1 for a, b in spans if b - a > 100 and begin <= b <= end + self.slack.end)
        spans += [h for d in disks if not stock for h in self.held(d)]
        return union(spans, begin, end) + self.slack.wait * looks

    def ticks(self, where, begin, end):
        """Timers of commands that went off meanwhile, one after the other: each at a full second."""
        return TICK * max(sum(c.what == "timeout" and begin <= c.at <= end for c in self.facts.commands.get(d, []))
                          for d in self.host_disks(where))

    def met_later(self, disk, at, stock):
        """Whether the disk's flush came later than on stock because of the administrator's time, and met a fault that the
        LLD had not when stock's came."""
        # An unload takes one host after the other.
        before = self.timeline.disks() if any(e.verb == "rmmod" for e in self.timeline.events) else self.host_disks(disk)
        waited = any(b <= at for d in before for _, b in self.waits[d])
        flushed = stock.flushing[disk][0][0]
        return waited and any(a <= at <= b for a, b in self.faults(disk)) and not any(
            a <= flushed <= b for a, b in stock.faults(disk))

    def in_use(self, where, at):
        """What keeps an LLD loaded: a user of a disk of its, or a deletion (sdev_store_delete() takes a reference), that
        waits within the administrator's time for that disk; or None."""
        def waiting(disk):
            return disk in self.host_disks(where) and any(a <= at <= b for a, b in self.waits[disk])

        users = [f"the user of {disk}" for (disk, _), io in sorted(self.facts.ios.items())
                 if io.begin <= at and (io.end is None or io.end >= at) and waiting(disk)]
        deletions = [f"the deletion of {e.where}" for index, e in enumerate(self.timeline.events) if e.verb == "delete"
                     and self.begin(index) is not None and self.begin(index) <= at <= self._end(index) and waiting(e.where)]
        return next(iter(users + deletions), None)

    def kills(self, disk):
        """When the module failed commands of the disk because time was up, and what it said."""
        for log in self.facts.log:
            if f" {disk}: scsi_lifecycle:" in f" {log.text}" and re.search(
                    r"(blocked for at least|no path|not answered|not taken|expired|given up in).*(killed|aborted|failed)",
                    log.text):
                yield log

    def own_time_up(self, disk, kill):
        """Whether the administrator's time for this disk was up when it was cut off."""
        if "given up in" in kill.text:
            return self.given_up(disk, kill.at)
        if re.search(r"not answered|not taken", kill.text):
            return any(kill.at >= a + self.flush_most() - self.slack.early for a, _ in self.flushing[disk])
        # (A device that was cut off when its host went away has no path any more when its own turn comes.)
        return any(b - a >= self.tmo - self.slack.early and kill.at >= a + self.tmo - self.slack.early
                   for a, b in self.longest[disk])

    def given_up(self, disk, until):
        """Whether the transport itself had given its path up."""
        return any(state == "FREE" and at <= until + self.slack.end for at, state in self.facts.paths.get(disk.split(":")[0], [])) \
            or any(e.verb == "fail" and e.hits(disk) and self.begin(index) is not None and self.begin(index) <= until
                   for index, e in enumerate(self.timeline.events))

    def came_too_late(self, index):
        """What a removal waits for that was stuck at another LUN, in use, before the module could give the host one more
        queue: only to fail that LUN's commands would end it. The module's word, which must name such a LUN; or None."""
        event = self.timeline.events[index]
        # Deletions of one host take turns.
        before = [i for i, e in enumerate(self.timeline.events) if e.verb == "delete" and self.begin(i) is not None
                  and e.where.split(":")[0] == event.where.split(":")[0] and self.begin(i) < self.begin(index)
                  and self.facts.events[i][1] is None]
        if event.verb == "delete" and self.begin(index) < self.loads and before and event.where not in self.facts.removed:
            return self.came_too_late(before[0])
        for log in self.facts.log if event.verb == "delete" and self.begin(index) < self.loads else ():
            match = re.search(r"(\d+:\d+): scsi_lifecycle: its removal has waited \d+ ms for (\d+:\d+), which is blocked", log.text)
            if match and match[1] == event.where and self.going(match[2]) is None and any(
                    a <= log.at and b >= self.facts.over for a, b in self.stopped(match[2], PATH_LOST, PATH_BACK)):
                return log.text
        return None

    def excuse(self, disk, until):
        """The module's word for a cut that its own time explains, before that time; or None."""
        return next((f"{k.text} (at {k.at:.0f}; waited from {w[0][0]:.0f})" if (w := self.waits[disk]) else k.text
                     for k in self.kills(disk) if k.at <= until + self.slack.end and self.own_time_up(disk, k)), None)

# SPDX-License-Identifier: GPL-2.0
"""A timeline: what happens to a few disks, and when. Its text is what is generated, replayed and shrunk.

    timeline 17
    hosts 1
    luns 3
    timeout 1                       the disks' own, seconds; sd gives a flush twice that for each try
    teardown_tmo 2                  seconds, or default
    flush_tmo default               seconds, or default
    until 12000                     milliseconds: what has not ended by then hangs
    guest busybox                   or udevd: Debian's user space, with multipathd and what its rules do
    lld stubborn                    or iscsi: iscsi_tcp against LIO over loopback, a session for each host
    path_tmo 120                    seconds after which iscsid's transport gives a path up
    io 0:1 write from 0 until 3000 every 200
    at 1200 block 0:1               HOST:LUN, or HOST for a target
    at 2000 swallow 0:1 flush 1     LUN 1 of host 0 does not answer the next flush
    at 2400 delete 0:1
    at 3900 unblock 0:1
"""

import dataclasses
import re

PATH_LOST = ("block",)
PATH_BACK = ("unblock", "fail")
REMOVALS = ("delete", "unplug", "rmmod", "reboot")
FAULTS = ("busy", "swallow", "slow")
NUMBERS = ("number", "hosts", "luns", "timeout", "until")
TEARDOWN_DEFAULT = 5


@dataclasses.dataclass(frozen=True)
class Event:
    at: int
    verb: str
    where: str = ""         # "H", "H:L", or nothing for all
    rest: str = ""

    def text(self):
        return " ".join(filter(None, ("at", str(self.at), self.verb, self.where, self.rest)))

    def hits(self, disk):
        """Whether it is about this disk, "H:L"."""
        return not self.where or self.where == disk or self.where == disk.split(":")[0]


@dataclasses.dataclass(frozen=True)
class Stream:
    disk: str
    kind: str               # write or fsync
    begin: int
    until: int
    period: int

    def text(self):
        return f"io {self.disk} {self.kind} from {self.begin} until {self.until} every {self.period}"


@dataclasses.dataclass(frozen=True)
class Timeline:
    number: int
    hosts: int = 1
    luns: int = 1
    timeout: int = 2
    teardown_tmo: str = "default"
    flush_tmo: str = "default"
    until: int = 12000
    guest: str = "busybox"
    lld: str = "stubborn"
    path_tmo: str = "120"
    streams: tuple = ()
    events: tuple = ()      # in order

    def disks(self):
        return [f"{h}:{l}" for h in range(self.hosts) for l in range(self.luns)]

    def teardown_ms(self):
        tmo = self.teardown_tmo
        return 1000 * (TEARDOWN_DEFAULT if tmo == "default" else int(tmo))

    def load(self):
        """When the module comes late: the event, or None."""
        return next((e for e in self.events if e.verb == "load"), None)

    def reboots(self):
        return any(e.verb == "reboot" for e in self.events)

    def machine(self):
        """Timelines run side by side where this is equal."""
        load = self.load()
        return (self.guest, self.flush_tmo, load.at if load else 0, self.number if self.reboots() else -1)

    def text(self):
        head = [f"timeline {self.number}"]
        head += [f"{name} {getattr(self, name)}" for name in
                 ("hosts", "luns", "timeout", "teardown_tmo", "flush_tmo", "until", "guest", "lld", "path_tmo")]
        return "\n".join(head + [s.text() for s in self.streams] + [e.text() for e in self.events]) + "\n"


def parse(text):
    """All the timelines of a text."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0] == "timeline":
            found.append({"number": int(words[1]), "streams": (), "events": ()})
        elif words[0] == "at":
            found[-1]["events"] += (Event(int(words[1]), *words[2:4], rest=" ".join(words[4:])),)
        elif words[0] == "io":
            match = re.fullmatch(r"io (\S+) (write|fsync) from (\d+) until (\d+) every (\d+)", line.strip())
            found[-1]["streams"] += (Stream(*match.groups()[:2], *map(int, match.groups()[2:])),)
        else:
            value = words[1]
            found[-1][words[0]] = int(value) if words[0] in NUMBERS else value
    return [Timeline(**each) for each in found]

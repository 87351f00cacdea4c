# SPDX-License-Identifier: GPL-2.0
"""What the kernel traced of removals, and what that says: a run for each mode, events with milliseconds.

Its text is what is kept beside a picture:

    # any words
    run stock 6.1.0-57-amd64
    24.911083 sh-164 tracing_mark_write: delete written
"""

import dataclasses
import re

RAW = re.compile(r"^\s*(\S.*-\d+)\s+\[\d+\]\s+(?:\S+\s+)?(\d+\.\d+): (\w+): (.*?)\s*$")
KEPT = re.compile(r"^(\d+\.\d+) (\S+) (\w+): (.*)$")
MARK = "tracing_mark_write"


@dataclasses.dataclass(frozen=True)
class Line:
    at: float           # seconds
    task: str           # NAME-PID
    event: str
    words: str

    def text(self):
        return f"{self.at:.6f} {self.task} {self.event}: {self.words}"


@dataclasses.dataclass(frozen=True)
class Event:
    at: float           # milliseconds since delete was written
    kind: str
    text: str


@dataclasses.dataclass(frozen=True)
class Run:
    mode: str
    kernel: str
    lines: tuple

    def text(self):
        return "\n".join([f"run {self.mode} {self.kernel}"] + [line.text() for line in self.lines])

    def marked(self, words):
        return next((line for line in self.lines if line.event == MARK and line.words == words), None)

    def events(self):
        """What the picture names, in order."""
        begin = self.marked("delete written")
        found = []
        for line in self.lines:
            for kind, text in meaning(line, begin, found):
                found.append(Event((line.at - begin.at) * 1000, kind, text))
        return found


def meaning(line, begin, before):
    """(kind, text) of a line; before has the events before it."""
    words, once = line.words, {event.kind for event in before}
    flush = "SYNCHRONIZE_CACHE" in words
    if line.event == MARK and words in ("path lost", "path back"):
        yield words.replace("path ", ""), words
    elif line.event == MARK and words == "delete written":
        yield "written", words
    elif line.event == MARK and words == "gone":
        yield "gone", "the device is gone"
    elif line.event == MARK and words.startswith("still waits"):
        yield "hangs", words
    elif line.event == "execute" and line.task == begin.task and line.at > begin.at and "queued" not in once:
        yield "queued", "flush parked: the queue is stopped"
    elif line.event == "scsi_dispatch_cmd_start" and flush:
        yield "sent", "flush sent to the disk"
    elif line.event == "scsi_dispatch_cmd_done" and flush:
        yield "answered", "flush answered: " + ("completed" if re.search(r"result=\(driver=\S* host=DID_OK .*GOOD", words)
                                                else "failed")
    elif line.event == "scl_expiry":
        yield "expired", "its time is up: teardown_tmo"
    elif line.event == "scl_kill":
        number = re.search(r"commands=(\d+)", words)[1]
        yield "killed", f"{number} command failed, flush " + ("lost" if "flush_lost=yes" in words else "not lost")


def recorded(handed_out):
    """The run of which a guest handed out these lines."""
    lines = [Line(float(found[2]), found[1], found[3], found[4]) for found in map(RAW.match, handed_out) if found]
    said = next(line.words.split() for line in lines if line.event == MARK and line.words.startswith("mode "))
    begin = next(line.at for line in lines if line.event == MARK and line.words == "path lost")
    return Run(said[1], said[3], tuple(line for line in lines if line.at >= begin and line.words.split()[0] != "mode"))


def kept(text):
    """The runs of a file."""
    runs = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("run "):
            runs.append((*line.split()[1:], []))
            continue
        found = KEPT.match(line)
        if not found or not runs:
            raise ValueError(f"line {number} is no line of a trace: {line}")
        runs[-1][2].append(Line(float(found[1]), found[2], found[3], found[4]))
    return [Run(mode, kernel, tuple(lines)) for mode, kernel, lines in runs]

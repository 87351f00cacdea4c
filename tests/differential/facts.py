# SPDX-License-Identifier: GPL-2.0
"""What a guest said, sorted by timeline. Times are milliseconds from the timeline's own start."""

import collections
import dataclasses
import re

Command = collections.namedtuple("Command", "at what opcode host_byte status")
Io = collections.namedtuple("Io", "begin end error")      # end None: it has not come back
Log = collections.namedtuple("Log", "at text")
Uevent = collections.namedtuple("Uevent", "at subsystem action name keys")

TRACE = re.compile(r"\[ *(\d+\.\d+)\].*scsi_dispatch_cmd_(\w+): host_no=(\d+) channel=\d+ id=\d+ lun=(\d+)"
                   r".*cmnd=\((\w+)(?:.*host=DID_(\w+).*status=SAM_STAT_(\w+))?")


@dataclasses.dataclass
class Facts:
    """Of one timeline in one mode."""
    over: float = 0                                         # when the guest stopped looking
    events: dict = dataclasses.field(default_factory=dict)  # index -> [begin, end or None, error]
    ios: dict = dataclasses.field(default_factory=dict)     # (disk, turn) -> Io
    commands: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    log: list = dataclasses.field(default_factory=list)     # what names one of its devices, or its threads
    uevents: list = dataclasses.field(default_factory=list)
    stacks: dict = dataclasses.field(default_factory=dict)  # ("event" or "io", index) -> text
    rebooted: bool = False
    removed: dict = dataclasses.field(default_factory=dict)  # disk -> when its own removal began
    module: float = None                                    # when the module was there, by its first event
    paths: dict = dataclasses.field(default_factory=dict)   # host -> [(at, what the transport then said of its path)]


@dataclasses.dataclass
class Wave:
    """What one guest said of all its timelines."""
    timelines: dict
    complete: bool
    lost: str               # what shows that facts were lost on their way; empty: nothing does
    splats: list
    counters: dict


def _splats(lines):
    """Headlines of what the kernel complains of, with the thread that it names."""
    found = []
    for number, (_, text) in enumerate(lines):
        if re.search(r"WARNING:|BUG:|Oops|general protection|refcount_t|list_(add|del) corruption|"
                     r"scheduling while atomic|use-after-free|unable to handle", text):
            comm = next((m.group(1) for _, more in lines[number:number + 12]
                         if (m := re.search(r"Comm: (\S+)", more))), "?")
            headline = re.sub(r"CPU: \d+ |PID: \d+ |at [\w./-]*/", "", text)
            found.append((re.sub(r"0x[0-9a-f]+|\+\S+", "", headline), comm))
    return found


def read(text, console=""):
    """The facts of a guest, from its port, and from the trace on its console where it rebooted."""
    owner, starts, numbers = {}, {}, []
    found = collections.defaultdict(Facts)
    log, commands, flushing, uevents, counters = [], [], [], [], {}
    complete, over, offset, lost, told = False, 0.0, 0.0, "", 0
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines:
        words = line.split()
        try:
            if words[0] == "host":
                owner[int(words[3])] = (int(words[1]), words[2])
            elif words[0] == "start":
                starts[int(words[1])] = float(words[2])
                numbers.append(int(words[1]))
            elif words[0] in ("begin", "end"):
                one = found[int(words[1])].events.setdefault(int(words[2]), [None, None, None])
                at = float(words[3]) - starts[int(words[1])]
                if words[0] == "begin":
                    one[0] = at
                else:
                    one[1:] = [at, int(words[4])]
            elif words[0] == "io":
                start = starts[int(words[1])]
                end, error = (None, None) if words[5] == "-" else (float(words[5]) - start, int(words[6]))
                found[int(words[1])].ios[words[2], int(words[3])] = Io(float(words[4]) - start, end, error)
            elif words[0] == "log":
                log.append((float(words[1]), line.split(" ", 2)[2]))
            elif words[0] == "cmd":
                where, what, opcode, host_byte, status = (words[2:] + ["", ""])[:5]
                commands.append((float(words[1]), where, what, opcode, host_byte, status))
            elif words[0] == "flushing":
                flushing.append((float(words[1]), words[2]))
            elif words[0] == "uevent":
                subsystem, action, name, *keys = words[2:]
                uevents.append((float(words[1]), subsystem, action, name, tuple(keys)))
            elif words[0] == "path":
                found[int(words[1])].paths.setdefault(words[2], []).append(
                    (float(words[3]) - starts[int(words[1])], words[4]))
            elif words[0] == "stack":
                found[int(words[1])].stacks[words[2], int(words[3])] = " ".join(words[4:])
            elif words[0] == "counter":
                counters[words[1]] = int(words[2])
            elif words[0] == "over":
                over = float(words[1])
            elif words[0] == "complete":
                complete = True
                if int(words[1]) != told:
                    lost = f"{told} facts of {words[1]}"
            elif words[0] != "device":
                raise ValueError
        except (IndexError, ValueError, KeyError):
            if line is not lines[-1]:   # that of a machine which is gone may be cut off
                lost = f"not understood: {line}"
        told += 1
    mark = next((m for line in console.splitlines()
                 if (m := re.search(r"\[ *(\d+\.\d+)\] differential: it is (\d+\.\d+)", line))), None)
    if mark:
        log.clear()     # it is on the console, to its end
        offset = float(mark.group(2)) - 1e3 * float(mark.group(1))
        for line in console.splitlines():
            if match := TRACE.search(line):
                at, what, host, lun, opcode, host_byte, status = match.groups()
                commands.append((1e3 * float(at) + offset, f"{host}:{lun}", what, opcode, host_byte or "", status or ""))
            elif match := re.search(r"\[ *(\d+\.\d+)\] (.*)", line):
                log.append((1e3 * float(match.group(1)) + offset, match.group(2).strip()))
    for at, where, *rest in commands:
        host, lun = where.split(":")
        if int(host) in owner:
            number, h = owner[int(host)]
            found[number].commands[f"{h}:{lun}"].append(Command(at - starts[number], *rest))
    for at, subsystem, action, name, keys in uevents:
        match = re.match(r"(?:host)?(\d+)(?::0:0:(\d+))?$", name)
        if not match or int(match.group(1)) not in owner:
            continue
        number, h = owner[int(match.group(1))]
        if number not in starts:
            continue
        found[number].uevents.append(Uevent(at - starts[number], subsystem, action, name, keys))
        if subsystem == "scsi_device" and action == "remove":
            found[number].removed[f"{h}:{match.group(2)}"] = at - starts[number]
    # The agent may hear of the removal when its flush is over: the driver said so before.
    for at, where in flushing:
        host, lun = where.split(":")
        number, h = owner.get(int(host), (None, None))
        if number in starts and f"{h}:{lun}" in found[number].removed:
            removed = found[number].removed
            removed[f"{h}:{lun}"] = min(removed[f"{h}:{lun}"], at - starts[number])
    for at, text_ in log:
        for host in re.findall(r"\b(\d+):0:0:\d+\b", text_)[:1]:
            if int(host) in owner and owner[int(host)][0] in starts:
                number, h = owner[int(host)]
                said = re.sub(rf"\b{host}:0:0:", f"{h}:", text_)
                found[number].log.append(Log(at - starts[number], said))
    nodes = [at for at, subsystem, action, _, _ in uevents if (subsystem, action) == ("scsi_lifecycle", "add")]
    first = min(nodes, default=None)
    for number in numbers:
        found[number].over = (over or 1e9) - starts[number]
        found[number].module = first and first - starts[number]
    return Wave({n: found[n] for n in numbers}, complete, lost, _splats(log), counters)

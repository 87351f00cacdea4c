# SPDX-License-Identifier: GPL-2.0
"""Starts guests. run() is the one place that knows what a guest is."""

import hashlib
import os
import pathlib
import subprocess
import tempfile

import facts

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "scsi-lifecycle"


def _agent():
    sources = sorted((HERE / "agent").iterdir())
    key = hashlib.sha256(b"".join(s.read_bytes() for s in sources)).hexdigest()[:12]
    out = CACHE / "differential" / f"agent-{key}"
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([HERE / "agent" / "build", f"{out}.new{os.getpid()}"], check=True)
        os.rename(f"{out}.new{os.getpid()}", out)
    return out


def prepare(kernel):
    """Builds what guests need, once and not by each of them."""
    subprocess.run([TOP / "scripts" / "kernels", "modules", kernel], check=True, stdout=subprocess.DEVNULL)
    _agent()


class Died(Exception):
    """A guest did not get to its end, twice."""


def settle(wave, timelines, said):
    """Whether a guest got to its end with each of its timelines begun; notes of those that reboot whether they did."""
    if wave.lost or any(t.number not in wave.timelines for t in timelines):
        return False
    if any(t.reboots() for t in timelines):
        ended = "reboots in" in said
        # One that hangs is cut off when its time for that is up, or tells all at the timeline's end.
        wave.complete = ended or wave.complete or "still running" in said
        for t in timelines:
            wave.timelines[t.number].rebooted = ended
    return wave.complete


def run(kernel, mode, timelines, again):
    """Runs timelines that may share a machine, and returns the facts of each: facts.Wave. Calls again(why) before a second try."""
    for last in (False, True):
        try:
            return _run(kernel, mode, timelines)
        except Died as died:
            if last:
                raise
            again(str(died))


def _run(kernel, mode, timelines):
    (user_space, flush_tmo, late, _), = {t.machine() for t in timelines}
    udevd = user_space == "udevd"
    longest = max(t.until for t in timelines) / 1000
    words = [f"way={mode}"]
    if flush_tmo != "default":
        words.append(f"parameters=flush_tmo={flush_tmo}")
    if late:
        words.append("late=1")
    reboots = any(t.reboots() for t in timelines)
    if reboots:
        words.append("loud=8")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "timelines").write_text("".join(t.text() for t in timelines))
        (work / "agent").write_bytes(_agent().read_bytes())
        (work / "facts").touch()
        said = subprocess.run(
            [TOP / "scripts" / "vm", "run", kernel, HERE / "guest.sh", "--keep-going-on-panic",
             "--set", " ".join(words), "--append", "tp_printk" if reboots else "",
             "--timeout", str(int((300 if udevd else 120) + 3 * len(timelines) + longest)),
             "--user-space", "debian" if udevd else "busybox",
             "--put", work / "timelines", "--put", work / "agent", "--put", HERE / "iscsi.sh",
             "--facts", work / "facts", "--log", work / "console"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        text = (work / "facts").read_text(errors="replace")
        console = (work / "console").read_text(errors="replace") if (work / "console").exists() else ""
        keep = os.environ.get("KEEP")
        if keep:
            os.makedirs(keep, exist_ok=True)
            name = f"{kernel}-{mode}-{timelines[0].number}"
            pathlib.Path(keep, name).write_text(text + (console if reboots else ""))
    wave = facts.read(text, console if reboots else "")
    if not settle(wave, timelines, said.stdout):
        log = CACHE / "logs" / f"differential-{kernel}-{mode}-{timelines[0].number}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(console + text)
        raise Died(f"{kernel} {mode}, timelines {timelines[0].number} to {timelines[-1].number}: the guest did not get to "
                   f"its end: {wave.lost or said.stdout.strip()}; the log: {log}")
    return wave

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Deletes a SCSI device, and says what became of its cache flush: delete.py H:C:T:L [SECONDS]"""

import os
import re
import select
import struct
import sys
import time
from subprocess import DEVNULL, Popen

ROOT = os.environ.get("ROOT", "")  # a test's machine
OUTCOMES = "none", "completed", "failed", "killed", "unknown"
USAGE = re.compile("([0-9]+(?::[0-9]+){3})(?: ([0-9]{1,6}(?:[.][0-9]+)?))?")


def delete(hctl, seconds):
    # Before the removal begins: a file that is opened later can miss its end.
    node = os.open(f"{ROOT}/dev/scsi_lifecycle/{hctl}", os.O_RDONLY | os.O_NONBLOCK)
    # The write returns when the removal is over, on a stock kernel perhaps never. So a child does it,
    # which has nothing open of this process: one that hangs would keep a pipe or a lock.
    write = 'echo 1 >"$0"', f"{ROOT}/sys/bus/scsi/devices/{hctl}/delete"
    Popen(["sh", "-c", *write], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    end, history = time.monotonic() + float(seconds), b""
    while select.select([node], [], [], max(0, end - time.monotonic()))[0]:
        if data := os.read(node, 4096):
            history += data
            continue
        if not history:  # the end of the file: the device is gone
            return "unknown"
        last = history[-history[22]:]  # each record says its size in its 23rd byte
        _, _, _, kind, _, _, _, flush = struct.unpack_from("=QQBBBBBB", last)
        return OUTCOMES[flush] if kind == 2 and flush < len(OUTCOMES) else "unknown"
    return "still there"


words = USAGE.fullmatch(" ".join(sys.argv[1:]))
if not words:
    sys.exit(print("usage: delete.py H:C:T:L [SECONDS]", file=sys.stderr) or 2)
try:
    outcome = delete(words[1], words[2] or 30)
except OSError as error:
    sys.exit(print(error, file=sys.stderr) or 7)
print(words[1], outcome)
sys.exit({"completed": 0, "none": 0, "still there": 3, "killed": 4}.get(outcome, 5))

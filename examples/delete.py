#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Deletes a SCSI device, and says what became of its cache flush: delete.py H:C:T:L [SECONDS]"""

import os
import select
import struct
import sys
import time

ROOT = os.environ.get("ROOT", "")  # a test's machine
OUTCOMES = "none", "completed", "failed", "killed", "unknown"


def delete(hctl, seconds="30"):
    # Before the removal begins: a file that is opened later can miss its end.
    node = os.open(f"{ROOT}/dev/scsi_lifecycle/{hctl}", os.O_RDONLY | os.O_NONBLOCK)
    if os.fork() == 0:  # the write returns when the removal is over, on a stock kernel perhaps never
        os.write(os.open(f"{ROOT}/sys/bus/scsi/devices/{hctl}/delete", os.O_WRONLY), b"1")
        os._exit(0)
    end, history = time.monotonic() + float(seconds), b""
    while select.select([node], [], [], max(0, end - time.monotonic()))[0]:
        if not (data := os.read(node, 4096)):  # the end of the file: the device is gone
            last = history[-history[22]:]  # each record says its size in its 23rd byte
            _, _, _, kind, _, _, _, flush = struct.unpack_from("=QQBBBBBB", last)
            return OUTCOMES[flush] if kind == 2 and flush < len(OUTCOMES) else "unknown"
        history += data
    return "still there"


outcome = delete(*sys.argv[1:])
print(sys.argv[1], outcome)
sys.exit({"completed": 0, "none": 0, "still there": 3, "killed": 4}.get(outcome, 5))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Holds the devices of a SCSI host while a command reconnects it: reconnect.py HOST COMMAND..."""

import errno
import fcntl
import glob
import os
import subprocess
import sys

ROOT = os.environ.get("ROOT", "")  # a test's machine
HOLD = 0xBD10  # SCSI_LIFECYCLE_IOC_HOLD, _IO(0xBD, 0x10)


def hold(node):
    """Returns a file that holds the device until it is closed, or None where there is nothing to hold."""
    try:
        file = os.open(node, os.O_RDONLY)  # Python's files are not inherited by a command
        fcntl.ioctl(file, HOLD)
        return file
    except OSError as error:
        # A device that is removed meanwhile, or whose time is up, is none to wait for.
        if error.errno not in (errno.ENOENT, errno.ENODEV):
            print(f"{node} is not held: {error.strerror}", file=sys.stderr)
        return None


if len(sys.argv) < 3 or not sys.argv[1].isdecimal():
    sys.exit(print("usage: reconnect.py HOST COMMAND...", file=sys.stderr) or 2)
held = [hold(node) for node in glob.glob(f"{ROOT}/dev/scsi_lifecycle/{int(sys.argv[1])}:*")]
print(sum(file is not None for file in held), "held", flush=True)
# The end of this process, also an early one, takes the holds back.
sys.exit(subprocess.call(sys.argv[2:]))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Removes disks as nova and cinder do, by Debian's os-brick: volume.py [unchanged|begins|waits|command|ends]:DISK...

unchanged  os-brick as it is: tee writes the disk's `delete`
command    scsi-lifecycle in the place of tee
begins     the same as unchanged, in a thread
ends       whether that thread has ended
waits      os-brick's wait alone, for a disk that the thread removes
Each is a line: the word, the disk, the milliseconds, and `removed` or the error.
"""

import sys
import threading
import time

from os_brick.exception import VolumePathNotRemoved
from os_brick.initiator.linuxscsi import LinuxSCSI
from oslo_concurrency.processutils import ProcessExecutionError
from oslo_privsep import priv_context


class LifecycleSCSI(LinuxSCSI):
    """A removal ends in a time, and its caller hears of a lost flush: exit code 4 of the error."""

    def echo_scsi_command(self, path, content):
        if not path.endswith("/device/delete"):
            return super().echo_scsi_command(path, content)
        self._execute("scsi-lifecycle", "delete", "--timeout", "30", path.split("/")[3],
                      run_as_root=True, root_helper=self._root_helper)


threads = {}


def step(kind, disk):
    scsi = (LifecycleSCSI if kind == "command" else LinuxSCSI)("env")
    try:
        if kind == "begins":
            threads[disk] = threading.Thread(target=scsi.remove_connection, args=[[disk]], daemon=True)
            threads[disk].start()
            return "begun"
        if kind == "ends":
            return "still waits" if threads[disk].is_alive() else "ended"
        if kind == "waits":
            scsi.wait_for_volumes_removal([disk])
        else:
            scsi.remove_connection([disk])
    except ProcessExecutionError as error:
        return f"code {error.exit_code}: {error.stdout or ''}{error.stderr or ''}".strip()
    except VolumePathNotRemoved:
        return "not removed"
    return "removed"


# oslo.privsep starts its helper by this command, where nova has sudo: the guest's user is root. The first command
# starts it, which is no part of a removal's time.
priv_context.init(root_helper=["env"])
LinuxSCSI.is_multipath_running(False, "env")
for arg in sys.argv[1:]:
    word, name = arg.split(":")
    begin = time.monotonic()
    said = step(word, name)
    print(word, name, round((time.monotonic() - begin) * 1000), said.replace("\n", "; "), flush=True)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Detaches a volume as nova and cinder do, by Debian's os-brick: detach.py MAP IQN PORTAL...

That is the whole of its iSCSI connector's disconnect_volume(): the multipath map, each path, and each session. Prints
`detached`, or `fails: ` and the error, and the milliseconds.
"""

import os
import sys
import time

from os_brick import exception
from os_brick.initiator.connectors.iscsi import ISCSIConnector
from os_brick.initiator.linuxscsi import LinuxSCSI
from oslo_concurrency import lockutils
from oslo_concurrency.processutils import ProcessExecutionError
from oslo_privsep import priv_context

if len(sys.argv) < 4:
    sys.exit("usage: detach.py MAP IQN PORTAL...")
multipath_map, iqn, portals = sys.argv[1], sys.argv[2], sys.argv[3:]

# As volume.py: the first command starts the helper, which is no part of the time.
lockutils.set_defaults("/run")
priv_context.init(root_helper=["env"])
LinuxSCSI.is_multipath_running(False, "env")

# As its connect_volume() names it. By this it knows that the paths were part of a map, and have nothing of their own.
used = os.path.realpath(f"/dev/mapper/{multipath_map}")
volume = {"target_portals": portals, "target_iqns": [iqn] * len(portals), "target_luns": [0] * len(portals)}
begin = time.monotonic()
try:
    ISCSIConnector("env", use_multipath=True).disconnect_volume(volume, {"path": used})
    said = "detached"
except (ProcessExecutionError, exception.BrickException) as error:
    said = f"fails: {error}".replace("\n", "; ")
print(said, round((time.monotonic() - begin) * 1000), flush=True)

# SPDX-License-Identifier: GPL-2.0
"""A plugin of sos: what scsi-lifecycle reports, in a support bundle."""
from sos.report.plugins import DebianPlugin, Plugin, RedHatPlugin, UbuntuPlugin


class ScsiLifecycle(Plugin, RedHatPlugin, DebianPlugin, UbuntuPlugin):
    """The command opens no disk, and ends by itself also where removals hang."""

    short_desc = "removals of SCSI devices"
    plugin_name = "scsi_lifecycle"
    profiles = ("storage", "hardware")
    commands = ("scsi-lifecycle",)

    def setup(self):
        self.add_cmd_output("scsi-lifecycle report", timeout=60)
        self.add_copy_spec([
            "/etc/scsi_lifecycle",
            "/etc/modprobe.d/scsi_lifecycle*.conf",
            "/etc/modules-load.d/scsi_lifecycle.conf",
        ])

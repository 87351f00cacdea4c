# SPDX-License-Identifier: GPL-2.0
"""Writes a timeline as the prepare() of a scenario for tests/vm; what it asserts is for a person to say."""

FAULT = 'order fault "{where} {kind} {verb} {n}"'
PLAIN = {
    "online": "spawn e{index} write running /sys/class/scsi_device/$l{name}/device/state",
    "delete": "spawn e{index} write 1 /sys/class/scsi_device/$l{name}/device/delete",
    "unplug": "spawn e{index} write 1 /sys/devices/scsi_stubborn.{where}/unplug",
    "rmmod": "spawn e{index} rmmod scsi_stubborn",
    "load": "spawn e{index} insmod /modules/scsi_lifecycle.ko",
    "reboot": "spawn e{index} reboot -f",
}


def _line(index, e):
    name = e.where.replace(":", "_")
    if e.verb in PLAIN:
        return PLAIN[e.verb].format(index=index, name=name, where=e.where)
    if e.verb in ("busy", "swallow", "slow"):
        kind, n = e.rest.split()
        return FAULT.format(where=e.where, kind=kind, verb=e.verb, n=n)
    return f'spawn e{index} try {e.verb} "${"l" if ":" in e.where else "t"}{name}"'


def scenario(t):
    """The text of a shell file."""
    late = "LATE=1\n" if t.load() else ""
    lines = [f"load_stubborn luns={t.luns} hosts={t.hosts}", "load_flaky"]
    for disk in t.disks():
        h, l = disk.split(":")
        lines.append(f"l{h}_{l}=$(lun {l} 0 {int(h) + 1})")
        lines.append(f'write {t.timeout} "$(device {l} 0 {int(h) + 1})/timeout"')
    lines += [f't{h}=$(target_of "$l{h}_0")' for h in range(t.hosts)]
    if t.teardown_tmo != "default":
        lines.append(f"[ ! -e /sys/module/scsi_lifecycle ] || write {t.teardown_tmo} $PARAMETERS/teardown_tmo")
    if t.flush_tmo != "default":
        lines.append(f"[ ! -e /sys/module/scsi_lifecycle ] || write {t.flush_tmo} $PARAMETERS/flush_tmo")
    lines += ["trace_on", "start=$(now)"]
    for i, s in enumerate(t.streams):
        h, l = s.disk.split(":")
        lines.append(f'spawn io{i} {s.kind}s "$(disk {l} 0 {int(h) + 1})"    # every {s.period} ms until {s.until}')
    for index, e in enumerate(t.events):
        lines += [f"at {e.at}", _line(index, e)]
    body = "\n".join("\t" + line for line in lines)
    return f"""# SPDX-License-Identifier: GPL-2.0
{"# shellcheck"} shell=dash disable=SC2034
DESCRIPTION=""
PATHS=
REQUIRES="scsi_flaky scsi_stubborn"
{late}
PARAMETERS=/sys/module/scsi_lifecycle/parameters
at() {{ while [ "$(now)" -lt $((start + $1)) ]; do sleep 0.01; done; }}

prepare() {{
{body}
}}
"""

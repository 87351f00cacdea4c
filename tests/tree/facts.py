#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the documents list is what the sources have, no less and no more: facts.py

Parameters with their defaults, in the command's sources too; files of sysfs and debugfs, counters, tracepoints, keys of
uevents, exit codes, metrics, alerts, verbs, scenarios that a page names, and the version.
"""

import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parents[2]


def read(*patterns):
    """The text of all files that a pattern fits; comments of C do not count."""
    paths = [path for pattern in patterns for path in sorted(top.glob(pattern))]
    if not paths:
        sys.exit(f"facts.py: there is no {patterns}")
    return "\n".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) if path.suffix in (".c", ".h", ".hpp", ".cc")
                     else path.read_text() for path in paths)


def between(text, begin, end):
    """The part of a text behind BEGIN, up to END."""
    _, found, rest = text.partition(begin)
    if not found or end not in rest:
        sys.exit(f"facts.py: there is no {begin!r} with {end!r} behind it")
    return rest[:rest.index(end)]


def section(page, heading):
    """Of a page, up to the next heading."""
    text = read(page) + "\n## "
    return between(text, f"\n## {heading}\n", "\n## ")


def rows(text):
    """The cells of a table's rows, without its head."""
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in re.findall(r"^\|.*\|$", text, flags=re.M)]
    return [row for row in cells if not set("".join(row)) <= set("-: ")][1:]


def names(text):
    """What stands between backticks in the first cells of a table."""
    return [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


def same(what, page, here, there):
    """Prints what one has and the other has not."""
    if not here:
        print(f"{page}: no {what} found in the source")
    for name in sorted(set(here) - set(there)):
        print(f"{page} does not have the {what} {name}")
    for name in sorted(set(there) - set(here)):
        print(f"{page} has a {what} that the source has not: {name}")
    for name in sorted({name for name in there if there.count(name) > 1}):
        print(f"{page} has the {what} {name} twice")


reference, node, monitoring = "docs/reference.md", "docs/node.md", "docs/monitoring.md"
guard = read("drivers/guard/**/*.c")

# parameters, and their defaults as a number or a word
limits = read("drivers/guard/teardown/limits.c")
defaults = {name: "default" if value == "SCL_TMO_DEFAULT" else value
            for name, value in re.findall(r"^static unsigned int (\w+) = (\w+);", limits, flags=re.M)}
defaults["uevents"] = re.search(r"int scl_uevents = SCL_UEVENTS_(\w+);", guard)[1].lower()
# But N where CPUs are isolated.
expedite = between(read("drivers/guard/teardown/expedite.c"), "return is < 0 ? ", " : is;")
defaults["expedite"] = {"!housekeeping_enabled(HK_TYPE_DOMAIN)": "Y"}[expedite]
parameters = re.findall(r"^module_param\w*\((\w+)", guard, flags=re.M)
same("parameter", reference, [f"{name} = {defaults.get(name)}" for name in parameters],
     [f"{row[0].strip('`')} = {(re.match('`([^`]*)`', row[2]) or [0, row[2]])[1]}" for row in rows(section(reference, "Parameters"))])

# parameters, where the command has them
same("parameter", "tools/model/setting.cc", parameters,
     re.findall(r'\{"(\w+)", (?:true|false), \{', between(read("tools/model/setting.cc"), "&parameters()", "\n}")))
for page, begin, end in (("scsi-lifecycle.bash", "set) options+=' --persist ", "'"), ("_scsi-lifecycle", "settings=(", ")"),
                         ("scsi-lifecycle.fish", "set -l settings ", "\n")):
    page = f"tools/completions/{page}"
    same("parameter", page, parameters, re.findall(r"(\w+)=", between(read(page), begin, end)))
same("parameter", "tools/modprobe/scsi_lifecycle.conf", [f"{name}={defaults.get(name)}" for name in parameters],
     re.findall(r"^#options scsi_lifecycle (\w+=\w+)$", read("tools/modprobe/scsi_lifecycle.conf"), flags=re.M))
man = read("tools/man/scsi-lifecycle.8.scd")
of_set = between(man, "\n*set*\n", "\n*doctor*\n")
same("parameter", "the man page's set", parameters,
     list(set(re.findall(r"_(\w+)_", between(of_set, "The parameters", "A parameter"))) - {"off", "default", "removals", "all", "Y", "N"}))

# what user space reads
sysfs = read("drivers/guard/user/sysfs.c")
status = re.findall(r"&dev_attr_(\w+)\.attr", between(sysfs, "node_attrs[]", "NULL"))
same("file of a node in sysfs", reference, status, names(between(section(reference, "Sysfs"), "| file ", "\n\n")))
same("file of the class in sysfs", reference, re.findall(r"CLASS_ATTR_\w+\((\w+)\)", guard),
     re.findall(r"^- `(\w+)`:", section(reference, "Sysfs"), flags=re.M))
same("file in debugfs", reference, re.findall(r'debugfs_create_file\("(\w+)"', guard),
     re.findall(r"`(\w+)`", " ".join(re.findall(r"^- (`\w+`(?: and `\w+`)?)", section(reference, "Debugfs"), flags=re.M))))
fields = re.findall(r"\b(\w+)=%", between(read("drivers/guard/user/debugfs.c"), "show_device(", "show_host"))
same("field of devices", reference, fields, re.findall(r"(\w+)=<", between(section(reference, "Debugfs"), "`H:C:T:L ", "`")))
removed = re.findall(r"\b(\w+)=%", read("drivers/guard/user/removed.c"))
same("field of removed", reference, removed, re.findall(r"(\w+)=", between(section(reference, "Sysfs"), "`number=", "`") + " number="))
same("counter", reference, re.findall(r'= "(\w+)",', between(read("drivers/guard/teardown/report.c"), "names[SCL_COUNTS]", "};")),
     names(section(reference, "Counters")))
trace = read("include/trace/events/scsi_lifecycle.h")
same("tracepoint", reference, re.findall(r"^TRACE_EVENT\((\w+)", trace, flags=re.M),
     [row[0].strip("`") for row in rows(section(reference, "Tracepoints"))])
same("cause of an expiry", reference, re.findall(r'"(\w+)"', between(read("drivers/core/decision.hpp"), "*expiry_name(", "\n}")),
     re.findall(r"`(\w+)`", " ".join(row[1] for row in rows(section(reference, "Tracepoints")) if "expiry" in row[0])))
stalls = set(re.findall(r'"([^"]+)"', between(read("drivers/core/core.cc"), "*scl_stall_name(", "\n}")))
# A sibling is named by its address.
same("value of waits_for", reference, ["H:C:T:L" if stall == "sibling" else stall for stall in stalls],
     [row[0].strip("`") for row in rows(section(reference, "What a removal waits for"))])
keys = re.findall(r"\bSCSI_LIFECYCLE_[A-Z_]+(?==)", read("drivers/guard/user/uevent.c"))
same("key of a uevent", node, keys, list(set(re.findall(r"\bSCSI_LIFECYCLE_(?!IOC_)[A-Z_]+", section(node, "Uevents")))))
requests = re.findall(r"#define (SCSI_LIFECYCLE_IOC_\w+)", read("include/uapi/scsi/scsi_lifecycle.h"))
same("request", node, requests, names(section(node, "Requests")))

# the command
exits = [f"{code}: {text}" for code, text in enumerate(re.findall(r'\{Exit::\w+, "([^"]*)"\}', read("tools/base/exit.cc")))]
same("exit code", reference, exits, [": ".join(row) for row in rows(section(reference, "Exit codes of the command"))])
same("exit code", "the man page", exits,
     [f"{code}: {text}" for code, text in re.findall(r"^\|\[? +(\d)\n:\[? +(.*)$", man, flags=re.M)])
verbs = sorted(set(re.findall(r"^\*(\w+)\*$", between(man, "\n# VERBS\n", "\n# "), flags=re.M)))
same("verb", "docs/screens.md", verbs, re.findall(r"`(\w+)`", between(read("docs/screens.md"), "The verbs are", ".\n")))
golden = re.findall(r"^# HELP (\S+) (.*)$", read("tests/tools/golden/metrics"), flags=re.M)
same("metric", monitoring, [f"{name}: {meaning}" for name, meaning in golden],
     [f"{row[0].strip('`')}: {row[1]}" for row in rows(section(monitoring, "The metrics"))])
same("alert", monitoring, re.findall(r"- alert: (\w+)", read("tools/prometheus/scsi-lifecycle.rules.yml")),
     names(section(monitoring, "The alerts")))
for driver in re.findall(r'driver == "(\w+)"', between(read("tools/diagnosis/case.cc"), "renews_timers(", "\n}")):
    if driver not in section("docs/compatibility.md", "Cloud guests first") + read("docs/compatibility.md"):
        print(f"docs/compatibility.md does not name {driver}, whose timers the command knows to be renewed")

# scenarios: by name in the column of compatibility, and in backticks elsewhere
scenarios = {path.stem for folder in ("tests/vm", "tests/transports") for path in top.glob(f"{folder}/*.sh")}
for row in rows(section("docs/compatibility.md", "Drivers")):
    for word in re.split(r"[,;] ", re.sub(r"`[^`]*`", "", row[-1])):
        if re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", word) and word not in scenarios:
            print(f"docs/compatibility.md: {row[0]} is tested by {word}, which there is not")
for path in sorted(top.glob("docs/*.md")):
    for name in re.findall(r"scenarios? `([a-z0-9-]+)`|\(`([a-z]+(?:-[a-z0-9]+){2,})`\)", path.read_text()):
        if "".join(name) not in scenarios:
            print(f"{path.relative_to(top)} names the scenario {''.join(name)}, which there is not")

# the version
versions = {place: re.findall(pattern, read(place), flags=re.M) for place, pattern in (
    ("CHANGELOG.md", r"^## (\d+\.\d+\.\d+)"), ("README.md", r"[Vv]ersion (\d+\.\d+\.\d+)"),
    ("docs/security.md", r"current one is (\d+\.\d+\.\d+)"), ("docs/what-it-does.md", r"(\d+\.\d+\.\d+) loaded:"))}
current = re.findall(r'#define SCL_RELEASE "([^"]+)"', read("include/scsi_lifecycle_version.h"))
for place, found in versions.items():
    if found[:1] != current:
        print(f"{place} says version {found[:1]}, and the module is {current}")

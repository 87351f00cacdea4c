#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What Debian's node_exporter serves of a directory of textfiles: exporter.py DIRECTORY

Prints the samples that begin with scsi_lifecycle_. Fails where the exporter could not read a file
(node_textfile_scrape_error), or served none of them. The exporter listens on 127.0.0.1 alone, at a port that is free,
and is ended after a minute.
"""

import json
import os
import subprocess
import sys
import threading
import urllib.request

SECONDS = 60
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unpacked")


def address(exporter):
    """The exporter says where it listens, in its log."""
    for line in exporter.stderr:
        said = json.loads(line) if line.startswith("{") else {}
        if said.get("msg") == "Listening on":
            return said["address"]
    sys.exit("exporter.py: the exporter does not listen")


def served(directory):
    with subprocess.Popen(
            [PROGRAM, "prometheus-node-exporter", "--web.listen-address=127.0.0.1:0", "--web.disable-exporter-metrics",
             "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={directory}",
             "--log.format=json"], stderr=subprocess.PIPE, text=True) as exporter:
        watchdog = threading.Timer(SECONDS, exporter.kill)
        watchdog.start()
        try:
            where = address(exporter)
            # No proxy stands between a machine and itself.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{where}/metrics", timeout=SECONDS) as answer:
                return answer.read().decode()
        finally:
            watchdog.cancel()
            exporter.kill()


lines = served(sys.argv[1]).splitlines()
samples = [line for line in lines if line.startswith("scsi_lifecycle_")]
print(*samples, sep="\n")
if "node_textfile_scrape_error 0" not in lines:
    sys.exit("exporter.py: " + next((line for line in lines if line.startswith("node_textfile_scrape_error")),
                                    "the exporter says nothing of its files"))
if not samples:
    sys.exit("exporter.py: nothing of scsi_lifecycle is served")

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the documents tell a reader to run or to open is there: called.py FILE...

Targets of make, programs of this tree, verbs of the command, packages that are installed, files. The commands of the
README and of docs/troubleshooting.md run in a guest beside this: tests/vm/readme-commands.sh.
"""

import pathlib
import re
import shlex
import sys

top = pathlib.Path(__file__).resolve().parents[2]
makefile = (top / "Makefile").read_text()
setup = " ".join(path.read_text() for path in (top / "scripts/setup", top / "debian/control") if path.exists())
targets = set(re.search(r"^\.PHONY: (.*)", makefile, flags=re.M)[1].split())
folders = {"tests/host": {"states", "mutants", "fuzz", "check", "run"}, "tools": {"all", "install", "library"}}
man = (top / "tools/man/scsi-lifecycle.8.scd").read_text()
verbs = set(re.findall(r"^\*(\w+)\*$", man, flags=re.M)) | {"apply-policy"}
tree = {"drivers", "include", "tools", "examples", "kunit", "tests", "scripts", "upstream", "docs", "debian"}
kernels_own = re.compile(r"drivers/(scsi|base|target|infiniband)\b")


def code(text):
    """Its lines, and the text between backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, flags=re.M | re.S)
    blocks += re.findall(r"(?<=\n\n)((?:(?: {4}|\t)[^\n]*\n+)+)", text)
    lines = [line for block in blocks for line in block.splitlines()]
    # What is behind a # or two blanks says what the command does.
    return [re.split(r"\s#\s|  |\t", line.strip())[0] for line in lines] + re.findall(r"`([^`\n]+)`", text)


def words_behind(command, line):
    """Of a command at its place, up to what ends it; what another command prints is left out."""
    line = re.sub(r"\$\([^()]*\)", "$", line)
    for match in re.finditer(rf"(?:^|[;&|(] *)(?:sudo )?{command}((?: +(?:[^\s;&|()\"]|\"[^\"]*\")+)*)", line):
        yield match[1].replace('"', "").split() if "=" not in match[1] else shlex.split(match[1])


def is_there(path):
    """A file, or a pattern of files; a build's products are not looked for."""
    path = re.sub(r"(:\d+|[,.:])$", "", path)
    return any(top.glob(path.rstrip("/"))) if re.search(r"[*?\[{]", path) else (top / path).exists()


def problems(line):
    for words in words_behind("make", line):
        place = words[words.index("-C") + 1] if "-C" in words else ""
        for word in (w for w in words if not re.match(r"-|[A-Z_]+=|\[", w) and w != place):
            if word not in (folders.get(place, set()) if place else targets):
                yield f"there is no target {word}"
    for words in words_behind("apt(?:-get)? install", line):
        for word in (w for w in words if not re.match(r"-|linux-headers-", w) and "/" not in w):
            if not re.search(rf"(?<![\w.+-]){re.escape(word)}(?![\w.+-])", setup):
                yield f"neither scripts/setup nor debian/control knows the package {word}"
    for words in words_behind("scsi-lifecycle", line):
        if words and re.fullmatch(r"[a-z-]+", words[0]) and words[0] not in verbs and "@" not in line:
            yield f"the command has no verb {words[0]}"
    for path in re.findall(r"(?<![\w/.<~*-])((?:\w[\w-]*)/[\w./*?-]*)", line):
        if path.split("/")[0] in tree and not is_there(path) and not kernels_own.match(path):
            yield f"there is no {path}"


checked = 0
for name in sys.argv[1:]:
    for line in code((top / name).read_text()):
        checked += 1
        for problem in problems(line):
            print(f"{name}: {line}: {problem}")
if checked < 100:
    print(f"only {checked} pieces of code were found in the documents")

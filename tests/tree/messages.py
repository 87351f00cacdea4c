#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every message of the modules is in docs/messages.md, with its level, and the page has no other: messages.py

The source has a message as a format, with strings that may stand for a %s of it. The page has it with N, M and K for
numbers and with NAME and TEXT for words, and has in brackets what may be missing.
"""

import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parents[2]

PRINT = re.compile(r"\b(?:(?:\w+_)?printk|WARN|(?:pr|dev)_(?:emerg|alert|crit|err|warn|notice|info|cont))"
                   r"(?:_once|_ONCE|_ratelimited)?(?=\()")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', flags=re.S)
LEVELS = {"err": "error", "warn": "warning", "info": "info",
          "KERN_ERR": "error", "KERN_WARNING": "warning", "KERN_INFO": "info"}
# What a caller has put into a variable before, in place of a string beside the format.
VARIABLES = ["cache flush lost: ", "s"]


def statement(text, start):
    """From an opening bracket to its closing one, which is in no string."""
    depth, position = 0, start
    while position < len(text):
        if string := STRING.match(text, position):
            position = string.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
        if not depth:
            return text[start:position]
    sys.exit(f"messages.py: no end of {text[start:start + 60]}")


def strings(text):
    """Those of a statement; what stands side by side is one."""
    found, end = [], None
    for string in STRING.finditer(text):
        if end is not None and not text[end:string.start()].strip():
            found[-1] += string[1]
        else:
            found.append(string[1])
        end = string.end()
    return found


def plain(text):
    """What the source and the page have in common: one sign for what differs from line to line."""
    text = text.replace("\\n", "").replace('\\"', '"')
    text = re.sub(r"^scsi_lifecycle(_livepatch)?: ", "", text)
    text = re.sub(r"%u:%u:%u:%llu|\bH:C:T:L\b", "@", text)
    text = re.sub(r"0x%08x|0xN|%x/%02x/%02x|N/N/N", "@", text)
    text = re.sub(r"%\*pE|%l{0,2}[ud]|host(?:N|%u)|\b(?:[NMK]|NAME|TEXT|VERSION)\b", "@", text)
    return re.sub(r"host@", "@", text)


def level_of(call, whole):
    if call.startswith("WARN"):
        return "warning"
    if "printk" not in call:
        return LEVELS.get(call.split("_")[1], call)
    return next((LEVELS[key] for key in LEVELS if re.search(rf"\b{key}\b", whole) and key[0] == "K"), "error or warning")


def in_source():
    """(place, level, format, strings beside it) of each message"""
    for path in sorted((*top.glob("drivers/guard/**/*.c"), *top.glob("drivers/livepatch/*.c"))):
        text = re.sub(r"/\*.*?\*/", lambda comment: re.sub(r"[^\n]", " ", comment[0]), path.read_text(), flags=re.S)
        for call in PRINT.finditer(text):
            whole = statement(text, call.end())
            line = text.count("\n", 0, call.start()) + 1
            place, found = f"{path.relative_to(top)}:{line}", strings(whole)
            if not found:
                sys.exit(f"messages.py: {place} has no format")
            yield place, level_of(call[0], whole), found[0], found[1:]


def fits(text, beside, message):
    """Whether all that the page's row stands for is what the format can give."""
    words = sorted({plain(word) for word in (*beside, *VARIABLES)} | {"@", ""}, key=len, reverse=True)
    word = f"(?:{'|'.join(map(re.escape, words))})"
    form = re.compile(word.join(re.escape(part) for part in plain(text).split("%s")))
    return all(form.fullmatch(plain(row)) for row in (re.sub(r"[][]", "", message), re.sub(r"\[[^]]*\]", "", message)))


page = re.findall(r"^\| `([^`]*)` \| ([^|]*) \|", (top / "docs/messages.md").read_text(), flags=re.M)
used = set()
for place, level, text, beside in in_source():
    rows = [row for row in page if fits(text, beside, row[0])]
    if not rows:
        print(f'{place}: docs/messages.md does not have "{text}"')
    for row in rows:
        used.add(row)
        if not row[1].startswith(level):
            print(f'{place} is of level {level}, docs/messages.md says {row[1]}: {row[0]}')
for row in page:
    if row not in used:
        print(f"no source of the modules has what docs/messages.md has: {row[0]}")

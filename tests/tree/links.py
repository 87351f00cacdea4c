#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Every link of the documents leads somewhere, to the heading that it names too: links.py [--top DIRECTORY] FILE..."""

import functools
import pathlib
import re
import sys

names = sys.argv[1:]
top = pathlib.Path(__file__).resolve().parents[2]
if names[:1] == ["--top"]:
    top = pathlib.Path(names[1]).resolve()
    names = names[2:]
if not names:
    sys.exit("links.py: no document was named")


def prose(text):
    """Without what is code: fenced, indented behind a blank line, or between backticks."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    text = re.sub(r"(?<=\n\n)(?:(?: {4}|\t)[^\n]*\n+)+", "", text)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "``", text)


@functools.cache
def anchors(path):
    """As the hosts of sources make them of headings."""
    found = set()
    text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)
    for heading in re.findall(r"^#+ +(.*?) *$", text, flags=re.M):
        heading = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number, unique = 0, name
        while unique in found:
            number += 1
            unique = f"{name}-{number}"
        found.add(unique)
    return found


def wrong(page, link):
    """What is wrong with it, or nothing."""
    if re.match(r"[a-z]+:", link):
        return "" if link.startswith("https://") else "is no https"
    where, _, anchor = link.partition("#")
    target = (page.parent / where).resolve() if where else page
    if top not in (target, *target.parents) or not target.exists():
        return "leads nowhere"
    if anchor and (target.suffix != ".md" or anchor not in anchors(target)):
        return f"{target.name} has no such heading"
    return ""


reached = set()
for name in names:
    page = top / name
    text = prose(page.read_text())
    for text_of_link, link in re.findall(r"\[((?:[^][]|\[[^]]*\])*)\]\(([^()\s]*)\)", text):
        if problem := wrong(page, link):
            print(f"{name}: [{text_of_link}]({link}): {problem}")
        elif name == "docs/README.md":
            reached.add((page.parent / link.partition("#")[0]).resolve())
    # A link that is broken over two lines, or whose brackets are.
    for broken in re.findall(r"\][ \n]+\([^)]*\.md[^)]*\)", text):
        print(f"{name}: a link is broken: {broken!r}")
for name in names:
    if name.startswith("docs/") and name != "docs/README.md" and (top / name).resolve() not in reached:
        print(f"docs/README.md does not lead to {name}")

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Counts the flushes in a log that qemu's blklogwrites keeps of a disk. The log is a disk itself."""
import mmap
import os
import struct
import sys

SECTOR = 512
MAGIC = 0x6A736677736872
FLUSH = 1
DISCARD = 4


def flushes(path):
    """The superblock is written with each flush, and says how many entries there are up to that."""
    disk = os.open(path, os.O_RDONLY | os.O_DIRECT)
    buffer = mmap.mmap(-1, SECTOR)

    def words(sector, form):
        if os.preadv(disk, [buffer], sector * SECTOR) != SECTOR:
            sys.exit(f"{path} ends at sector {sector}")
        return struct.unpack_from(form, buffer)

    magic, version, entries = words(0, "<QQQ")
    if magic == 0:
        return 0
    if (magic, version) != (MAGIC, 1):
        sys.exit(f"{path} is no log")
    found, sector = 0, 1
    for _ in range(entries):
        _, length, flags = words(sector, "<QQQ")
        found += flags & FLUSH
        sector += 1 if flags & DISCARD else 1 + length
    return found


print(sum(flushes(path) for path in sys.argv[1:]))

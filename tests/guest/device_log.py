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


class Log:
    """The words at the beginning of a sector; the disk is read by the window, past the page cache."""

    WINDOW = 1 << 20

    def __init__(self, path):
        self.disk = os.open(path, os.O_RDONLY | os.O_DIRECT)
        self.window = mmap.mmap(-1, self.WINDOW)
        self.at = None

    def words(self, sector):
        at, offset = divmod(sector * SECTOR, self.WINDOW)
        if at != self.at:
            os.preadv(self.disk, [self.window], at * self.WINDOW)
            self.at = at
        return struct.unpack_from("<QQQ", self.window, offset)


def flushes(path):
    """The superblock is written with each flush, and says how many entries there are up to that."""
    log = Log(path)
    magic, version, entries = log.words(0)
    if magic == 0:
        return 0
    if (magic, version) != (MAGIC, 1):
        sys.exit(f"{path} is no log")
    found, sector = 0, 1
    for _ in range(entries):
        _, length, flags = log.words(sector)
        found += flags & FLUSH
        sector += 1 if flags & DISCARD else 1 + length
    return found


print(sum(flushes(path) for path in sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A disk of the kernel's target (LIO, target_core_user) that answers with the status that it was ordered to.

answers.py UIO ORDERS: /dev/uioN of the disk, and a directory. A file there, "flush" or "write", says "STATUS N": the
next N such commands get this status, and N becomes less. A command that was refused so is not carried out, and is a
line in "refused" there. The ring is that of <linux/target_core_user.h>.
"""
import mmap
import os
import pathlib
import struct
import sys

BLOCK = 512
GOOD, CHECK_CONDITION = 0, 2
OPCODE_MASK, PAD, COMMAND = 7, 0, 1
KINDS = {0x35: "flush", 0x91: "flush", 0x2A: "write", 0x8A: "write"}


class Disk:
    """What is kept, and what is answered."""

    def __init__(self, blocks, orders):
        self.data = bytearray(blocks * BLOCK)
        self.blocks = blocks
        self.orders = orders

    def refusal(self, kind):
        """The status that is due by the orders, or GOOD"""
        order = self.orders / kind
        if not order.exists():
            return GOOD
        status, left = (int(word) for word in order.read_text().split())
        if left == 0:
            return GOOD
        fresh = self.orders / f"{kind}.new"
        fresh.write_text(f"{status} {left - 1}\n")
        fresh.rename(order)
        with open(self.orders / "refused", "a", encoding="ascii") as refused:
            refused.write(f"{kind} {status}\n")
        return status

    def extent(self, cdb):
        """The first byte and the length of a read or write"""
        if cdb[0] & 0xE0 == 0x80:
            block, blocks = struct.unpack(">QI", cdb[2:14])
        else:
            block, blocks = struct.unpack(">xxIxH", cdb[:9])
        return block * BLOCK, blocks * BLOCK

    def answer(self, cdb, given):
        """The status, and the data that the initiator gets"""
        op = cdb[0]
        status = self.refusal(KINDS[op]) if op in KINDS else GOOD
        if status != GOOD:
            return status, b""
        if op in (0x2A, 0x8A):
            begin, length = self.extent(cdb)
            self.data[begin:begin + length] = given
            return GOOD, b""
        if op in (0x28, 0x88):
            begin, length = self.extent(cdb)
            return GOOD, bytes(self.data[begin:begin + length])
        if op in (0x00, 0x35, 0x91):
            return GOOD, b""
        if op == 0x12 and not cdb[1] & 1:
            return GOOD, bytes([0, 0, 5, 2, 31, 0, 0, 2]) + b"answers as it is ordered    "
        if op == 0x25:
            return GOOD, struct.pack(">II", self.blocks - 1, BLOCK)
        if op == 0x9E and cdb[1] & 31 == 0x10:
            return GOOD, struct.pack(">QI20x", self.blocks - 1, BLOCK)
        # The caching page, with a write cache, whatever page is asked for.
        page = bytes([8, 18, 4]) + bytes(17)
        if op == 0x1A:
            return GOOD, bytes([len(page) + 3, 0, 0, 0]) + page
        if op == 0x5A:
            return GOOD, struct.pack(">H6x", len(page) + 6) + page
        return CHECK_CONDITION, b""


class Ring:
    """The commands that the kernel has put into the memory of a UIO device, and the answers to them."""

    def __init__(self, name):
        size = pathlib.Path(f"/sys/class/uio/{name}/maps/map0/size").read_text(encoding="ascii")
        self.file = os.open(f"/dev/{name}", os.O_RDWR)
        self.memory = mmap.mmap(self.file, int(size, 16))
        _, _, self.ring, self.size = struct.unpack_from("<HHII", self.memory, 0)

    def at(self, form, offset):
        return struct.unpack_from("<" + form, self.memory, offset)

    def pieces(self, entry):
        """Where the data of a command is"""
        count, = self.at("I", entry + 8)
        return [self.at("QQ", entry + 48 + 16 * each) for each in range(count)]

    def answer(self, entry, disk):
        cdb_at, = self.at("Q", entry + 24)
        cdb = bytes(self.memory[cdb_at:cdb_at + 16])
        pieces = self.pieces(entry)
        given = b"".join(self.memory[begin:begin + length] for begin, length in pieces)
        status, data = disk.answer(cdb, given)
        if data:
            data = data.ljust(len(given), b"\0")
        for begin, length in pieces:
            part, data = data[:length], data[length:]
            self.memory[begin:begin + len(part)] = part
        # ILLEGAL REQUEST, invalid command operation code.
        sense = bytes([0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x20]) if status == CHECK_CONDITION else b""
        struct.pack_into("<BxxxI96s", self.memory, entry + 8, status, 0, sense)

    def work(self, disk):
        """Answers what there is, and waits for more, for ever"""
        while True:
            head, = self.at("I", 12)
            tail, = self.at("I", 64)
            while tail != head:
                entry = self.ring + tail
                length_op, = self.at("I", entry)
                if length_op & OPCODE_MASK == COMMAND:
                    self.answer(entry, disk)
                elif length_op & OPCODE_MASK != PAD:
                    self.memory[entry + 7] = 1  # unknown to us
                tail = (tail + (length_op & ~OPCODE_MASK)) % self.size
                struct.pack_into("<I", self.memory, 64, tail)
            os.write(self.file, struct.pack("<I", 0))
            os.read(self.file, 4)


if len(sys.argv) != 3:
    sys.exit("usage: answers.py UIO ORDERS")
Ring(sys.argv[1]).work(Disk(16384, pathlib.Path(sys.argv[2])))

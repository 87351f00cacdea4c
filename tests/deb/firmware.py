#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The variables of OVMF, with a certificate in db and no other key, so Secure Boot is off: firmware.py CERT.der FILE"""
import struct
import sys
import uuid

EMPTY = "/usr/share/OVMF/OVMF_VARS_4M.fd"
STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
DATABASE = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
OWNER = uuid.UUID("00000000-0000-0000-0000-000000000001")
# In flash, for the boot and the system, and signed with a time by what changes it.
ATTRIBUTES = 0x27
VALID = 0x3F


def signature_list(certificate):
    entry = OWNER.bytes_le + certificate
    return X509.bytes_le + struct.pack("<III", 28 + len(entry), 0, len(entry)) + entry


def variable(name, vendor, data):
    named = (name + "\0").encode("utf-16-le")
    head = struct.pack("<HBBIQ16sIII", 0x55AA, VALID, 0, ATTRIBUTES, 0, bytes(16), 0, len(named), len(data))
    return head + vendor.bytes_le + named + data


def main():
    with open(EMPTY, "rb") as file:
        flash = bytearray(file.read())
    with open(sys.argv[1], "rb") as file:
        added = variable("db", DATABASE, signature_list(file.read()))
    begin = flash.index(STORE.bytes_le) + 28
    if flash[begin:begin + len(added)].strip(b"\xff"):
        sys.exit(f"firmware.py: {EMPTY} has variables already")
    flash[begin:begin + len(added)] = added
    with open(sys.argv[2], "wb") as file:
        file.write(flash)


main()

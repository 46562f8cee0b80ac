# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""ROPs described in words, as bytes: [MS-OXCROPS] 2.2 and [MS-OXCNOTIF] 2.2.1."""

import struct

NOTIFICATION_TYPES = {
    "NewMail": 0x0002,
    "ObjectCreated": 0x0004,
    "ObjectDeleted": 0x0008,
    "ObjectModified": 0x0010,
    "ObjectMoved": 0x0020,
    "ObjectCopied": 0x0040,
    "SearchCompleted": 0x0080,
    "TableModified": 0x0100,
    "Extended": 0x0400,
}
_TABLE_EVENTS = {
    "TableChanged": 1,
    "RowAdded": 3,
    "RowDeleted": 4,
    "RowModified": 5,
    "TableRestrictionChanged": 7,
}
_TOTAL, _UNREAD, _SEARCH, _MESSAGE = 0x1000, 0x2000, 0x4000, 0x8000

INBOX = 0xD101000000000001
_SPECIAL_FOLDERS = [INBOX - 0x0D + place for place in range(13)]
_ESSDN = "/o=First Organization/ou=First Administrative Group/cn=Recipients/cn=janedow"


def _notification_types(rop):
    text = rop.text("types", "NewMail")
    if text[0].isdigit():
        return int(text, 0)
    types = 0
    for name in text.split("|"):
        if name not in NOTIFICATION_TYPES:
            raise rop.error(f"{name} is not a notification type")
        types |= NOTIFICATION_TYPES[name]
    return types


def _logon_request(rop):
    essdn = rop.text("essdn", _ESSDN).encode("ascii") + b"\0"
    return struct.pack("<BBBBIIH", 0xFE, rop.number("logon", 0), rop.number("out", 0), 1,
                       rop.number("open-flags", 0x0100000C), 0, len(essdn)) + essdn


def _logon_response(rop):
    status = rop.number("status", 0)
    start = struct.pack("<BBI", 0xFE, rop.number("out", 0), status)
    if status:
        return start
    return (start + struct.pack("<B13QB", 1, *_SPECIAL_FOLDERS, 7)
            + bytes.fromhex("7d3a5c1e0b2f48d69a44c0ffee00d1e5") + struct.pack("<H", 1)
            + bytes.fromhex("51e09d2b8c6f4f1a8d3e77665544aa01")
            + struct.pack("<BBBBBBHQI", 0, 0, 9, 1, 4, 3, 2024, 0x01DA6E1D5A2C4000, 0))


def _register_request(rop):
    types = _notification_types(rop)
    whole_store = rop.option("whole-store")
    data = struct.pack("<BBBBH", 0x29, rop.number("logon", 0), rop.number("in", 0),
                       rop.number("out", 1), types)
    if types & NOTIFICATION_TYPES["Extended"]:
        data += bytes([rop.number("reserved", 0)])
    data += bytes([whole_store])
    if not whole_store:
        data += struct.pack("<QQ", rop.number("folder", INBOX), rop.number("message", 0))
    return data


def _register_response(rop):
    return struct.pack("<BBI", 0x29, rop.number("out", 1), rop.number("status", 0))


def _open_folder_request(rop):
    return struct.pack("<BBBBQB", 0x02, rop.number("logon", 0), rop.number("in", 0),
                       rop.number("out", 1), rop.number("folder", INBOX), 0)


def _open_folder_response(rop):
    status = rop.number("status", 0)
    return struct.pack("<BBI", 0x02, rop.number("out", 1), status) + (b"" if status else bytes(2))


def _table_request(rop_id):
    def request(rop):
        return struct.pack("<BBBBB", rop_id, rop.number("logon", 0), rop.number("in", 0),
                           rop.number("out", 1), rop.number("flags", 0))
    return request


def _table_response(rop_id):
    def response(rop):
        return struct.pack("<BBII", rop_id, rop.number("out", 1), 0, rop.number("rows", 0))
    return response


def _set_columns_request(rop):
    tags = rop.numbers("tags", [0x67480014, 0x674A0014])
    return struct.pack(f"<BBBBH{len(tags)}I", 0x12, rop.number("logon", 0), rop.number("in", 0),
                       0, len(tags), *tags)


def _set_columns_response(rop):
    return struct.pack("<BBIB", 0x12, rop.number("in", 0), 0, 0)


def _query_rows_request(rop):
    return struct.pack("<BBBBBH", 0x15, rop.number("logon", 0), rop.number("in", 0), 0, 1,
                       rop.number("rows", 50))


def _query_rows_response(rop):
    data = rop.hex("data") or b""
    return struct.pack("<BBIBH", 0x15, rop.number("in", 0), 0, 2, rop.number("rows", 0)) + data


def _release_request(rop):
    return struct.pack("<BBB", 0x01, rop.number("logon", 0), rop.number("in", 0))


def _backoff(rop):
    data = rop.hex("data") or b""
    return struct.pack("<BBIBBIH", 0xF9, rop.number("logon", 0), rop.number("duration", 1000), 1,
                       rop.number("rop", 0x15), rop.number("rop-duration", 5000),
                       len(data)) + data


def _buffer_too_small(rop):
    return struct.pack("<BH", 0xFF, rop.number("needed", 0x8000)) + (rop.hex("data") or b"")


def _pending(rop):
    return struct.pack("<BH", 0x6E, rop.number("session", 0))


def _notify(rop):
    start = struct.pack("<BIB", 0x2A, rop.number("handle", 0x11), rop.number("logon", 0))
    body = rop.hex("body")
    return start + (_Notification(rop).data() if body is None else body)


class _Notification:
    """NotificationData, [MS-OXCNOTIF] 2.2.1.4.1.2; the comments give its row of fields."""

    def __init__(self, rop):
        self.rop = rop
        self.flags = self._flags()
        self.event = rop.named_number("event", _TABLE_EVENTS, 1) if self._is("TableModified") else 0

    def _flags(self):
        rop = self.rop
        name = rop.next_word("the kind of notification")
        if name not in NOTIFICATION_TYPES:
            raise rop.error(f"{name} is not a notification type")
        flags = NOTIFICATION_TYPES[name] | _SEARCH * rop.option("search")
        for key, bit in (("message", _MESSAGE), ("total", _TOTAL), ("unread", _UNREAD)):
            flags |= bit * (key in rop.parameters)
        return rop.number("flags", flags)

    def _is(self, *names):
        return self.flags & 0x0FFF in [NOTIFICATION_TYPES[name] for name in names]

    def _has(self, bit):
        return bool(self.flags & bit)

    def _id(self, key):
        return struct.pack("<Q", self.rop.number(key, 0))

    def _u32(self, key):
        return struct.pack("<I", self.rop.number(key, 0))

    def data(self):
        data = struct.pack("<H", self.flags)
        if self._is("TableModified"):
            return data + self._table()
        if self._is("Extended"):
            return data
        return data + self._object() + self._counts() + self._new_mail()

    def _table(self):
        data = struct.pack("<H", self.event)
        message = self._has(_MESSAGE)
        if self.event in (3, 4, 5):
            data += self._id("folder")
            data += self._id("message") + self._u32("instance") if message else b""
        if self.event in (3, 5):
            data += self._id("after-folder")
            data += self._id("after-message") + self._u32("after-instance") if message else b""
            row = self.rop.hex("row") or b""
            data += struct.pack("<H", self.rop.number("row-size", len(row))) + row
        return data

    def _object(self):
        message = self._has(_MESSAGE)
        data = self._id("folder") + (self._id("message") if message else b"")
        moved = self._is("ObjectMoved", "ObjectCopied")
        with_parent = moved or self._is("ObjectCreated", "ObjectDeleted")
        if with_parent and self._has(_SEARCH) == message and not self.rop.option("no-parent"):
            data += self._id("parent")
        if moved:
            data += self._id("old-folder")
            data += self._id("old-message" if message else "old-parent")
        return data + self._tags()

    def _tags(self):
        if not self._is("ObjectCreated", "ObjectModified"):
            return b""
        tags = self.rop.numbers("tags")
        count = self.rop.number("tag-count", len(tags))
        return struct.pack(f"<H{len(tags)}I", count, *tags)

    def _counts(self):
        total = self._u32("total") if self._has(_TOTAL) else b""
        return total + (self._u32("unread") if self._has(_UNREAD) else b"")

    def _new_mail(self):
        if not self._is("NewMail"):
            return b""
        data = self._u32("message-flags")
        unicode = self.rop.option("unicode")
        text = self.rop.text("class", "IPM.Note") + "\0"
        return data + bytes([unicode]) + text.encode("utf-16-le" if unicode else "ascii")


REQUESTS = {
    "RopRelease": _release_request,
    "RopOpenFolder": _open_folder_request,
    "RopGetHierarchyTable": _table_request(0x04),
    "RopGetContentsTable": _table_request(0x05),
    "RopSetColumns": _set_columns_request,
    "RopQueryRows": _query_rows_request,
    "RopRegisterNotification": _register_request,
    "RopLogon": _logon_request,
    "RopNotify": _notify,
    "RopPending": _pending,
}
RESPONSES = {
    "RopOpenFolder": _open_folder_response,
    "RopGetHierarchyTable": _table_response(0x04),
    "RopGetContentsTable": _table_response(0x05),
    "RopSetColumns": _set_columns_response,
    "RopQueryRows": _query_rows_response,
    "RopRegisterNotification": _register_response,
    "RopLogon": _logon_response,
    "RopNotify": _notify,
    "RopPending": _pending,
    "RopBackoff": _backoff,
    "RopBufferTooSmall": _buffer_too_small,
}


def encode(rop, is_request):
    """The bytes of one ROP line; "rop HEX" gives them outright."""
    name = rop.next_word("a ROP")
    if name == "rop":
        return rop.hex_of(rop.next_word("the bytes of the ROP"))
    table = REQUESTS if is_request else RESPONSES
    if name not in table:
        raise rop.error(f"{name} is not known in a {'request' if is_request else 'response'}")
    return table[name](rop)


def is_rop(name):
    return name == "rop" or name in REQUESTS or name in RESPONSES

# mutate.py
# Changes captures where it hurts: PDUs, handles, lengths, order, segments, HTTP, times
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""A mutation takes the frames of a capture and a random.Random, and returns other frames. Lengths
around what was changed are repaired, mostly, so that the change is not the last thing read."""

import copy
import re
import struct

import capture_file
import pdus

NUMBERS_16 = [0, 1, 2, 3, 4, 7, 8, 0x10, 0x18, 0x7F, 0x80, 0xFF, 0x100, 0x1000, 0x7FFF, 0x8000,
              0xFFF8, 0xFFFE, 0xFFFF]
NUMBERS_32 = NUMBERS_16 + [0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF]
SECOND = 1_000_000_000
HANDLE_SIZE = 20


def _pick(random, frames, wanted=lambda frame: bool(frame.payload)):
    """The index of a segment, or None."""
    found = [index for index, frame in enumerate(frames) if frame.segment and wanted(frame)]
    return random.choice(found) if found else None


def _replace(data, offset, new):
    return data[:offset] + new + data[offset + len(new):]


def _change_pdu(random, frames, change, wanted=lambda pdu: True):
    """Gives a PDU to change(pdu), which returns it anew; its frag_length is repaired, mostly."""
    index = _pick(random, frames)
    if index is None:
        return frames
    parts = pdus.split(frames[index].payload)
    places = [place for place, (is_pdu, part) in enumerate(parts) if is_pdu and wanted(part)]
    if not places:
        return frames
    place = random.choice(places)
    changed = change(parts[place][1])
    if random.random() < 0.95:
        changed = pdus.resize(changed)
    parts[place] = (True, changed)
    frames[index].payload = b"".join(part for _, part in parts)
    return frames


def _is_call(pdu):
    return pdu[2] in (pdus.REQUEST, pdus.RESPONSE) and len(pdu) > 24


def any_bytes(random, frames):
    index = _pick(random, frames)
    if index is None:
        return frames
    payload = bytearray(frames[index].payload)
    for _ in range(random.choice([1, 1, 2, 8])):
        payload[random.randrange(len(payload))] = random.choice([0, 1, 0x7F, 0x80, 0xFF,
                                                                 random.randrange(256)])
    frames[index].payload = bytes(payload)
    return frames


def number_in_stub(random, frames):
    """A count, a size, a status or a flag: any aligned number of a stub."""
    def change(pdu):
        start = pdus.stub_offset(pdu)
        size = random.choice([2, 4, 4])
        if len(pdu) < start + size:
            return pdu
        offset = start + random.randrange(0, (len(pdu) - start) // size) * size
        value = random.choice(NUMBERS_16 if size == 2 else NUMBERS_32)
        return _replace(pdu, offset, struct.pack(pdus.order(pdu) + "HI"[size // 4], value))
    return _change_pdu(random, frames, change, _is_call)


def handle(random, frames):
    """The handle at the start of a stub: null, with other attributes, any, or another call's."""
    others = [part[24:24 + HANDLE_SIZE] for frame in frames for is_pdu, part in
              pdus.split(frame.payload) if is_pdu and _is_call(part)]
    def change(pdu):
        start = pdus.stub_offset(pdu)
        old = pdu[start:start + HANDLE_SIZE]
        new = random.choice([bytes(HANDLE_SIZE), bytes([random.randrange(8)]) + old[1:],
                             random.randbytes(HANDLE_SIZE), random.choice(others or [old])])
        return _replace(pdu, start, new[:len(old)])
    return _change_pdu(random, frames, change, _is_call)


def call_id(random, frames):
    value = random.choice([0, 1, 2, 3, 4, 5, 6, 0xFFFFFFFF])
    return _change_pdu(random, frames, lambda pdu: _replace(
        pdu, 12, struct.pack(pdus.order(pdu) + "I", value)))


def header_byte(random, frames):
    """Version, type, flags or byte order of the common header."""
    offset = random.choice([1, 2, 2, 3, 3, 3, 4])
    value = {1: [0, 1, 2], 2: list(range(22)), 3: [0, 1, 2, 3, 0x83, 0x10, 0x23, 0xFF],
             4: [0, 0x10, 0x11, 0x20]}[offset]
    return _change_pdu(random, frames,
                       lambda pdu: _replace(pdu, offset, bytes([random.choice(value)])))


def method(random, frames):
    """The presentation context, or the opnum and what the stub stands for with it."""
    offset, values = random.choice([(20, [0, 1, 2, 3, 0xFFFF]), (22, list(range(16)) + [0xFFFF])])
    return _change_pdu(random, frames, lambda pdu: _replace(
        pdu, offset, struct.pack(pdus.order(pdu) + "H", random.choice(values))), _is_call)


def lengths(random, frames):
    """frag_length or auth_length as it should not be."""
    offset = random.choice([8, 10])
    index = _pick(random, frames, lambda frame: pdus.looks_like_pdu(frame.payload))
    if index is None:
        return frames
    payload = frames[index].payload
    old, = struct.unpack_from(pdus.order(payload) + "H", payload, offset)
    value = random.choice(NUMBERS_16 + [max(old - 1, 0), min(old + 1, 0xFFFF), min(old + 8, 0xFFFF)])
    frames[index].payload = _replace(payload, offset, struct.pack(pdus.order(payload) + "H", value))
    return frames


def stub_size(random, frames):
    def change(pdu):
        if random.random() < 0.5:
            return pdu[:random.randrange(16, len(pdu) + 1)]
        return pdu + random.randbytes(random.choice([1, 4, 8, 100, 3000]))
    return _change_pdu(random, frames, change)


def part_of_stub(random, frames):
    """Leaves a part of a stub out, or repeats it many times."""
    def change(pdu):
        start = random.randrange(24, len(pdu))
        end = random.randrange(start, len(pdu)) + 1
        count = random.choice([0, 0, 2, 3, 40])
        return (pdu[:start] + pdu[start:end] * count + pdu[end:])[:0xFFF0]
    return _change_pdu(random, frames, change, _is_call)


def fragments(random, frames):
    """Cuts a call in fragments that all come in the segment, not always in order."""
    def change(pdu):
        head, stub = pdu[:24], pdu[24:]
        size = max(1, random.choice([1, 8, 16, len(stub) // 2]))
        pieces = [stub[at:at + size] for at in range(0, len(stub), size)][:60]
        cut = []
        for number, piece in enumerate(pieces):
            flags = (number == 0) | (number == len(pieces) - 1) << 1
            cut.append(pdus.resize(_replace(head, 3, bytes([flags])) + piece))
        if random.random() < 0.3:
            random.shuffle(cut)
        return b"".join(cut)
    index = _pick(random, frames)
    if index is None:
        return frames
    parts = pdus.split(frames[index].payload)
    places = [place for place, (is_pdu, part) in enumerate(parts) if is_pdu and _is_call(part)]
    if places:
        place = random.choice(places)
        parts[place] = (True, change(parts[place][1]))
        frames[index].payload = b"".join(part for _, part in parts)[:60000]
    return frames


def order_of_pdus(random, frames):
    """Drops, repeats or swaps PDUs within a direction of a connection."""
    index = _pick(random, frames)
    if index is None:
        return frames
    one = frames[index]
    choice = random.choice(["drop", "repeat", "many", "swap"])
    if choice == "drop":
        one.payload = b""
    elif choice == "repeat":
        one.payload = (one.payload * 2)[:60000]
    elif choice == "many":
        one.payload = (one.payload * random.choice([10, 100]))[:60000]
    else:
        later = _pick(random, frames, lambda frame: frame.key() == one.key())
        one.payload, frames[later].payload = frames[later].payload, one.payload
    return frames


def from_elsewhere(random, frames):
    """The payload of one connection on another."""
    first, second = _pick(random, frames), _pick(random, frames)
    if first is not None:
        frames[first].payload = (frames[first].payload + frames[second].payload)[:60000]
    return frames


def segments(random, frames):
    """Cuts a segment in several, or joins it with the next of its direction."""
    index = _pick(random, frames)
    if index is None:
        return frames
    one = frames[index]
    if random.random() < 0.3:
        for other in frames[index + 1:]:
            if other.segment and other.key() == one.key() and other.payload:
                one.payload, other.payload = (one.payload + other.payload)[:60000], b""
                return frames
    size = random.choice([1, 3, 10, 16, 17, 24, max(1, len(one.payload) // 2)])
    payload = one.payload
    for at in range(size, min(len(payload), 40 * size), size):
        piece = copy.deepcopy(one)
        piece.payload = payload[at:at + size] if at + size < 40 * size else payload[at:]
        piece.added = True
        index += 1
        frames.insert(index, piece)
    one.payload = payload[:size]
    return frames


def order_of_frames(random, frames):
    """Drops, repeats, delays or cuts frames as a bad capture would, without any repair."""
    index = _pick(random, frames, lambda frame: True)
    if index is None:
        return frames
    choice = random.choice(["lose", "repeat", "delay", "end", "reset"])
    if choice == "lose":
        frames[index].lost = True
    elif choice == "repeat":
        again = copy.deepcopy(frames[index])
        again.repeated = True
        frames.insert(min(len(frames), index + random.choice([1, 2, 10])), again)
    elif choice == "delay" and index + 1 < len(frames):
        frames[index].delayed = random.choice([1, 2, 5])
    elif choice == "end":
        frames[index].segment.flags |= capture_file.FIN
    elif choice == "reset":
        frames[index].segment.flags |= capture_file.RST
    return frames


def times(random, frames):
    """Moves all frames from one on, to and fro, by up to years."""
    shift = random.choice([-SECOND, SECOND, 11 * SECOND, 301 * SECOND, -400 * SECOND,
                           10 ** 8 * SECOND, -10 ** 9 * SECOND, -3 * 10 ** 9 * SECOND])
    for frame in frames[random.randrange(len(frames)):]:
        frame.time = max(0, frame.time + shift)
    return frames


HTTP_CHANGES = [
    (rb"Content-Length: *\d+", [b"Content-Length: 0", b"Content-Length: 1", b"Content-Length: 76",
                                b"Content-Length: 131072", b"Content-Length: 18446744073709551616",
                                b"Content-Length: -1", b"Transfer-Encoding: chunked", b"X: y"]),
    (rb"RPC_(IN|OUT)_DATA", [b"RPC_IN_DATA", b"RPC_OUT_DATA", b"GET", b"RPC_", b"POST"]),
    (rb"HTTP/1\.1 200", [b"HTTP/1.1 401", b"HTTP/1.0 200", b"HTTP/1.1 503", b"HTTP/1.1 100"]),
    (rb"X-RequestType: *\w+", [b"X-RequestType: " + name for name in (
        b"Connect", b"Execute", b"Disconnect", b"NotificationWait", b"PING", b"Bind", b"", b"x" * 5000)]),
    (rb"X-(ResponseCode|PendingPeriod|ExpirationInfo): *\d+", [
        b"X-ResponseCode: 0", b"X-ResponseCode: 10", b"X-ResponseCode: 4294967296", b"X-PendingPeriod: 0",
        b"X-PendingPeriod: 99999999999999999999", b"X-ExpirationInfo: -1"]),
    (rb"(PROCESSING|PENDING|DONE)\r\n", [b"PROCESSING\r\n", b"PENDING\r\n", b"DONE\r\n", b"DONE\n",
                                        b"PENDING\r\n" * 1000, b"done\r\n", b""]),
    (rb"(Set-)?Cookie: *[^\r]*", [b"Cookie: MapiContext=", b"Set-Cookie: MapiContext=a; MapiContext=b",
                                  b"Cookie: " + b"a=b;" * 3000, b"Cookie: MapiSequence=1"]),
    (rb"\{[0-9A-F-]+\}:\d+", [b"{}:1", b"{00000000-0000-0000-0000-000000000000}:99999999999",
                               b"{" + b"A" * 3000 + b"}:1"]),
    (rb"\r\n\r\n", [b"\r\n", b"\n\n", b"\r\n\r\n\r\n", b""]),
    (rb"\?[^ ]*", [b"?", b"", b"?:", b"?host:99999", b"?" + b"a" * 5000, b"?other:6001"]),
    (rb"\r\n[0-9a-fA-F]+\r\n", [b"\r\n0\r\n", b"\r\n1\r\n", b"\r\nffff\r\n", b"\r\n7fffffff\r\n",
                                b"\r\n8000000000000000\r\n", b"\r\n-1\r\n", b"\r\n4;x=y\r\n"]),
]


def http(random, frames):
    """Heads and chunk sizes."""
    pattern, values = random.choice(HTTP_CHANGES)
    index = _pick(random, frames, lambda frame: re.search(pattern, frame.payload))
    if index is not None:
        value = random.choice(values)
        frames[index].payload = re.sub(pattern, lambda _: value, frames[index].payload, count=1)
    return frames


def rts(random, frames):
    """Flags, the number of commands, commands and cookies of an RTS PDU, [MS-RPCH] 2.2.3."""
    cookies = [part[32:48] for frame in frames for is_pdu, part in pdus.split(frame.payload)
               if is_pdu and part[2] == pdus.RTS and len(part) >= 48]
    def change(pdu):
        choice = random.randrange(5)
        if choice == 0 or len(pdu) < 24:
            return _replace(pdu, 16, struct.pack("<H", random.choice(NUMBERS_16)))
        if choice == 1:
            return _replace(pdu, 18, struct.pack("<H", random.choice(NUMBERS_16)))
        if choice == 2:
            offset = random.randrange(20, len(pdu) - 3) & ~3
            return _replace(pdu, offset, struct.pack("<I", random.randrange(16)))
        if choice == 3 and len(pdu) >= 48:
            return _replace(pdu, 32, random.choice(cookies + [bytes(16), random.randbytes(16)]))
        return pdu[:20] + pdu[20:] * random.choice([0, 2, 100])
    return _change_pdu(random, frames, change, lambda pdu: pdu[2] == pdus.RTS and len(pdu) >= 20)


READABLE = re.compile(rb"[\x20-\x7e]{5,}|(?:[\x20-\x7e]\0){5,}")
HOSTILE = [b"<script>alert(1)</script>", b"</script>", b"<!--", b"-->", b"]]>", b"<img src=x onerror=y>",
           b"\"'`", b"\\", b"\\u0000", b"&lt;&#0;", b"\x1b[2J\x1b]0;x\x07", b"\x00", b"\x7f", b"\x9b31m",
           b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"\xe2\x80\xae",
           b"%s%n", b"{}", b"\r\n", b"\n", b"\t", b"${x}", b"../../", b"\xef\xbb\xbf"]


def names(random, frames):
    """Writes what is hostile to texts, JSON and HTML over something readable, as long as it was."""
    index = _pick(random, frames, lambda frame: READABLE.search(frame.payload))
    if index is None:
        return frames
    payload = frames[index].payload
    found = random.choice(list(READABLE.finditer(payload)))
    start = random.randrange(found.start(), found.end())
    text = b"".join(random.choice(HOSTILE) for _ in range(random.choice([1, 1, 3])))
    if found.group()[1] == 0:  # UTF-16
        start -= (start - found.start()) % 2
        text = b"".join(bytes([byte, 0]) for byte in text)
    frames[index].payload = _replace(payload, start, text[:found.end() - start])
    return frames


def host(random, frames):
    """Calls the server of RPC over HTTP so everywhere, as the report does then."""
    text = b"".join(random.choice(HOSTILE) for _ in range(random.choice([1, 2, 5])))
    for frame in frames:
        frame.payload = re.sub(rb"(RPC_(?:IN|OUT)_DATA [^? ]*\?)[^: ]+", lambda found: found[1] + text,
                               frame.payload)
    return frames


MUTATIONS = [any_bytes, number_in_stub, number_in_stub, handle, handle, call_id, call_id,
             header_byte, method, method, lengths, stub_size, part_of_stub, fragments,
             order_of_pdus, order_of_pdus, from_elsewhere, segments, segments, order_of_frames,
             order_of_frames, times, http, http, rts, rts, names, host]


def _number_bytes(frames):
    """Gives the segments sequence numbers that fit their payloads. What a payload has grown by is
    added to all that comes behind it, also to what the other side acknowledges. A segment that was
    cut from another one stands behind it."""
    shifts, sizes = {}, {}
    for frame in frames:
        if frame.segment is None or hasattr(frame, "repeated"):
            continue
        key, shift = frame.key(), shifts.get(frame.key(), 0)
        frame.segment.sequence += shift
        frame.segment.acknowledgement += shifts.get(frame.reverse_key(), 0)
        if hasattr(frame, "added"):
            frame.segment.sequence += sizes.get(key, 0)
            shifts[key] = shift + len(frame.payload)
        else:
            sizes[key] = len(frame.original)
            shifts[key] = shift + len(frame.payload) - sizes[key]


def _disorder(frames):
    moved = [frame for frame in frames if not hasattr(frame, "lost")]
    for frame in [frame for frame in moved if hasattr(frame, "delayed")]:
        index = moved.index(frame)
        moved.insert(index + frame.delayed, moved.pop(index))
    return moved


def mutate(random, frames, count):
    """Applies some mutations to the frames of a capture, which stay as they are."""
    return apply(random, frames, random.choices(MUTATIONS, k=count))


def apply(random, frames, mutations):
    """Applies these mutations to the frames of a capture, which stay as they are."""
    frames = copy.deepcopy(frames)
    for frame in frames:
        frame.original = frame.payload
    for mutation in mutations:
        frames = mutation(random, frames)
    _number_bytes(frames)
    for frame in frames:
        frame.length = max(frame.length, len(frame.data()))
    return _disorder(frames)

# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ethernet frames around TCP and UDP: IPv4, IPv6, VLAN tags, GRE and VXLAN tunnels."""

import ipaddress
import struct

TCP = 6
UDP = 17
_GRE = 47
_ETHERTYPE = {4: 0x0800, 6: 0x86DD}
_ETHERTYPE_VLAN = 0x8100
_VXLAN_PORT = 4789


class Host:
    """An end of connections: its address, and a MAC address made from it."""

    def __init__(self, name, address):
        self.name = name
        self.address = ipaddress.ip_address(address)
        self.mac = b"\x02\x00" + self.address.packed[-4:]
        self.ip_id = 0x1000

    @property
    def version(self):
        return self.address.version

    def next_ip_id(self):
        self.ip_id = (self.ip_id + 1) & 0xFFFF
        return self.ip_id


def _checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _transport_checksum(source, destination, protocol, data):
    if source.version == 4:
        pseudo = struct.pack(">BBH", 0, protocol, len(data))
    else:
        pseudo = struct.pack(">II", len(data), protocol)
    return _checksum(source.address.packed + destination.address.packed + pseudo + data)


def _ip(source, destination, protocol, payload):
    if source.version == 6:
        header = struct.pack(">IHBB", 0x60000000, len(payload), protocol, 64)
        return header + source.address.packed + destination.address.packed + payload
    fields = [0x45, 0, 20 + len(payload), source.next_ip_id(), 0x4000, 128, protocol, 0,
              source.address.packed, destination.address.packed]
    fields[7] = _checksum(struct.pack(">BBHHHBBH4s4s", *fields))
    return struct.pack(">BBHHHBBH4s4s", *fields) + payload


def tcp_segment(source, source_port, destination, destination_port, sequence, acknowledgement,
                flags, payload=b"", options=b""):
    header = struct.pack(">HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF,
                         acknowledgement & 0xFFFFFFFF, (5 + len(options) // 4) << 4, flags,
                         64240, 0, 0) + options
    checksum = _transport_checksum(source, destination, TCP, header + payload)
    return header[:16] + struct.pack(">H", checksum) + header[18:] + payload


def udp_datagram(source, source_port, destination, destination_port, payload):
    header = struct.pack(">HHHH", source_port, destination_port, 8 + len(payload), 0)
    checksum = _transport_checksum(source, destination, UDP, header + payload) or 0xFFFF
    return header[:6] + struct.pack(">H", checksum) + payload


def _ethernet(source, destination, ethertype, payload, vlan):
    tag = struct.pack(">HH", _ETHERTYPE_VLAN, vlan) if vlan is not None else b""
    return destination.mac + source.mac + tag + struct.pack(">H", ethertype) + payload


class Path:
    """How packets of a connection look on the link: VLAN tag and tunnel around them."""

    def __init__(self, vlan=None, tunnel=None, tunnel_ends=None):
        self.vlan = vlan
        self.tunnel = tunnel
        self.tunnel_ends = tunnel_ends

    def frame(self, source, destination, protocol, payload, from_client):
        """The frame, and the number of bytes in front of payload."""
        inner = _ip(source, destination, protocol, payload)
        if self.tunnel is None:
            frame = _ethernet(source, destination, _ETHERTYPE[source.version], inner, self.vlan)
        else:
            frame = self._tunnelled(source, destination, inner, from_client)
        return frame, len(frame) - len(payload)

    def _tunnelled(self, source, destination, inner, from_client):
        outer_source, outer_destination = self.tunnel_ends
        if not from_client:
            outer_source, outer_destination = outer_destination, outer_source
        ethertype = _ETHERTYPE[source.version]
        if self.tunnel == "gre":
            body = struct.pack(">HH", 0, ethertype) + inner
            outer = _ip(outer_source, outer_destination, _GRE, body)
        else:
            vxlan = struct.pack(">II", 0x08000000, 42 << 8)
            body = vxlan + _ethernet(source, destination, ethertype, inner, None)
            datagram = udp_datagram(outer_source, 51000, outer_destination, _VXLAN_PORT, body)
            outer = _ip(outer_source, outer_destination, UDP, datagram)
        return _ethernet(outer_source, outer_destination, _ETHERTYPE[outer_source.version], outer,
                         self.vlan)

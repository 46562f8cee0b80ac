-- waits.lua
-- What an administrator may write: the time that each EcDoAsyncWaitEx took
--
-- Copyright (C) the oxcnotif authors
--
-- SPDX-License-Identifier: GPL-2.0-or-later

local opnum, call, kind = Field.new("dcerpc.opnum"), Field.new("dcerpc.cn_call_id"), Field.new("dcerpc.pkt_type")
local stream, stub = Field.new("tcp.stream"), Field.new("dcerpc.stub_data")
local waits = Proto("lua_waits", "Waits")
local fields = {time = ProtoField.double("lua_waits.time", "Time"), handle = ProtoField.bytes("lua_waits.handle", "Handle")}
local asked = {}

waits.fields = {fields.time, fields.handle}

function waits.init()
    asked = {}
end

function waits.dissector(_, pinfo, tree)
    local types, calls, bytes = {kind()}, {call()}, {stub()}

    for i, found in ipairs(types) do
        local name = stream() and calls[i] and stream().value .. "/" .. calls[i].value
        local at = name and asked[name]

        if name and found.value == 0 and opnum() and opnum().value == 0 and bytes[i] and bytes[i].len == 24 then
            asked[name] = {time = pinfo.abs_ts, handle = bytes[i].range(0, 20)}
            tree:add(waits):add(fields.handle, asked[name].handle)
        elseif at and found.value == 2 then
            tree:add(waits):add(fields.time, pinfo.abs_ts - at.time)
            asked[name] = pinfo.visited and at or nil
        end
    end
end

register_postdissector(waits)

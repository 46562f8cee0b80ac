-- oxcnotif.lua
-- What the plugin decodes and links, as a Lua script for tshark: what its cost is compared with
--
-- Copyright (C) the oxcnotif authors
--
-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Written to be fast: two field extractors, each PDU read from one string, state kept on the first
-- pass only, and no item that nobody looks at. It leaves out what the plugin has beyond that: the
-- rules, NDR64, big-endian stubs, compressed buffers, most ROPs, sealed calls and RPC over HTTP.

local unpack, byte, sub, format = Struct.unpack, string.byte, string.sub, string.format

local dcerpc_pdus = Field.new("dcerpc")
local tcp_stream = Field.new("tcp.stream")

local EMSMDB = "\x00\xDB\xF1\xA4\x47\xCA\x67\x10\xB3\x1F\x00\xDD\x01\x06\x62\xDA"
local ASYNCEMSMDB = "\x4A\x57\x61\x52\x72\x45\x6E\x20\xB2\x68\x6B\x19\x92\x13\xB4\xE4"
local NULL_HANDLE = string.rep("\0", 20)

local REQUEST, RESPONSE, FAULT, BIND, ALTER = 0, 2, 3, 11, 14
local HEADER = 24
local DISCONNECT, CONNECT, RPC, ASYNC_CONNECT, WAIT = 1, 10, 11, 14, 256

local method_names = {
    [DISCONNECT] = "EcDoDisconnect", [CONNECT] = "EcDoConnectEx", [RPC] = "EcDoRpcExt2",
    [ASYNC_CONNECT] = "EcDoAsyncConnectEx", [WAIT] = "EcDoAsyncWaitEx",
}
local titles, opnum_names = {}, {}
for method, name in pairs(method_names) do
    opnum_names[method % WAIT] = name
    titles[method] = {
        [REQUEST] = name .. " request", [RESPONSE] = name .. " response", [FAULT] = name .. " fault",
    }
end
local outcome_names = {
    [1] = "NotificationPending", [2] = "No event", [3] = "Rejected", [4] = "Exiting",
    [5] = "Other error", [6] = "Fault",
}
local rop_names = {
    [0x01] = "RopRelease", [0x29] = "RopRegisterNotification", [0x2A] = "RopNotify",
    [0x6E] = "RopPending", [0xFE] = "RopLogon",
}
local type_names = {
    [0x002] = "NewMail", [0x004] = "ObjectCreated", [0x008] = "ObjectDeleted",
    [0x010] = "ObjectModified", [0x020] = "ObjectMoved", [0x040] = "ObjectCopied",
    [0x080] = "SearchCompleted", [0x100] = "TableModified",
}
local status_names = {
    [0] = "Success", [0x3ED] = "Exiting", [0x7EE] = "Rejected", [0x80004005] = "Error",
}

-- Fields -------------------------------------------------------------------------------------

local exchange = Proto("oxclua", "Exchange asynchronous notifications (Lua)")
local fields = {}

local function field(name, kind, title, ...)
    fields[name] = ProtoField[kind]("oxclua." .. name, title, ...)
    return fields[name]
end

local f_opnum = field("opnum", "uint16", "Operation", base.DEC, opnum_names)
local f_cxh = field("cxh", "bytes", "Session context handle (CXH)")
local f_acxh = field("acxh", "bytes", "Asynchronous context handle (ACXH)")
local f_attributes = field("handle.attributes", "uint32", "Attributes", base.HEX)
local f_uuid = field("handle.uuid", "guid", "UUID")
local f_status = field("status", "uint32", "Return value", base.HEX, status_names)
local f_flags_in = field("flags_in", "uint32", "ulFlagsIn", base.HEX)
local f_flags_out = field("flags_out", "uint32", "pulFlagsOut", base.HEX)
local f_pending = field("notification_pending", "bool", "NotificationPending", 32, nil, 1)
local f_reserved = field("reserved", "uint32", "Reserved", base.HEX, nil, 0xFFFFFFFE)
local f_max = field("max_count", "uint32", "Max count")
local f_offset = field("offset", "uint32", "Offset")
local f_actual = field("actual_count", "uint32", "Actual count")
local f_referent = field("referent", "uint32", "Referent", base.HEX)
local f_user_dn = field("user_dn", "string", "szUserDN")
local f_dn_prefix = field("dn_prefix", "string", "szDNPrefix")
local f_display_name = field("display_name", "string", "szDisplayName")
local f_connect_flags = field("connect_flags", "uint32", "ulFlags", base.HEX)
local f_connect_admin = field("connect_flags.admin", "bool", "Administrator", 32, nil, 0x1)
local f_connect_public =
    field("connect_flags.no_public", "bool", "Do not fail without public folders", 32, nil, 0x8000)
local f_con_mod = field("con_mod", "uint32", "ulConMod", base.HEX)
local f_limit = field("limit", "uint32", "cbLimit")
local f_code_page = field("code_page", "uint32", "ulCpid")
local f_lcid_string = field("lcid_string", "uint32", "ulLcidString", base.HEX)
local f_lcid_sort = field("lcid_sort", "uint32", "ulLcidSort", base.HEX)
local f_session_link = field("session_link", "uint32", "ulIcxrLink", base.HEX)
local f_can_convert = field("can_convert", "uint16", "usFCanConvertCodePages", base.HEX)
local f_client_version = field("client_version", "string", "Client version")
local f_server_version = field("server_version", "string", "Server version")
local f_best_version = field("best_version", "string", "Best version")
local f_timestamp = field("timestamp", "uint32", "pulTimeStamp", base.HEX)
local f_polls_max = field("polls_max", "uint32", "pcmsPollsMax")
local f_retry_count = field("retry_count", "uint32", "pcRetry")
local f_retry_delay = field("retry_delay", "uint32", "pcmsRetryDelay")
local f_session_index = field("session_index", "uint16", "piCxr")
local f_aux_in = field("aux_in", "bytes", "rgbAuxIn")
local f_aux_in_size = field("aux_in_size", "uint32", "cbAuxIn")
local f_aux_out = field("aux_out", "bytes", "rgbAuxOut")
local f_aux_out_size = field("aux_out_size", "uint32", "pcbAuxOut")
local f_rpc_flags = field("rpc_flags", "uint32", "pulFlags", base.HEX)
local f_no_compression = field("rpc_flags.no_compression", "bool", "NoCompression", 32, nil, 1)
local f_no_xor = field("rpc_flags.no_xor_magic", "bool", "NoXorMagic", 32, nil, 2)
local f_chain = field("rpc_flags.chain", "bool", "Chain", 32, nil, 4)
local f_rop_in = field("rop_in", "bytes", "rgbIn")
local f_rop_in_size = field("rop_in_size", "uint32", "cbIn")
local f_rop_out = field("rop_out", "bytes", "rgbOut")
local f_rop_out_size = field("rop_out_size", "uint32", "pcbOut")
local f_transaction_time = field("transaction_time", "uint32", "pulTransTime")

local f_ext = field("ext", "none", "Extended buffer")
local f_ext_version = field("ext.version", "uint16", "Version", base.HEX)
local f_ext_flags = field("ext.flags", "uint16", "Flags", base.HEX)
local f_ext_compressed = field("ext.flags.compressed", "bool", "Compressed", 16, nil, 1)
local f_ext_xor = field("ext.flags.xor_magic", "bool", "XorMagic", 16, nil, 2)
local f_ext_last = field("ext.flags.last", "bool", "Last", 16, nil, 4)
local f_ext_size = field("ext.size", "uint16", "Size")
local f_ext_size_actual = field("ext.size_actual", "uint16", "SizeActual")
local f_ext_payload = field("ext.payload", "bytes", "Payload")

local f_rops = field("rops", "none", "ROP buffer")
local f_rops_size = field("rops.size", "uint16", "RopSize")
local f_handle_table = field("rops.handle_table", "none", "ServerObjectHandleTable")
local f_handle = field("rops.handle", "uint32", "Server object handle", base.HEX)
local f_rop = field("rop", "none", "ROP")
local f_rop_id = field("rop.id", "uint8", "RopId", base.HEX, rop_names)
local f_logon_id = field("rop.logon_id", "uint8", "LogonId")
local f_input_index = field("rop.input_index", "uint8", "InputHandleIndex")
local f_output_index = field("rop.output_index", "uint8", "OutputHandleIndex")
local f_return_value = field("rop.return_value", "uint32", "ReturnValue", base.HEX, status_names)
local f_logon_flags = field("rop.logon.flags", "uint8", "LogonFlags", base.HEX)
local f_logon_private = field("rop.logon.flags.private", "bool", "Private", 8, nil, 1)
local f_logon_undercover = field("rop.logon.flags.undercover", "bool", "Undercover", 8, nil, 2)
local f_logon_ghosted = field("rop.logon.flags.ghosted", "bool", "Ghosted", 8, nil, 4)
local f_open_flags = field("rop.logon.open_flags", "uint32", "OpenFlags", base.HEX)
local f_store_state = field("rop.logon.store_state", "uint32", "StoreState", base.HEX)
local f_essdn_size = field("rop.logon.essdn_size", "uint16", "EssdnSize")
local f_essdn = field("rop.logon.essdn", "string", "Essdn")
local f_folder_id = field("rop.folder_id", "uint64", "FolderId", base.HEX)
local f_response_flags = field("rop.logon.response_flags", "uint8", "ResponseFlags", base.HEX)
local f_mailbox_guid = field("rop.logon.mailbox_guid", "guid", "MailboxGuid")
local f_repl_id = field("rop.logon.repl_id", "uint16", "ReplId", base.HEX)
local f_repl_guid = field("rop.logon.repl_guid", "guid", "ReplGuid")
local f_logon_time = field("rop.logon.time", "bytes", "LogonTime")
local f_gwart_time = field("rop.logon.gwart_time", "uint64", "GwartTime", base.HEX)
local f_types = field("rop.register.types", "uint16", "NotificationTypes", base.HEX)
local f_whole_store = field("rop.register.whole_store", "uint8", "WantWholeStore")
local f_notify_handle = field("rop.notify.handle", "uint32", "NotificationHandle", base.HEX)
local f_notify_flags = field("rop.notify.flags", "uint16", "NotificationFlags", base.HEX)
local f_notify_type =
    field("rop.notify.type", "uint16", "NotificationType", base.HEX, type_names, 0x0FFF)
local f_notify_total = field("rop.notify.total_there", "bool", "Total is there", 16, nil, 0x1000)
local f_notify_unread = field("rop.notify.unread_there", "bool", "Unread is there", 16, nil, 0x2000)
local f_notify_search = field("rop.notify.search", "bool", "In a search folder", 16, nil, 0x4000)
local f_notify_message = field("rop.notify.message", "bool", "Of a message", 16, nil, 0x8000)
local f_message_id = field("rop.message_id", "uint64", "MessageId", base.HEX)
local f_parent_id = field("rop.notify.parent_folder_id", "uint64", "ParentFolderId", base.HEX)
local f_old_folder_id = field("rop.notify.old_folder_id", "uint64", "OldFolderId", base.HEX)
local f_old_message_id = field("rop.notify.old_message_id", "uint64", "OldMessageId", base.HEX)
local f_old_parent_id =
    field("rop.notify.old_parent_folder_id", "uint64", "OldParentFolderId", base.HEX)
local f_tag_count = field("rop.notify.tag_count", "uint16", "TagCount")
local f_tag = field("rop.notify.tag", "uint32", "Tag", base.HEX)
local f_total = field("rop.notify.total", "uint32", "TotalMessageCount")
local f_unread = field("rop.notify.unread", "uint32", "UnreadMessageCount")
local f_message_flags = field("rop.notify.message_flags", "uint32", "MessageFlags", base.HEX)
local f_unicode = field("rop.notify.unicode", "uint8", "UnicodeFlag")
local f_message_class = field("rop.notify.message_class", "string", "MessageClass")
local f_pending_index = field("rop.pending.session_index", "uint16", "SessionIndex")

local f_session = field("session", "uint32", "Session")
local f_context = field("context", "uint32", "Context")
local f_connect_in = field("connect_in", "framenum", "Context handle returned in frame")
local f_wait = field("wait", "uint32", "Wait")
local f_request_in = field("request_in", "framenum", "Request in frame")
local f_previous_wait = field("previous_wait_in", "framenum", "Previous wait in frame")
local f_next_wait = field("next_wait_in", "framenum", "Next wait in frame")
local f_outcome = field("outcome", "uint8", "Outcome", base.DEC, outcome_names)
local f_wait_time = field("wait_time", "double", "Wait time")
local f_fetch_in = field("fetch_in", "framenum", "Fetched by frame")
local f_delivered_in = field("delivered_in", "framenum", "Delivered in frame")
local f_notified_in = field("notified_in", "framenum", "Fetches for frame")
local f_delivery_time = field("delivery_time", "double", "Delivery time")
local f_registered_in = field("registered_in", "framenum", "Registered in frame")

exchange.fields = fields

-- State --------------------------------------------------------------------------------------

local streams      -- stream -> {server, interfaces, calls}
local sessions     -- server .. CXH -> session
local contexts     -- server .. ACXH -> context
local records      -- frame -> list of records, in the order of the PDUs
local session_count, context_count
local own_dissector -- stands for the protocol where one asks whether somebody looks at its fields

function exchange.init()
    own_dissector = Dissector.get("oxclua")
    streams, sessions, contexts, records = {}, {}, {}, {}
    session_count, context_count = 0, 0
end

local function stream_of(number, pinfo, to_server)
    local stream = streams[number]
    if not stream then
        stream = {
            server = tostring(to_server and pinfo.dst or pinfo.src),
            interfaces = {},
            calls = {},
        }
        streams[number] = stream
    end
    return stream
end

local function session_of(server, handle)
    local key = server .. handle
    local session = sessions[key]
    if not session then
        session = { number = session_count, notified = {}, registered = {} }
        session_count = session_count + 1
        sessions[key] = session
    end
    return session
end

local function context_of(server, handle, session)
    local key = server .. handle
    local context = contexts[key]
    if not context or (session and context.session ~= session) then
        context = { number = context_count, session = session, waits = 0 }
        context_count = context_count + 1
        contexts[key] = context
    end
    return context
end

-- Takes in the presentation contexts of a bind, [C706] 12.6.4.3.
local function take_bind(raw, stream)
    local offset = 29
    for _ = 1, byte(raw, 25) or 0 do
        if #raw < offset + 43 then
            return
        end
        local id, syntaxes = unpack("<I2I1", raw, offset)
        local uuid = sub(raw, offset + 4, offset + 19)
        stream.interfaces[id] = uuid == EMSMDB and "emsmdb" or uuid == ASYNCEMSMDB and "async" or nil
        offset = offset + 24 + 20 * syntaxes
    end
end

-- Links --------------------------------------------------------------------------------------

local function outcome_of(status, flags)
    if status == 0 then
        return flags % 2 == 1 and 1 or 2
    end
    return status == 0x7EE and 3 or status == 0x3ED and 4 or 5
end

local links = {}

links[WAIT] = {
    [REQUEST] = function(record, values, stream)
        if values.handle == NULL_HANDLE then
            return
        end
        local context = context_of(stream.server, values.handle)
        context.waits = context.waits + 1
        record.context, record.session = context, context.session
        record.wait = context.waits
        record.connect_in = context.connect_in
        record.previous_wait = context.last_wait
        if context.last_wait then
            context.last_wait.next_wait = record
        end
        context.last_wait = record
    end,
    [RESPONSE] = function(record, values)
        local session = record.session
        record.wait, record.connect_in = record.request.wait, record.request.connect_in
        record.outcome = outcome_of(values.status, values.flags)
        record.wait_time = record.time - record.request.time
        if record.outcome ~= 1 or not session then
            return
        end
        if session.fetching then
            record.fetch = session.fetching
            local fetches = session.fetching.notified
            fetches[#fetches + 1] = record
        else
            session.notified[#session.notified + 1] = record
        end
        session.undelivered = session.undelivered or record
    end,
    [FAULT] = function(record)
        record.wait = record.request.wait
        record.outcome = 6
        record.wait_time = record.time - record.request.time
    end,
}

links[RPC] = {
    [REQUEST] = function(record, values, stream)
        local session = session_of(stream.server, values.handle)
        record.session = session
        record.notified = session.notified
        for _, notification in ipairs(session.notified) do
            notification.fetch = record
        end
        if #session.notified > 0 then
            session.notified = {}
        end
        session.fetching = record
    end,
    [RESPONSE] = function(record, values)
        local session = record.session
        if session.fetching == record.request then
            session.fetching = nil
        end
        for _, handle in ipairs(values.registered) do
            session.registered[handle] = record.frame
        end
        if #values.notified == 0 then
            return
        end
        record.registered_in = {}
        for i, handle in ipairs(values.notified) do
            record.registered_in[i] = session.registered[handle]
        end
        local earliest = session.undelivered
        if earliest then
            record.delivery_time = record.time - earliest.time
            earliest.delivered = record
            session.undelivered = nil
        end
    end,
}

links[CONNECT] = {
    [RESPONSE] = function(record, values, stream)
        if values.status == 0 then
            sessions[stream.server .. values.handle] = nil
            record.session = session_of(stream.server, values.handle)
            record.request.session = record.session
        end
    end,
}

links[ASYNC_CONNECT] = {
    [REQUEST] = function(record, values, stream)
        record.session = session_of(stream.server, values.handle)
    end,
    [RESPONSE] = function(record, values, stream)
        if values.status == 0 and values.handle ~= NULL_HANDLE then
            record.context = context_of(stream.server, values.handle, record.session)
            record.context.connect_in = record.frame
        end
    end,
}

links[DISCONNECT] = {
    [REQUEST] = function(record, values, stream)
        record.session = session_of(stream.server, values.handle)
    end,
}

-- ROPs, [MS-OXCROPS] 2.2 and [MS-OXCNOTIF] 2.2.1 ------------------------------------------------

-- A cursor over the bytes of a structure: reads them, and shows them if there is a tree.
local Cursor = {}
Cursor.__index = Cursor

local function cursor(raw, range, offset)
    return setmetatable({ raw = raw, range = range, offset = offset }, Cursor)
end

function Cursor:number(tree, shown, size)
    local offset = self.offset
    local value = unpack(size == 4 and "<I4" or size == 2 and "<I2" or "<I1", self.raw, offset + 1)
    if tree then
        tree:add_le(shown, self.range(offset, size))
    end
    self.offset = offset + size
    return value
end

function Cursor:skip(tree, shown, size)
    if tree then
        tree:add_le(shown, self.range(self.offset, size))
    end
    self.offset = self.offset + size
end

function Cursor:bits(tree, shown, size, ...)
    local offset = self.offset
    local value = unpack(size == 4 and "<I4" or size == 2 and "<I2" or "<I1", self.raw, offset + 1)
    if tree then
        local range = self.range(offset, size)
        local item = tree:add_le(shown, range)
        for _, bit in ipairs({ ... }) do
            item:add_le(bit, range)
        end
    end
    self.offset = offset + size
    return value
end

local function id64(raw, offset)
    local low, high = unpack("<I4I4", raw, offset + 1)
    return format("0x%08x%08x", high, low)
end

local notify_ids = {
    [0x004] = true, [0x008] = true, [0x010] = true, [0x020] = true, [0x040] = true,
}

local function read_object_event(at, tree, flags, kind)
    local message = flags >= 0x8000
    at:skip(tree, f_folder_id, 8)
    if message then
        at:skip(tree, f_message_id, 8)
    end
    if not message or flags % 0x8000 >= 0x4000 then
        at:skip(tree, f_parent_id, 8)
    end
    if kind == 0x020 or kind == 0x040 then
        at:skip(tree, f_old_folder_id, 8)
        at:skip(tree, message and f_old_message_id or f_old_parent_id, 8)
    end
    if kind == 0x004 or kind == 0x010 then
        local count = at:number(tree, f_tag_count, 2)
        for _ = 1, count == 0xFFFF and 0 or count do
            at:skip(tree, f_tag, 4)
        end
    end
    if flags % 0x2000 >= 0x1000 then
        at:skip(tree, f_total, 4)
    end
    if flags % 0x4000 >= 0x2000 then
        at:skip(tree, f_unread, 4)
    end
end

local function read_new_mail(at, tree, values)
    local folder, message = id64(at.raw, at.offset), id64(at.raw, at.offset + 8)
    at:skip(tree, f_folder_id, 8)
    at:skip(tree, f_message_id, 8)
    at:skip(tree, f_message_flags, 4)
    local wide = at:number(tree, f_unicode, 1) ~= 0
    local class, size
    if wide then
        local finish = at.offset
        while unpack("<I2", at.raw, finish + 1) ~= 0 do
            finish = finish + 2
        end
        class = sub(at.raw, at.offset + 1, finish):gsub("%z", "")
        size = finish + 2 - at.offset
    else
        class = unpack("s", at.raw, at.offset + 1)
        size = #class + 1
    end
    if tree then
        tree:add(f_message_class, at.range(at.offset, size), class)
    end
    at.offset = at.offset + size
    values.news = values.news
        or format("New mail in folder %s, message %s, class %s", folder, message, class)
    return format(": NewMail, folder %s, message %s, class %s", folder, message, class)
end

-- Each reads a ROP behind its RopId and returns what its label says, or nil where it cannot go on.
local rop_readers = {
    [0x01] = {
        request = function(at, tree)
            at:skip(tree, f_logon_id, 1)
            at:skip(tree, f_input_index, 1)
            return ""
        end,
    },
    [0x29] = {
        request = function(at, tree)
            at:skip(tree, f_logon_id, 1)
            at:skip(tree, f_input_index, 1)
            at:skip(tree, f_output_index, 1)
            at:skip(tree, f_types, 2)
            if at:number(tree, f_whole_store, 1) == 0 then
                at:skip(tree, f_folder_id, 8)
                at:skip(tree, f_message_id, 8)
            end
            return ""
        end,
        response = function(at, tree, values)
            local index = at:number(tree, f_output_index, 1)
            if at:number(tree, f_return_value, 4) == 0 then
                values.registered_indexes[#values.registered_indexes + 1] = index
            end
            return ""
        end,
    },
    [0x2A] = {
        response = function(at, tree, values)
            local handle = at:number(tree, f_notify_handle, 4)
            at:skip(tree, f_logon_id, 1)
            local flags = at:bits(tree, f_notify_flags, 2, f_notify_type, f_notify_total,
                                  f_notify_unread, f_notify_search, f_notify_message)
            local kind = flags % 0x1000
            values.notified[#values.notified + 1] = handle
            if kind == 0x002 then
                return read_new_mail(at, tree, values)
            elseif kind == 0x080 then
                at:skip(tree, f_folder_id, 8)
            elseif notify_ids[kind] then
                read_object_event(at, tree, flags, kind)
            else
                return nil
            end
            return format(": %s, handle 0x%08x", type_names[kind], handle)
        end,
    },
    [0x6E] = {
        response = function(at, tree)
            return format(", session index %u", at:number(tree, f_pending_index, 2))
        end,
    },
    [0xFE] = {
        request = function(at, tree)
            at:skip(tree, f_logon_id, 1)
            at:skip(tree, f_output_index, 1)
            at:bits(tree, f_logon_flags, 1, f_logon_private, f_logon_undercover, f_logon_ghosted)
            at:skip(tree, f_open_flags, 4)
            at:skip(tree, f_store_state, 4)
            at:skip(tree, f_essdn, at:number(tree, f_essdn_size, 2))
            return ""
        end,
        response = function(at, tree)
            at:skip(tree, f_output_index, 1)
            if at:number(tree, f_return_value, 4) ~= 0 then
                return nil
            end
            local private = at:bits(tree, f_logon_flags, 1, f_logon_private, f_logon_undercover,
                                    f_logon_ghosted) % 2 == 1
            for _ = 1, 13 do
                at:skip(tree, f_folder_id, 8)
            end
            if not private then
                return nil
            end
            at:skip(tree, f_response_flags, 1)
            at:skip(tree, f_mailbox_guid, 16)
            at:skip(tree, f_repl_id, 2)
            at:skip(tree, f_repl_guid, 16)
            at:skip(tree, f_logon_time, 8)
            at:skip(tree, f_gwart_time, 8)
            at:skip(tree, f_store_state, 4)
            return ""
        end,
    },
}

local function read_handles(raw, range, tree, start, values)
    local count = math.floor((#raw - start) / 4)
    if tree and count > 0 then
        local item = tree:add(f_handle_table, range(start, 4 * count))
        item:append_text(format(": %u handles", count))
        for i = 0, count - 1 do
            item:add_le(f_handle, range(start + 4 * i, 4)):prepend_text(format("[%u] ", i))
        end
    end
    for _, index in ipairs(values.registered_indexes) do
        if index < count then
            values.registered[#values.registered + 1] = unpack("<I4", raw, start + 4 * index + 1)
        end
    end
end

-- One payload: RopSize, the ROPs, and the handles.
local function read_rops(raw, range, tree, request, values)
    if #raw < 2 then
        return
    end
    local at = cursor(raw, range, 0)
    local subtree = tree and tree:add(f_rops, range(0, #raw))
    local finish = at:number(subtree, f_rops_size, 2)
    values.registered_indexes = {}
    while at.offset < finish do
        local id, start = byte(raw, at.offset + 1), at.offset
        local readers = rop_readers[id]
        local reader = readers and (request and readers.request or not request and readers.response)
        local item
        if not reader then
            break
        end
        if subtree then
            item = subtree:add(f_rop, range(start, 1))
            item:set_text(rop_names[id])
        end
        at:skip(item, f_rop_id, 1)
        local label = reader(at, item, values)
        if item then
            item:set_len(at.offset - start)
            item:append_text(label or "")
        end
        if not label then
            break
        end
    end
    read_handles(raw, range, subtree, finish, values)
end

-- Undoes XorMagic.
local unmasked = {}
for i = 0, 255 do
    unmasked[string.char(i)] = string.char(bit32.bxor(i, 0xA5))
end

-- An extended buffer, [MS-OXCRPC] 2.2.2.1.
local function read_extended(raw, range, tree, start, size, request, values)
    local at, finish = cursor(raw, range, start), start + size
    while at.offset + 8 <= finish do
        local begin = at.offset
        local block = tree and tree:add(f_ext, range(begin, 8))
        at:skip(block, f_ext_version, 2)
        local flags = at:bits(block, f_ext_flags, 2, f_ext_compressed, f_ext_xor, f_ext_last)
        local length = at:number(block, f_ext_size, 2)
        at:skip(block, f_ext_size_actual, 2)
        if flags % 2 == 1 or at.offset + length > finish then
            return
        end
        local payload, payload_range = sub(raw, at.offset + 1, at.offset + length), nil
        if length > 0 then
            payload_range = range(at.offset, length)
        end
        if block then
            block:set_len(8 + length)
            block:append_text(format(": %u bytes", length))
            if length > 0 then
                block:add(f_ext_payload, payload_range)
            end
        end
        if flags % 4 >= 2 then
            payload = payload:gsub(".", unmasked)
            if block then
                block:append_text(", obfuscated")
                payload_range = ByteArray.new(payload, true):tvb("EMSMDB payload"):range()
            end
        end
        read_rops(payload, payload_range, block, request, values)
        at.offset = at.offset + length
        if flags % 8 >= 4 then
            return
        end
    end
end

-- Stubs, [MS-OXCRPC] 3.1.4 and 3.3.4 ------------------------------------------------------------

local function align(at, size)
    local rest = (at.offset - HEADER) % size
    if rest ~= 0 then
        at.offset = at.offset + size - rest
    end
end

local function read32(at, tree, shown)
    align(at, 4)
    return at:number(tree, shown, 4)
end

local function read16(at, tree, shown)
    align(at, 2)
    return at:number(tree, shown, 2)
end

local function read_handle(at, tree, shown)
    align(at, 4)
    local offset = at.offset
    if tree then
        local item = tree:add(shown, at.range(offset, 20))
        item:add_le(f_attributes, at.range(offset, 4))
        item:add_le(f_uuid, at.range(offset + 4, 16))
    end
    at.offset = offset + 20
    return sub(at.raw, offset + 1, offset + 20)
end

local function read_string(at, tree, shown)
    read32(at, tree, f_max)
    read32(at, tree, f_offset)
    local size = read32(at, tree, f_actual)
    if size > 0 then
        at:skip(tree, shown, size)
    end
end

local function read_optional_string(at, tree, shown)
    if read32(at, tree, f_referent) ~= 0 then
        read_string(at, tree, shown)
    end
end

local function read_version(at, tree, shown)
    align(at, 2)
    local a, b, c = unpack("<I2I2I2", at.raw, at.offset + 1)
    if tree then
        local text
        if b >= 0x8000 then
            text = format("%u.%u.%u.%u", math.floor(a / 256), a % 256, b - 0x8000, c)
        else
            text = format("%u.0.%u.%u", a, b, c)
        end
        tree:add(shown, at.range(at.offset, 6), text)
    end
    at.offset = at.offset + 6
end

local function read_aux_in(at, tree)
    local size = read32(at, tree, f_max)
    if size > 0 then
        at:skip(tree, f_aux_in, size)
    end
    read32(at, tree, f_aux_in_size)
    read32(at, tree, f_aux_out_size)
end

local function read_aux_out(at, tree)
    read32(at, tree, f_max)
    read32(at, tree, f_offset)
    local size = read32(at, tree, f_actual)
    if size > 0 then
        at:skip(tree, f_aux_out, size)
    end
    read32(at, tree, f_aux_out_size)
end

local function read_rop_array(at, tree, shown, size, request, values)
    local item = tree and size > 0 and tree:add(shown, at.range(at.offset, size)) or nil
    values.registered, values.notified = {}, {}
    read_extended(at.raw, at.range, item, at.offset, size, request, values)
    at.offset = at.offset + size
end

local stubs = {}

stubs[WAIT] = {
    [REQUEST] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_acxh)
        read32(at, tree, f_flags_in)
    end,
    [RESPONSE] = function(at, tree, values)
        values.flags = at:bits(tree, f_flags_out, 4, f_pending, f_reserved)
        values.status = read32(at, tree, f_status)
    end,
}

stubs[RPC] = {
    [REQUEST] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_cxh)
        at:bits(tree, f_rpc_flags, 4, f_no_compression, f_no_xor, f_chain)
        local size = read32(at, tree, f_max)
        read_rop_array(at, tree, f_rop_in, size, true, values)
        read32(at, tree, f_rop_in_size)
        read32(at, tree, f_rop_out_size)
        read_aux_in(at, tree)
    end,
    [RESPONSE] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_cxh)
        at:bits(tree, f_rpc_flags, 4, f_no_compression, f_no_xor, f_chain)
        read32(at, tree, f_max)
        read32(at, tree, f_offset)
        local size = read32(at, tree, f_actual)
        read_rop_array(at, tree, f_rop_out, size, false, values)
        read32(at, tree, f_rop_out_size)
        read_aux_out(at, tree)
        read32(at, tree, f_transaction_time)
        values.status = read32(at, tree, f_status)
    end,
}

stubs[CONNECT] = {
    [REQUEST] = function(at, tree)
        read_string(at, tree, f_user_dn)
        align(at, 4)
        at:bits(tree, f_connect_flags, 4, f_connect_admin, f_connect_public)
        read32(at, tree, f_con_mod)
        read32(at, tree, f_limit)
        read32(at, tree, f_code_page)
        read32(at, tree, f_lcid_string)
        read32(at, tree, f_lcid_sort)
        read32(at, tree, f_session_link)
        read16(at, tree, f_can_convert)
        read_version(at, tree, f_client_version)
        read32(at, tree, f_timestamp)
        read_aux_in(at, tree)
    end,
    [RESPONSE] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_cxh)
        read32(at, tree, f_polls_max)
        read32(at, tree, f_retry_count)
        read32(at, tree, f_retry_delay)
        read16(at, tree, f_session_index)
        read_optional_string(at, tree, f_dn_prefix)
        read_optional_string(at, tree, f_display_name)
        read_version(at, tree, f_server_version)
        read_version(at, tree, f_best_version)
        read32(at, tree, f_timestamp)
        read_aux_out(at, tree)
        values.status = read32(at, tree, f_status)
    end,
}

stubs[ASYNC_CONNECT] = {
    [REQUEST] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_cxh)
    end,
    [RESPONSE] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_acxh)
        values.status = read32(at, tree, f_status)
    end,
}

stubs[DISCONNECT] = {
    [REQUEST] = stubs[ASYNC_CONNECT][REQUEST],
    [RESPONSE] = function(at, tree, values)
        values.handle = read_handle(at, tree, f_cxh)
        values.status = read32(at, tree, f_status)
    end,
}

-- What is shown ------------------------------------------------------------------------------

local function summary(record, with_session)
    local text = ""
    if (with_session or record.kind ~= RESPONSE or record.method ~= WAIT) and record.context then
        text = format(", context %u", record.context.number)
        if record.wait then
            text = text .. format(", wait %u", record.wait)
        end
    end
    if with_session and record.session then
        text = text .. format("%ssession %u", record.context and " of " or ", ", record.session.number)
    end
    if record.outcome then
        text = text .. format(", %s after %.3f s", outcome_names[record.outcome], record.wait_time)
    end
    if record.news then
        text = text .. ", " .. record.news
        if record.delivery_time then
            text = text .. format(", %.3f s after the wait ended", record.delivery_time)
        end
    end
    return text
end

local function add_frame(tree, shown, record)
    if record then
        tree:add(shown, record.frame):set_generated()
    end
end

local function add_value(tree, shown, value)
    if value then
        tree:add(shown, value):set_generated()
    end
end

local function show_links(record, tree)
    add_value(tree, f_session, record.session and record.session.number)
    add_value(tree, f_context, record.context and record.context.number)
    add_value(tree, f_connect_in, record.connect_in)
    add_value(tree, f_wait, record.wait)
    add_frame(tree, f_request_in, record.request)
    add_frame(tree, f_previous_wait, record.previous_wait)
    add_frame(tree, f_next_wait, record.next_wait)
    add_value(tree, f_outcome, record.outcome)
    add_value(tree, f_wait_time, record.wait_time)
    add_frame(tree, f_fetch_in, record.fetch)
    add_frame(tree, f_delivered_in, record.delivered)
    for _, notification in ipairs(record.notified or {}) do
        add_frame(tree, f_notified_in, notification)
    end
    add_value(tree, f_delivery_time, record.delivery_time)
    for _, frame in ipairs(record.registered_in or {}) do
        add_value(tree, f_registered_in, frame)
    end
end

-- The record of a call's PDU, made on the first pass.
local function new_record(kind, method, call_id, stream, pinfo)
    local record = { kind = kind, method = method, frame = pinfo.number, time = pinfo.abs_ts }
    local list = records[record.frame]
    if kind == REQUEST then
        stream.calls[call_id] = record
    else
        record.request = stream.calls[call_id]
        stream.calls[call_id] = nil
        record.session, record.context = record.request.session, record.request.context
    end
    if list then
        list[#list + 1] = record
    else
        records[record.frame] = { record }
    end
    return record
end

local function find_method(kind, call_id, opnum, interface, stream)
    if kind ~= REQUEST then
        local request = stream.calls[call_id]
        return request and request.method
    end
    return interface == "async" and opnum == 0 and WAIT or interface == "emsmdb" and opnum or nil
end

local function show_call(record, raw, range, pinfo, tree)
    local title, values, subtree = titles[record.method][record.kind], {}, nil
    local reader = stubs[record.method][record.kind]
    local seen = pinfo.visited
    if tree:referenced(own_dissector) then
        subtree = tree:add(exchange, range)
        subtree:add(f_opnum, record.method % WAIT):set_generated()
    end
    if reader and (subtree or not seen) then
        reader(cursor(raw, range, HEADER), subtree, values)
    end
    if not seen then
        local link = links[record.method][record.kind]
        record.news = values.news
        if link then
            link(record, values, record.stream)
        end
        record.stream = nil
    end
    pinfo.cols.info:set(title .. summary(record, false))
    if subtree then
        subtree:set_text(title .. summary(record, true))
        show_links(record, subtree)
    end
end

local function take_pdu(finfo, place, pinfo, tree)
    local range = finfo.range
    local raw = range:raw()
    if #raw < HEADER then
        return place
    end
    local kind, flags = byte(raw, 3, 4)
    local stream = stream_of(tcp_stream().value, pinfo, kind == REQUEST or kind == BIND)
    if kind == BIND or kind == ALTER then
        take_bind(raw, stream)
    end
    if flags % 4 ~= 3 or not (kind == REQUEST or kind == RESPONSE or kind == FAULT) then
        return place
    end
    local record
    if pinfo.visited then
        record = records[pinfo.number] and records[pinfo.number][place]
    else
        local call_id, _, id, opnum = unpack("<I4I4I2I2", raw, 13)
        local method = find_method(kind, call_id, opnum, stream.interfaces[id], stream)
        if method and stubs[method] then
            record = new_record(kind, method, call_id, stream, pinfo)
            record.stream = stream
        end
    end
    if not record then
        return place
    end
    show_call(record, raw, range, pinfo, tree)
    return place + 1
end

function exchange.dissector(_, pinfo, tree)
    local pdus = { dcerpc_pdus() }
    local place = 1
    for i = 1, #pdus do
        place = take_pdu(pdus[i], place, pinfo, tree)
    end
end

register_postdissector(exchange)

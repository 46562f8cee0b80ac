/* observer.c
 * Sees every connection-oriented DCE/RPC PDU in order, around Wireshark's own dissector
 *
 * Wireshark tells a sub-dissector only of stubs that it could read and match. Binds, faults,
 * cancels and sealed stubs are seen by standing in for the heuristic that finds DCE/RPC: ours walks
 * over the PDUs, lets Wireshark's dissect them, and learns of each stub on the way when it is
 * handed to the sub-dissector. No tree is needed for that, and nothing of Wireshark's output
 * changes.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "observer.h"

#include <epan/exceptions.h>

#include "capture/analysis.h"
#include "transport/tcp/ends.h"
#include "capture/frame.h"
#include "decode/methods/context_handle.h"
#include "decode/buffers/payload.h"
#include "decode/methods/packet-asyncemsmdb.h"
#include "decode/methods/packet-emsmdb.h"
#include "present/packet-oxcnotif.h"

/* [C706] 12.6.3.1 and 12.6.4; [MS-RPCE] 2.2.2.11 */
enum {
    COMMON_HEADER_SIZE = 16,
    CALL_HEADER_SIZE = 24,
    OBJECT_UUID_SIZE = 16,
    SECURITY_TRAILER_SIZE = 8,
    AUTHN_LEVEL_PKT_PRIVACY = 6,
};
enum { FLAG_FIRST = 0x01, FLAG_LAST = 0x02, FLAG_OBJECT_UUID = 0x80 };

/* One PDU of a run. */
typedef struct {
    int offset;
    int length; /* as the header says */
    uint8_t type;
    uint8_t flags;
    unsigned encoding;
    uint32_t call_id;
    uint16_t context_id; /* request, response, fault */
    uint16_t opnum;      /* request */
    uint32_t group_id;   /* bind, bind_ack */
    bool whole;          /* all of it was captured */
    bool headed;         /* the fields after the common header were captured */
    bool sealed;
    bool taken;     /* the analysis knows of it */
    bool presented; /* its findings and links have been shown */
    uint32_t ordinal;
} oxc_pdu;

/* Room in a run for as many PDUs as most segments hold. */
enum { FEW_PDUS = 4 };

/* The PDUs that one call of Wireshark's dissector walks over. */
typedef struct oxc_run {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    oxc_carrier carrier;
    bool from_server;
    oxc_connection *connection;
    oxc_pdu *pdus;
    unsigned count;
    size_t capacity;
    unsigned next; /* the first that has not been taken */
    bool cut;      /* PDUs behind them were not captured */
    struct oxc_run *outer;
    oxc_pdu few[FEW_PDUS]; /* what pdus points to while they are enough */
} oxc_run;

static oxc_run *current_run;

static bool is_little_endian(const uint8_t *header)
{
    return (header[4] & DREP_LITTLE_ENDIAN) != 0;
}

static uint16_t header_uint16(const uint8_t *header, int offset)
{
    const uint8_t *at = header + offset;

    return (uint16_t)(is_little_endian(header) ? at[0] | at[1] << 8 : at[0] << 8 | at[1]);
}

static uint32_t header_uint32(const uint8_t *header, int offset)
{
    uint32_t first = header_uint16(header, offset), second = header_uint16(header, offset + 2);

    return is_little_endian(header) ? first | second << 16 : first << 16 | second;
}

/* @param header  COMMON_HEADER_SIZE bytes */
static bool is_header(const uint8_t *header)
{
    return header[0] == 5 && header[1] <= 1 && header[2] <= PDU_RTS && (header[4] & 0xEE) == 0 &&
           header[5] <= 3 && header_uint16(header, 8) >= COMMON_HEADER_SIZE;
}

bool oxc_looks_like_pdu(tvbuff_t *tvb, int offset)
{
    return tvb_bytes_exist(tvb, offset, COMMON_HEADER_SIZE) &&
           is_header(tvb_get_ptr(tvb, offset, COMMON_HEADER_SIZE));
}

bool oxc_looks_like_bind(tvbuff_t *tvb, int offset)
{
    return oxc_looks_like_pdu(tvb, offset) && tvb_get_uint8(tvb, offset + 2) == PDU_BIND &&
           (tvb_get_uint8(tvb, offset + 3) & FLAG_FIRST) != 0;
}

static bool is_call(const oxc_pdu *pdu)
{
    return pdu->type == PDU_REQ || pdu->type == PDU_RESP || pdu->type == PDU_FAULT;
}

/* Whether the stub is sealed, or may be: nobody knows if the capture cut the trailer that says so.
 */
static bool is_sealed(tvbuff_t *tvb, const oxc_pdu *pdu, int auth_length)
{
    int trailer = pdu->length - auth_length - SECURITY_TRAILER_SIZE;

    if (auth_length == 0 || trailer < COMMON_HEADER_SIZE)
        return false;
    if (!tvb_bytes_exist(tvb, pdu->offset + trailer, SECURITY_TRAILER_SIZE))
        return !pdu->whole;
    return tvb_get_uint8(tvb, pdu->offset + trailer + 1) == AUTHN_LEVEL_PKT_PRIVACY;
}

/* @param captured  bytes of the buffer from the PDU on */
static void read_header(tvbuff_t *tvb, oxc_pdu *pdu, const uint8_t *header, int captured)
{
    pdu->encoding = is_little_endian(header) ? ENC_LITTLE_ENDIAN : ENC_BIG_ENDIAN;
    pdu->type = header[2];
    pdu->flags = header[3];
    pdu->call_id = header_uint32(header, 12);
    pdu->whole = pdu->length <= captured;
    pdu->headed = pdu->length >= CALL_HEADER_SIZE && captured >= CALL_HEADER_SIZE;
    if (!pdu->headed)
        return;
    header = tvb_get_ptr(tvb, pdu->offset, CALL_HEADER_SIZE);
    pdu->group_id = header_uint32(header, 20);
    pdu->context_id = header_uint16(header, 20);
    pdu->opnum = header_uint16(header, 22);
    pdu->sealed = is_call(pdu) && is_sealed(tvb, pdu, header_uint16(header, 10));
}

static oxc_pdu *add_pdu(oxc_run *run)
{
    if (run->count == run->capacity) {
        oxc_pdu *more = wmem_alloc_array(run->pinfo->pool, oxc_pdu, run->capacity * 2);

        memcpy(more, run->pdus, run->count * sizeof *more);
        run->pdus = more;
        run->capacity *= 2;
    }
    memset(&run->pdus[run->count], 0, sizeof *run->pdus);
    return &run->pdus[run->count++];
}

/* Steps over PDUs as tcp_dissect_pdus() does: by their lengths, whether they look like PDUs or
 * not. */
static void find_pdus(oxc_run *run)
{
    int end = (int)tvb_captured_length(run->tvb), offset = 0;

    while (end - offset >= COMMON_HEADER_SIZE) {
        const uint8_t *header = tvb_get_ptr(run->tvb, offset, COMMON_HEADER_SIZE);
        int length = header_uint16(header, 8);

        if (length < COMMON_HEADER_SIZE)
            break;
        if (is_header(header)) {
            oxc_pdu *pdu = add_pdu(run);

            pdu->offset = offset;
            pdu->length = length;
            read_header(run->tvb, pdu, header, end - offset);
        }
        offset += length;
    }
    run->cut = tvb_captured_length(run->tvb) < tvb_reported_length(run->tvb) &&
               offset < (int)tvb_reported_length(run->tvb);
}

bool oxc_goes_to_server(uint8_t type)
{
    switch (type) {
    case PDU_REQ:
    case PDU_BIND:
    case PDU_ALTER:
    case PDU_AUTH3:
    case PDU_CO_CANCEL:
    case PDU_ORPHANED:
        return true;
    default:
        return false;
    }
}

/* A presentation context that a bind or alter_context asks for. */
typedef struct {
    uint16_t id;
    oxc_interface interface;
    bool ndr64;
} oxc_asked;

enum { CONTEXTS_OFFSET = 28, CONTEXT_SIZE = 44, SYNTAX_SIZE = 20 };
enum { SECONDARY_ADDRESS_OFFSET = 24, RESULT_SIZE = 24, RESULTS_MAX = 64 };

/* Reads the presentation context at @p *offset, [C706] 12.6.4.3: each has a list of up to 255
 * transfer syntaxes, of which the first says whether it is NDR64. False where it is not there. */
static bool next_context(tvbuff_t *tvb, unsigned encoding, int *offset, int end, oxc_asked *asked)
{
    static const e_guid_t emsmdb = OXC_UUID_EMSMDB, asyncemsmdb = OXC_UUID_ASYNCEMSMDB;
    static const e_guid_t ndr64 = OXC_UUID_NDR64;
    e_guid_t abstract, transfer;

    if (*offset + CONTEXT_SIZE > end)
        return false;
    tvb_get_guid(tvb, *offset + 4, &abstract, encoding);
    tvb_get_guid(tvb, *offset + 24, &transfer, encoding);
    asked->id = tvb_get_uint16(tvb, *offset, encoding);
    asked->ndr64 = guid_cmp(&transfer, &ndr64) == 0;
    asked->interface = guid_cmp(&abstract, &emsmdb) == 0        ? OXC_INTERFACE_EMSMDB
                       : guid_cmp(&abstract, &asyncemsmdb) == 0 ? OXC_INTERFACE_ASYNCEMSMDB
                                                                : OXC_INTERFACE_OTHER;
    *offset += 24 + SYNTAX_SIZE * tvb_get_uint8(tvb, *offset + 2);
    return true;
}

bool oxc_binds_exchange(tvbuff_t *tvb)
{
    unsigned encoding, count;
    int offset = CONTEXTS_OFFSET, end = (int)tvb_captured_length(tvb);
    oxc_asked asked;
    uint8_t type;

    if (!oxc_looks_like_pdu(tvb, 0) || end < CONTEXTS_OFFSET)
        return false;
    type = tvb_get_uint8(tvb, 2);
    if (type != PDU_BIND && type != PDU_ALTER)
        return false;
    encoding = is_little_endian(tvb_get_ptr(tvb, 0, COMMON_HEADER_SIZE)) ? ENC_LITTLE_ENDIAN
                                                                         : ENC_BIG_ENDIAN;
    end = MIN(end, tvb_get_uint16(tvb, 8, encoding));
    count = tvb_get_uint8(tvb, CONTEXTS_OFFSET - 4);
    while (count-- > 0 && next_context(tvb, encoding, &offset, end, &asked)) {
        if (asked.interface != OXC_INTERFACE_OTHER)
            return true;
    }
    return false;
}

/* Notes what the presentation contexts of a bind or alter_context are bound to, and by their places
 * in its list which of them the answer is to be looked up for. */
static void take_contexts(const oxc_run *run, const oxc_pdu *pdu)
{
    int offset = pdu->offset + CONTEXTS_OFFSET, end = pdu->offset + pdu->length;
    oxc_connection *connection = run->connection;
    oxc_asked asked;
    unsigned count;

    connection->asked_call_id = pdu->call_id;
    connection->asked[0] = connection->asked[1] = 0;
    if (pdu->length < CONTEXTS_OFFSET)
        return;
    count = tvb_get_uint8(run->tvb, pdu->offset + CONTEXTS_OFFSET - 4);
    for (unsigned i = 0; i < count && next_context(run->tvb, pdu->encoding, &offset, end, &asked);
         i++) {
        if (asked.interface != OXC_INTERFACE_OTHER) {
            if (connection->tcp)
                oxc_ends_add_server(run->pinfo);
            oxc_connection_carries_exchange(connection, run->pinfo->num);
            connection->asked[asked.interface == OXC_INTERFACE_ASYNCEMSMDB] |=
                UINT64_C(1) << MIN(i, RESULTS_MAX - 1);
        }
        oxc_connection_bind(connection, asked.id, asked.interface, asked.ndr64);
    }
}

/* The presentation contexts that a bind_ack or alter_context_resp accepts, [C706] 12.6.4.4, a bit
 * each by their places in the list; those that it says nothing of, and the last, are not refused.
 */
static uint64_t accepted_contexts(const oxc_run *run, const oxc_pdu *pdu)
{
    int offset = pdu->offset + SECONDARY_ADDRESS_OFFSET, end = pdu->offset + pdu->length;
    uint64_t accepted = UINT64_MAX;
    unsigned count;

    if (pdu->type == PDU_BIND_NAK)
        return 0;
    if (offset + 2 > end)
        return accepted;
    offset += 2 + tvb_get_uint16(run->tvb, offset, pdu->encoding);
    offset += (pdu->offset - offset) & 3;
    if (offset + 4 > end)
        return accepted;
    count = tvb_get_uint8(run->tvb, offset);
    offset += 4;
    for (unsigned i = 0; i < MIN(count, RESULTS_MAX - 1) && offset + RESULT_SIZE <= end; i++) {
        if (tvb_get_uint16(run->tvb, offset, pdu->encoding) != 0)
            accepted &= ~(UINT64_C(1) << i);
        offset += RESULT_SIZE;
    }
    return accepted;
}

/* Notes the first time that a server refuses an interface on a connection. */
static void take_results(const oxc_run *run, const oxc_pdu *pdu)
{
    oxc_connection *connection = run->connection;
    uint64_t accepted = accepted_contexts(run, pdu);

    if (pdu->call_id != connection->asked_call_id)
        return;
    for (unsigned i = 0; i < 2; i++) {
        bool refused = connection->asked[i] != 0 && !(connection->asked[i] & accepted);

        if (refused && !connection->refused[i].frame) {
            connection->refused[i].frame = run->pinfo->num;
            connection->refused[i].ordinal = pdu->ordinal;
        }
    }
}

/* A server without AsyncEMSMDB: that no wait is sent has no other reason. */
static void show_refused_interfaces(const oxc_run *run, const oxc_pdu *pdu)
{
    static const char *const texts[] = {
        "The server refused to bind EMSMDB",
        "The server refused to bind AsyncEMSMDB: without it no EcDoAsyncWaitEx can be sent",
    };

    for (unsigned i = 0; i < 2; i++) {
        if (run->connection->refused[i].frame == run->pinfo->num &&
            run->connection->refused[i].ordinal == pdu->ordinal)
            oxc_present_note(run->pinfo, run->tree, run->tvb, OXC_NOTE_INTERFACE_REFUSED, texts[i]);
    }
}

static oxc_interface interface_of(const oxc_run *run, const oxc_pdu *pdu, bool *ndr64)
{
    *ndr64 = false;
    if (!run->connection || !is_call(pdu) || !pdu->headed)
        return OXC_INTERFACE_UNKNOWN;
    return oxc_connection_interface(run->connection, pdu->context_id, ndr64);
}

static oxc_method method_of(oxc_interface interface, uint16_t opnum)
{
    if (interface == OXC_INTERFACE_ASYNCEMSMDB)
        return opnum == 0 ? OXC_METHOD_ASYNC_WAIT : OXC_METHOD_OTHER;
    return oxc_emsmdb_method(opnum);
}

static void send_event(oxc_run *run, const oxc_pdu *pdu, oxc_event *event, oxc_event_type type)
{
    event->type = type;
    event->frame = run->pinfo->num;
    event->ordinal = pdu->ordinal;
    event->time = oxc_arrival(run->pinfo);
    event->connection = run->connection->number;
    event->call_id = pdu->call_id;
    event->group_id = pdu->group_id;
    event->sealed = pdu->sealed;
    event->from_server = run->from_server;
    oxc_tracker_event(oxc_analysis_tracker(), event);
}

/* A call is there with its last fragment; those before it only show that the connection lives. The
 * common header says which call an answer is for, but not what a request calls. */
static oxc_event_type call_event_type(const oxc_pdu *pdu)
{
    if (!(pdu->flags & FLAG_LAST))
        return OXC_EVENT_OTHER_PDU;
    if (pdu->type == PDU_REQ)
        return pdu->headed ? OXC_EVENT_REQUEST : OXC_EVENT_LOST;
    return pdu->type == PDU_RESP ? OXC_EVENT_RESPONSE : OXC_EVENT_FAULT;
}

/* Whether a connection is known to carry one of the two interfaces: it asked for one, or the user
 * named what its presentation context stands for. Without its bind it may be any DCE/RPC. */
static bool carries_exchange(const oxc_run *run)
{
    return run->connection && run->connection->exchange_frame != 0 &&
           run->connection->exchange_frame <= run->pinfo->num;
}

/* A call of a connection of which nothing but its shape speaks for the two interfaces: if the
 * client is one of theirs, it may be anything, as if it were missing from the capture. */
static void send_foreign_call(oxc_run *run, const oxc_pdu *pdu)
{
    if (pdu->type != PDU_FAULT)
        oxc_lose_calls(run->pinfo, run->connection,
                       run->from_server ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT);
}

/* A call whose stub nobody read. Without its bind nobody can say what a request calls. */
static void send_unread_call(oxc_run *run, const oxc_pdu *pdu)
{
    bool ndr64;
    oxc_interface interface = interface_of(run, pdu, &ndr64);
    oxc_event_type type = call_event_type(pdu);
    oxc_event event = {.method = method_of(interface, pdu->opnum)};

    if (interface == OXC_INTERFACE_OTHER)
        return;
    if (!carries_exchange(run)) {
        send_foreign_call(run, pdu);
        return;
    }
    if (interface != OXC_INTERFACE_ASYNCEMSMDB && type != OXC_EVENT_OTHER_PDU)
        oxc_rops_lost(run->connection->number);
    if (interface == OXC_INTERFACE_UNKNOWN && type == OXC_EVENT_REQUEST) {
        type = OXC_EVENT_LOST;
        event.lost_from = OXC_SIDE_CLIENT;
    }
    send_event(run, pdu, &event, type);
}

/* The same for each time that the capture shows the same bytes: FNV-1a. Whoever makes two binds
 * that share it might as well send one bind twice. */
static uint64_t digest_of(const oxc_run *run, const oxc_pdu *pdu)
{
    const uint8_t *bytes;
    uint64_t digest = UINT64_C(0xCBF29CE484222325);

    if (!pdu->whole)
        return 0;
    bytes = tvb_get_ptr(run->tvb, pdu->offset, pdu->length);
    for (int i = 0; i < pdu->length; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001B3);
    return digest ? digest : 1;
}

/* The interfaces of the bind or alter_context that has just been taken: it may be both where it was
 * not captured whole. */
static unsigned asked_interfaces(const oxc_run *run, const oxc_pdu *pdu)
{
    unsigned asked = (run->connection->asked[0] ? OXC_BINDS_EMSMDB : 0u) |
                     (run->connection->asked[1] ? OXC_BINDS_ASYNCEMSMDB : 0u);

    if (!pdu->whole)
        return OXC_BINDS_EMSMDB | OXC_BINDS_ASYNCEMSMDB;
    return asked ? asked : OXC_BINDS_OTHERS;
}

static void send_bind(oxc_run *run, const oxc_pdu *pdu)
{
    oxc_event event = {.method = OXC_METHOD_OTHER,
                       .digest = digest_of(run, pdu),
                       .interfaces = pdu->type == PDU_BIND ? asked_interfaces(run, pdu) : 0};

    send_event(run, pdu, &event, pdu->type == PDU_BIND ? OXC_EVENT_BIND : OXC_EVENT_BIND_ACK);
}

/* A call that was handed over is one of the two interfaces. */
static void send_stub(oxc_run *run, const oxc_pdu *pdu, oxc_event *event)
{
    oxc_connection_carries_exchange(run->connection, run->pinfo->num);
    if (event->stub == OXC_STUB_UNREAD && event->method != OXC_METHOD_ASYNC_WAIT)
        oxc_rops_lost(run->connection->number);
    send_event(run, pdu, event, call_event_type(pdu));
}

static void send_pdu(oxc_run *run, const oxc_pdu *pdu, oxc_event *stub_event)
{
    oxc_event event = {.method = OXC_METHOD_OTHER};
    bool ours = carries_exchange(run);

    if (pdu->type == PDU_ALTER)
        event.interfaces = asked_interfaces(run, pdu);
    if (stub_event)
        send_stub(run, pdu, stub_event);
    else if (is_call(pdu))
        send_unread_call(run, pdu);
    else if ((pdu->type == PDU_BIND || pdu->type == PDU_BIND_ACK) && pdu->headed)
        send_bind(run, pdu);
    else if (pdu->type == PDU_CO_CANCEL && ours)
        send_event(run, pdu, &event, OXC_EVENT_CANCEL);
    else if (pdu->type == PDU_ORPHANED && ours)
        send_event(run, pdu, &event, OXC_EVENT_ORPHANED);
    else if (ours)
        send_event(run, pdu, &event, OXC_EVENT_OTHER_PDU);
}

/* Tells the analysis of a PDU, on the first pass, and gives it its place in the frame, on every.
 * @param stub_event  what its stub says, or NULL if that was not read */
static void take_pdu(oxc_run *run, oxc_pdu *pdu, oxc_event *stub_event)
{
    pdu->taken = true;
    pdu->ordinal = oxc_frame_next_ordinal(run->pinfo);
    if (PINFO_FD_VISITED(run->pinfo) || !run->connection)
        return;
    if ((pdu->type == PDU_BIND || pdu->type == PDU_ALTER) && pdu->whole)
        take_contexts(run, pdu);
    else if (pdu->type == PDU_BIND || pdu->type == PDU_ALTER)
        /* What it asks for is not known, and so neither is what the calls on it are. */
        oxc_tracker_partial(oxc_analysis_tracker(), run->connection->number);
    if ((pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_ACK || pdu->type == PDU_BIND_NAK) &&
        pdu->whole)
        take_results(run, pdu);
    send_pdu(run, pdu, stub_event);
}

/* The PDU of the run whose stub Wireshark is handing over; those in front of it are taken first. */
static oxc_pdu *find_pdu_of_call(oxc_run *run, const dcerpc_info *di)
{
    unsigned found = run->next;

    while (found < run->count &&
           !(run->pdus[found].type == di->ptype && run->pdus[found].call_id == di->call_id &&
             (run->pdus[found].flags & FLAG_LAST)))
        found++;
    if (found == run->count)
        return NULL;
    for (; run->next < found; run->next++)
        take_pdu(run, &run->pdus[run->next], NULL);
    run->next++;
    return &run->pdus[found];
}

static bool is_one_fragment(const oxc_pdu *pdu)
{
    return (pdu->flags & (FLAG_FIRST | FLAG_LAST)) == (FLAG_FIRST | FLAG_LAST);
}

/* Some servers give all their answers one call id. Wireshark takes each for another answer to the
 * first call; which method such a stub belongs to is unknown. (An answer in fragments counts from
 * the frame of the first.) */
static bool is_second_response(const packet_info *pinfo, const dcerpc_info *di, const oxc_pdu *pdu)
{
    return di->ptype == PDU_RESP && di->call_data->rep_frame != pinfo->num &&
           !(pdu && !is_one_fragment(pdu));
}

/* Decodes a stub into the tree of its interface and into an event. */
static int dissect_stub(oxc_stub *stub, proto_tree *root, proto_tree *wait_tree,
                        oxc_interface interface, uint16_t opnum, bool request, oxc_event *event)
{
    const char *kind = request ? "request" : "response";

    if (interface == OXC_INTERFACE_ASYNCEMSMDB) {
        stub->tree = oxc_asyncemsmdb_tree(stub->tvb, root, wait_tree, kind);
        oxc_asyncemsmdb_dissect_stub(stub, proto_tree_get_parent(stub->tree), request, event);
    } else {
        stub->tree = oxc_emsmdb_add_protocol(stub->tvb, root, opnum, kind);
        oxc_emsmdb_dissect_stub(stub, proto_tree_get_parent(stub->tree), opnum, request, event);
    }
    return stub->offset;
}

/* A call that came around the observer: over a named pipe, say, or where the user turned our
 * heuristic off but not Wireshark's. Faults, cancels and what is sealed do not come like that. */
static void take_lone_call(packet_info *pinfo, const dcerpc_info *di, oxc_pdu *pdu,
                           oxc_event *event, oxc_carrier *carrier)
{
    oxc_run run = {.pinfo = pinfo};

    memset(pdu, 0, sizeof *pdu);
    pdu->type = di->ptype;
    pdu->flags = FLAG_FIRST | FLAG_LAST;
    pdu->call_id = di->call_id;
    pdu->headed = pdu->whole = true;
    run.from_server = di->ptype != PDU_REQ;
    run.connection = oxc_connection_of_packet(pinfo, di->ptype == PDU_REQ);
    if (run.connection && !PINFO_FD_VISITED(pinfo))
        oxc_connection_is_partial(run.connection);
    take_pdu(&run, pdu, event);
    if (run.connection)
        carrier->connection = run.connection->number;
}

/* Takes the call and shows what is known of it. A sealed stub that came here was opened; so may
 * have been one whose PDU was not seen. */
static void take_call(const oxc_stub *stub, proto_tree *root, const dcerpc_info *di, oxc_pdu *pdu,
                      oxc_event *event)
{
    oxc_carrier carrier = {.transport = OXC_TRANSPORT_RPC_TCP, .connection = UINT32_MAX};
    oxc_pdu lone;

    if (pdu) {
        take_pdu(current_run, pdu, event);
        carrier = current_run->carrier;
    } else {
        pdu = &lone;
        take_lone_call(stub->pinfo, di, pdu, event, &carrier);
    }
    pdu->presented = true;
    oxc_present(stub->pinfo, root, stub->tvb, pdu->ordinal, &carrier, stub->news);
}

static uint32_t channel_of(const oxc_run *run)
{
    return run && run->connection ? run->connection->number : UINT32_MAX;
}

static oxc_interface interface_of_call(const dcerpc_info *di)
{
    static const e_guid_t asyncemsmdb = OXC_UUID_ASYNCEMSMDB;

    return guid_cmp(&di->call_data->uuid, &asyncemsmdb) == 0 ? OXC_INTERFACE_ASYNCEMSMDB
                                                             : OXC_INTERFACE_EMSMDB;
}

int oxc_observer_stub(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, dcerpc_info *di,
                      uint8_t *drep)
{
    oxc_interface interface = interface_of_call(di);
    uint16_t opnum = di->call_data->opnum;
    bool request = di->ptype == PDU_REQ;
    proto_tree *root = proto_tree_get_root(tree);
    oxc_pdu *pdu = current_run ? find_pdu_of_call(current_run, di) : NULL;
    oxc_stub stub = {.tvb = tvb,
                     .pinfo = pinfo,
                     .encoding = DREP_ENC_INTEGER(drep),
                     .ndr64 = (di->call_data->flags & DCERPC_IS_NDR64) != 0,
                     .request_frame = di->call_data->req_frame,
                     .call_id = di->call_id,
                     .channel = channel_of(current_run),
                     .missing = -1};
    oxc_event event = {.stub = pdu && !pdu->sealed ? OXC_STUB_CLEAR : OXC_STUB_DECRYPTED};
    dcerpc_dissect_fnct_t *builtin;
    int end = (int)tvb_captured_length(tvb);

    if (interface == OXC_INTERFACE_EMSMDB && is_second_response(pinfo, di, pdu)) {
        event.stub = OXC_STUB_UNREAD;
        oxc_emsmdb_add_second_response(tvb, pinfo, root, di->call_data->req_frame);
    } else {
        end = dissect_stub(&stub, root, tree, interface, opnum, request, &event);
    }
    take_call(&stub, root, di, pdu, &event);
    builtin = interface == OXC_INTERFACE_EMSMDB ? oxc_emsmdb_builtin(opnum, request)
                                                : oxc_asyncemsmdb_builtin(opnum, request);
    return builtin ? builtin(tvb, 0, pinfo, tree, di, drep) : end;
}

static int stub_offset(const oxc_pdu *pdu)
{
    bool has_object = pdu->type == PDU_REQ && pdu->flags & FLAG_OBJECT_UUID;

    return pdu->offset + CALL_HEADER_SIZE + (has_object ? OBJECT_UUID_SIZE : 0);
}

static int stub_length(const oxc_run *run, const oxc_pdu *pdu)
{
    int auth_length = tvb_get_uint16(run->tvb, pdu->offset + 10, pdu->encoding);

    return pdu->offset + pdu->length - stub_offset(pdu) -
           (auth_length > 0 ? auth_length + SECURITY_TRAILER_SIZE : 0);
}

static bool is_active(oxc_interface interface)
{
    return interface == OXC_INTERFACE_ASYNCEMSMDB ? oxc_asyncemsmdb_active() : oxc_emsmdb_active();
}

/* Whether the stub of a PDU that Wireshark handed to nobody can be decoded: a request that the
 * capture cut says which method it is for, and so does a response, cut or without a call, of the
 * interface that has only one. */
static bool is_readable_alone(const oxc_run *run, const oxc_pdu *pdu, oxc_interface interface)
{
    return pdu->headed && !pdu->sealed && is_one_fragment(pdu) &&
           (pdu->type == PDU_REQ
                ? !pdu->whole && interface >= OXC_INTERFACE_EMSMDB
                : pdu->type == PDU_RESP && interface == OXC_INTERFACE_ASYNCEMSMDB) &&
           is_active(interface) && tvb_bytes_exist(run->tvb, stub_offset(pdu), 1);
}

/* Wireshark gives up on a PDU that the capture cut before it hands anything over. What a whole one
 * says is shown; it counts as not read, for nobody knows its call. */
static void take_call_alone(oxc_run *run, oxc_pdu *pdu, oxc_interface interface, bool ndr64)
{
    oxc_event event = {.stub = OXC_STUB_CLEAR};
    oxc_stub stub = {.tvb = pdu->whole ? tvb_new_subset_length(run->tvb, stub_offset(pdu),
                                                               MAX(stub_length(run, pdu), 0))
                                       : tvb_new_subset_remaining(run->tvb, stub_offset(pdu)),
                     .pinfo = run->pinfo,
                     .encoding = pdu->encoding,
                     .ndr64 = ndr64,
                     .cut = !pdu->whole,
                     .request_frame = run->pinfo->num,
                     .call_id = pdu->call_id,
                     .channel = UINT32_MAX,
                     .missing = -1};

    dissect_stub(&stub, run->tree, NULL, interface, pdu->opnum, pdu->type == PDU_REQ, &event);
    if (pdu->whole)
        event.stub = OXC_STUB_UNREAD;
    take_pdu(run, pdu, &event);
}

/* Adds the item of the interface to a call that Wireshark hands to no sub-dissector. */
static void show_interface(const oxc_run *run, const oxc_pdu *pdu, oxc_interface interface)
{
    oxc_view view;
    tvbuff_t *tvb;

    if (!run->tree || !is_active(interface) ||
        !(interface == OXC_INTERFACE_EMSMDB ||
          (interface == OXC_INTERFACE_ASYNCEMSMDB && pdu->type == PDU_FAULT)))
        return;
    oxc_tracker_view(oxc_analysis_tracker(), run->pinfo->num, pdu->ordinal, &view);
    tvb = tvb_new_subset_length(
        run->tvb, pdu->offset,
        MIN(pdu->length, tvb_captured_length_remaining(run->tvb, pdu->offset)));
    if (interface == OXC_INTERFACE_ASYNCEMSMDB)
        oxc_asyncemsmdb_add_protocol(tvb, run->tree, "fault");
    else if (pdu->type == PDU_REQ)
        oxc_emsmdb_add_protocol(tvb, run->tree, pdu->opnum, "request");
    else if (view.method < OXC_METHOD_ASYNC_WAIT)
        oxc_emsmdb_add_protocol(tvb, run->tree, (uint16_t)view.method,
                                pdu->type == PDU_RESP ? "response" : "fault");
}

/* Which of the two interfaces a request without a bind probably is for: the requests of
 * EcDoAsyncWaitEx and EcDoAsyncConnectEx have stubs of a fixed size, small attributes in their
 * handle, and reserved flags of 0. Padding of the verifier may follow. */
static oxc_interface guess_interface(const oxc_run *run, const oxc_pdu *pdu)
{
    enum { WAIT_STUB = 24, ASYNC_CONNECT_STUB = 20, MOST_PADDING = 15, MOST_ATTRIBUTES = 0xFF };
    int offset = stub_offset(pdu), length;

    if (pdu->type != PDU_REQ || !pdu->whole || !pdu->headed || pdu->sealed || !is_one_fragment(pdu))
        return OXC_INTERFACE_UNKNOWN;
    length = stub_length(run, pdu);
    if (length < ASYNC_CONNECT_STUB ||
        tvb_get_uint32(run->tvb, offset, pdu->encoding) > MOST_ATTRIBUTES)
        return OXC_INTERFACE_UNKNOWN;
    if (pdu->opnum == OXC_METHOD_ASYNC_CONNECT && length <= ASYNC_CONNECT_STUB + MOST_PADDING)
        return OXC_INTERFACE_EMSMDB;
    if (pdu->opnum == 0 && length >= WAIT_STUB && length <= WAIT_STUB + MOST_PADDING &&
        tvb_get_uint32(run->tvb, offset + OXC_HANDLE_SIZE, pdu->encoding) == 0)
        return OXC_INTERFACE_ASYNCEMSMDB;
    return OXC_INTERFACE_UNKNOWN;
}

/* Says once of a connection that its bind is missing: where a call that looks like one of the two
 * interfaces has a handle that is known from their calls. */
static void show_missing_bind(const oxc_run *run, const oxc_pdu *pdu)
{
    oxc_connection *connection = run->connection;
    oxc_interface guess = guess_interface(run, pdu);
    oxc_handle handle;

    if (guess == OXC_INTERFACE_UNKNOWN)
        return;
    oxc_dissect_handle(run->tvb, stub_offset(pdu), NULL, NULL, pdu->encoding, &handle);
    if (connection->unbound_frame == 0 && !PINFO_FD_VISITED(run->pinfo) &&
        oxc_tracker_knows_handle(oxc_analysis_tracker(), connection->number, &handle)) {
        connection->unbound_frame = run->pinfo->num;
        connection->unbound_ordinal = pdu->ordinal;
    }
    if (connection->unbound_frame == run->pinfo->num && connection->unbound_ordinal == pdu->ordinal)
        oxc_present_missing_bind(run->pinfo, run->tree, run->tvb, pdu->context_id,
                                 guess == OXC_INTERFACE_EMSMDB ? "EMSMDB (MAPI)" : "AsyncEMSMDB");
}

static void present_pdu(oxc_run *run, const oxc_pdu *pdu, oxc_interface interface, bool shown)
{
    if (interface == OXC_INTERFACE_UNKNOWN)
        show_missing_bind(run, pdu);
    if (!carries_exchange(run))
        return;
    show_refused_interfaces(run, pdu);
    if (!shown && is_call(pdu) && (pdu->flags & FLAG_LAST))
        show_interface(run, pdu, interface);
    oxc_present(run->pinfo, run->tree, run->tvb, pdu->ordinal, &run->carrier, NULL);
}

static void finish_pdu(oxc_run *run, oxc_pdu *pdu)
{
    bool ndr64, shown = false;
    oxc_interface interface = interface_of(run, pdu, &ndr64);

    if (!pdu->taken && is_readable_alone(run, pdu, interface)) {
        take_call_alone(run, pdu, interface, ndr64);
        shown = true;
    } else if (!pdu->taken) {
        take_pdu(run, pdu, NULL);
    }
    if (!pdu->presented && run->connection)
        present_pdu(run, pdu, interface, shown);
}

/* A PDU that continues in a later segment comes again, whole. */
static bool comes_again(const oxc_run *run, const oxc_pdu *pdu)
{
    return !pdu->whole && run->pinfo->desegment_len != 0 &&
           pdu->offset >= run->pinfo->desegment_offset;
}

static void finish(oxc_run *run)
{
    for (unsigned i = 0; i < run->count && !comes_again(run, &run->pdus[i]); i++)
        finish_pdu(run, &run->pdus[i]);
    if (run->cut && run->connection && !PINFO_FD_VISITED(run->pinfo))
        oxc_lose_calls(run->pinfo, run->connection,
                       run->from_server ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT);
}

/* Apart from oxc_observe(), whose variables must not be in its setjmp(). */
static int call_inner(oxc_run *run, heur_dissector_t inner, void *data)
{
    volatile int result = 0;

    current_run = run;
    TRY
    {
        result = inner(run->tvb, run->pinfo, run->tree, data);
    }
    FINALLY
    {
        current_run = run->outer;
        finish(run);
    }
    ENDTRY;
    return result;
}

int oxc_observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                heur_dissector_t inner, const oxc_carrier *carrier, bool from_server)
{
    oxc_run run;

    run.tvb = tvb;
    run.pinfo = pinfo;
    run.tree = tree;
    run.carrier = *carrier;
    run.from_server = from_server;
    run.connection = oxc_connection_by_number(carrier->connection);
    run.pdus = run.few;
    run.count = run.next = 0;
    run.capacity = FEW_PDUS;
    run.cut = false;
    run.outer = current_run;
    find_pdus(&run);
    return call_inner(&run, inner, data);
}

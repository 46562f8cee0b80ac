/* rop_summary.c
 * What the ROPs of an extended buffer say to the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture/frame.h"
#include "decode/text.h"
#include "payload.h"
#include "rop_fields.h"
#include "rops.h"

/* Characters of a message class that text for people repeats. */
enum { MESSAGE_CLASS_SHOWN = 64 };

bool oxc_notify_is_unicode(const oxc_rop *rop)
{
    uint64_t unicode;

    return oxc_rop_value(rop, OXC_FIELD_NOTIFY_UNICODE, &unicode) && unicode == 1;
}

void oxc_add_message_class(oxc_text *text, const oxc_payload *payload, const oxc_rop *rop)
{
    const oxc_element *element =
        oxc_find_element(rop->elements, rop->count, OXC_FIELD_NOTIFY_MESSAGE_CLASS);
    size_t width = oxc_notify_is_unicode(rop) ? 2 : 1;
    char name[MESSAGE_CLASS_SHOWN];
    const uint8_t *bytes;
    size_t length;

    if (!element)
        return;
    bytes = payload->data + element->offset;
    length = MIN(element->length / width - 1, MESSAGE_CLASS_SHOWN);
    for (size_t i = 0; i < length; i++, bytes += width)
        name[i] = g_ascii_isprint(bytes[0]) && (width == 1 || bytes[1] == 0) ? (char)bytes[0] : '.';
    oxc_text_add_bytes(text, name, length);
}

static const char *describe_new_mail(const oxc_payload *payload, wmem_allocator_t *scope,
                                     const oxc_rop *rop)
{
    oxc_text text;
    uint64_t id;

    oxc_text_clear(&text);
    oxc_text_add(&text, "New mail");
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_FOLDER_ID, &id)) {
        oxc_text_add(&text, " in folder ");
        oxc_text_add_hex(&text, id, 16);
    }
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_MESSAGE_ID, &id)) {
        oxc_text_add(&text, ", message ");
        oxc_text_add_hex(&text, id, 16);
    }
    oxc_text_add(&text, ", class ");
    oxc_add_message_class(&text, payload, rop);
    return (const char *)wmem_memdup(scope, text.bytes, text.length + 1);
}

static void append(wmem_array_t **array, wmem_allocator_t *scope, uint32_t value)
{
    if (!*array)
        *array = wmem_array_new(scope, sizeof value);
    if (wmem_array_get_count(*array) < OXC_SUMMARY_MAX)
        wmem_array_append_one(*array, value);
}

static const uint32_t *array_values(wmem_array_t *array, size_t *count)
{
    *count = array ? wmem_array_get_count(array) : 0;
    return array ? (const uint32_t *)wmem_array_get_raw(array) : NULL;
}

static oxc_rop_state *rop_state;

void oxc_rops_init(void)
{
    rop_state = oxc_rop_state_new();
}

void oxc_rops_cleanup(void)
{
    if (rop_state)
        oxc_rop_state_free(rop_state);
    rop_state = NULL;
}

void oxc_rops_lost(uint32_t channel)
{
    if (rop_state)
        oxc_rop_state_lost(rop_state, channel);
}

void oxc_rops_forget(uint64_t session)
{
    if (rop_state)
        oxc_rop_state_forget(rop_state, session);
}

typedef struct {
    oxc_rop_summary *summary;
    wmem_allocator_t *scope;
    size_t *rops; /* how many a frame may still have */
    bool request;
    bool tell; /* describe a new mail */
    oxc_rop_visit visit;
    wmem_array_t *lists[OXC_MEANS_PENDING + 1];
} rop_summariser;

static void worsen(oxc_rop_summary *summary, oxc_walk_state state)
{
    if (state > summary->state)
        summary->state = state;
}

static oxc_walk_state walk_state(oxc_read_state state)
{
    switch (state) {
    case OXC_READ_UNKNOWN:
        return OXC_WALK_STOPPED;
    case OXC_READ_DAMAGED:
        return OXC_WALK_DAMAGED;
    case OXC_READ_CUT:
        return OXC_WALK_CUT;
    case OXC_READ_WHOLE:
        break;
    }
    return OXC_WALK_WHOLE;
}

static void summarise_rop(rop_summariser *summariser, const oxc_payload *payload,
                          const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    oxc_rop_summary *summary = summariser->summary;
    oxc_rop_meaning meaning = oxc_rop_interpret(buffer, rop);

    summary->rop_count++;
    worsen(summary, walk_state(rop->state));
    if (meaning.faults && payload->fault == OXC_PAYLOAD_OK) {
        if (!summary->rops.faults)
            summary->rops.fault_flags = meaning.flags;
        summary->rops.faults |= meaning.faults;
    }
    if (meaning.kind != OXC_MEANS_NOTHING)
        append(&summariser->lists[meaning.kind], summariser->scope, meaning.value);
    if (summariser->tell && meaning.kind == OXC_MEANS_NOTIFIED && rop->state == OXC_READ_WHOLE &&
        (meaning.flags & OXC_NOTIFY_TYPE) == OXC_TYPE_NEW_MAIL && !summary->new_mail)
        summary->new_mail = describe_new_mail(payload, summariser->scope, rop);
}

/* Returns false if there are more ROPs than a frame may have. */
static bool summarise_list(rop_summariser *summariser, const oxc_payload *payload,
                           oxc_rop_buffer *buffer)
{
    oxc_rop rop;

    rop.count = 0;
    while (oxc_rop_next(buffer, &rop)) {
        if (!oxc_take(summariser->rops, 1))
            return false;
        summarise_rop(summariser, payload, buffer, &rop);
        if (summariser->request)
            oxc_rop_visit_ask(&summariser->visit, buffer, &rop);
    }
    return true;
}

static void summarise_payload(rop_summariser *summariser, const oxc_payload *payload)
{
    oxc_rop_buffer buffer;
    bool enough;

    oxc_rop_buffer_open(&buffer, payload->data, payload->captured, payload->reported,
                        summariser->request);
    oxc_rop_visit_open(&summariser->visit, &buffer);
    enough = summarise_list(summariser, payload, &buffer);
    oxc_rop_visit_close(&summariser->visit, &buffer);
    if (!enough) {
        worsen(summariser->summary, OXC_WALK_STOPPED);
        return;
    }
    if (payload->fault == OXC_PAYLOAD_TOO_MUCH)
        worsen(summariser->summary, OXC_WALK_STOPPED);
    else if (payload->captured < payload->reported)
        worsen(summariser->summary, OXC_WALK_CUT);
    if (payload->fault == OXC_PAYLOAD_STREAM ||
        (payload->fault == OXC_PAYLOAD_OK && buffer.fault != OXC_ROPS_OK))
        worsen(summariser->summary, OXC_WALK_DAMAGED);
}

oxc_rop_summary oxc_summarise_rops(oxc_extended_buffer *buffer, packet_info *pinfo, bool request,
                                   bool tell, const oxc_rop_call *call)
{
    oxc_rop_summary summary = {0};
    rop_summariser summariser;
    unsigned i;

    summariser.summary = &summary;
    summariser.scope = pinfo->pool;
    summariser.rops = &oxc_frame_budget(pinfo)->rops;
    summariser.request = request;
    summariser.tell = tell;
    memset(summariser.lists, 0, sizeof summariser.lists);
    oxc_rop_visit_begin(&summariser.visit, rop_state, call, request);
    for (i = 0; i < buffer->count && (*summariser.rops) > 0; i++)
        summarise_payload(&summariser, &buffer->payloads[i]);
    if (i < buffer->count || buffer->end != OXC_EXT_END)
        summariser.visit.unsure = true;
    oxc_rop_visit_end(&summariser.visit);
    for (unsigned place = 0; place < summariser.visit.payloads; place++)
        buffer->payloads[place].replay = summariser.visit.replays[place];
    if (i < buffer->count)
        worsen(&summary, OXC_WALK_STOPPED);
    if (buffer->end == OXC_EXT_CUT)
        worsen(&summary, OXC_WALK_CUT);
    else if (buffer->end != OXC_EXT_END && buffer->end != OXC_EXT_HEADER)
        worsen(&summary, OXC_WALK_DAMAGED);
    summary.rops.registered =
        array_values(summariser.lists[OXC_MEANS_REGISTERED], &summary.rops.registered_count);
    summary.rops.notified =
        array_values(summariser.lists[OXC_MEANS_NOTIFIED], &summary.rops.notified_count);
    summary.rops.unwalked = summary.state != OXC_WALK_WHOLE;
    summary.pending = array_values(summariser.lists[OXC_MEANS_PENDING], &summary.pending_count);
    return summary;
}

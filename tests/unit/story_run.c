/* story_run.c
 * Running a property over many histories, and printing the smallest that breaks it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

#define DEFAULT_SEED  1
#define DEFAULT_COUNT 40000
#define MAX_KINDS     12

static const char *method_name(oxc_kind method)
{
    switch (method) {
    case OXC_KIND_CLOSE:
        return "EcDoDisconnect";
    case OXC_KIND_PUSH:
        return "EcRRegisterPushNotification";
    case OXC_KIND_OPEN:
        return "EcDoConnectEx";
    case OXC_KIND_EXECUTE:
        return "EcDoRpcExt2";
    case OXC_KIND_ISSUE:
        return "EcDoAsyncConnectEx";
    case OXC_KIND_WAIT:
        return "EcDoAsyncWaitEx";
    case OXC_KIND_OTHER:
        break;
    }
    return "other method";
}

static const char *type_name(oxc_event_type type)
{
    static const char *const names[] = {"bind",         "bind_ack",    "request",  "response",
                                        "fault",        "cancel",      "orphaned", "other PDU",
                                        "segment lost", "calls unseen"};
    return names[type];
}

/* Differences. */

void differ(difference *d, guint index, const char *kind, const char *name, int64_t tracker,
            int64_t expected)
{
    if (d->found)
        return;
    d->found = true;
    d->step = index;
    g_snprintf(d->kind, sizeof d->kind, "%s %s", kind, name);
    g_snprintf(d->detail, sizeof d->detail,
               "%s %s: tracker %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, kind, name,
               tracker, expected);
}

const char *story_rule_name(uint64_t mask)
{
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (mask >> i & 1)
            return oxc_rules[i].name;
    return "";
}

uint64_t story_violations(uint64_t findings)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (oxc_rules[i].rule_class == OXC_CLASS_VIOLATION)
            mask |= UINT64_C(1) << i;
    return findings & mask;
}

/* Making a failing history small, and printing it. */

static bool still_fails(const story *told, property holds, const char *kind)
{
    difference d = {.found = false};
    holds(told, &d);
    return d.found && strcmp(d.kind, kind) == 0;
}

static void drop(story *from, guint first, guint count)
{
    memmove(&from->steps[first], &from->steps[first + count],
            (from->length - first - count) * sizeof(step));
    from->length -= count;
}

static void shrink(story *told, property holds, const char *kind)
{
    bool smaller = true;
    story *trial = g_new(story, 1);
    for (guint count = told->length / 2; count > 0; count = smaller ? count : count / 2) {
        smaller = false;
        for (guint first = 0; first + count <= told->length;) {
            *trial = *told;
            drop(trial, first, count);
            if (still_fails(trial, holds, kind)) {
                *told = *trial;
                smaller = true;
            } else {
                first++;
            }
        }
        if (count > told->length)
            count = told->length;
    }
    g_free(trial);
}

static void print_handle(GString *text, oxc_name handle)
{
    char letter = (char)(handle >> 32);
    if (letter == 0)
        g_string_append(text, " null");
    else
        g_string_append_printf(text, " %c/%x", letter, (unsigned)handle);
}

static void print_stub(GString *text, const step *s)
{
    const oxc_event *e = &s->e;
    static const char *const stubs[] = {"unread", "", "decrypted"};
    g_string_append_printf(text, " %s %s", method_name(e->kind), stubs[e->stub]);
    if (e->has_name)
        print_handle(text, e->name);
    if (e->kind == OXC_KIND_WAIT)
        g_string_append_printf(text, " flags %x", e->flags);
    if (e->has_result)
        g_string_append_printf(text, " status %x", e->status);
    if (e->server_version != 0)
        g_string_append_printf(text, " version %" G_GINT64_MODIFIER "x", e->server_version);
    if (e->rops.faults != 0)
        g_string_append_printf(text, " ROP faults %x", e->rops.faults);
    for (size_t i = 0; i < e->rops.registered_count; i++)
        g_string_append_printf(text, " registers %x", s->registered[i]);
    for (size_t i = 0; i < e->rops.notified_count; i++)
        g_string_append_printf(text, " notifies %x", s->notified[i]);
    if (e->rops.unwalked)
        g_string_append(text, " unwalked");
}

static void print_step(GString *text, const story *told, guint index)
{
    static const char *const seen[] = {"", " [missed]", " [blanked]", " [lost]",
                                       " [lost, side unknown]"};
    static const char *const sides[] = {"", " client", " server"};
    const step *s = &told->steps[index];
    const oxc_event *e = &s->e;
    g_string_append_printf(text, "  %3u.%u %9.3f s  link %u%s (%u>%u:%u)  %s%s", e->frame,
                           e->ordinal, (double)e->time / (double)SECOND, e->connection,
                           told->split[e->connection] ? " (HTTP)" : "", told->client[e->connection],
                           told->server[e->connection], told->port[e->connection],
                           s->close ? "CLOSED" : type_name(e->type), sides[e->lost_from]);
    if (!s->close && e->type != OXC_EVENT_LOST && e->type != OXC_EVENT_UNSEEN)
        g_string_append_printf(text, " %u", e->call_id);
    if (!s->close && (e->type == OXC_EVENT_BIND || e->type == OXC_EVENT_BIND_ACK))
        g_string_append_printf(text, " group %u", e->group_id);
    if (!s->close && (e->type == OXC_EVENT_REQUEST || e->type == OXC_EVENT_RESPONSE))
        print_stub(text, s);
    g_string_append(text, seen[s->seen]);
}

static void print_difference(story *told, property holds, const difference *found, uint64_t seed)
{
    difference d = {.found = false};
    GString *text = g_string_new(NULL);
    shrink(told, holds, found->kind);
    holds(told, &d);
    g_string_append_printf(
        text, "\nOXC_PROPERTY_SEED=%" G_GUINT64_FORMAT " OXC_PROPERTY_COUNT=1: %s (grace %u%s)\n",
        seed, d.detail, told->settings.grace,
        told->settings.assume_complete ? ", assume_complete" : "");
    for (guint i = 0; i < told->length; i++) {
        print_step(text, told, i);
        g_string_append(text, i == told->break_at && i != 0 ? "  --" : "");
        g_string_append(text, i == d.step ? "   <==\n" : "\n");
    }
    char **lines = g_strsplit(text->str, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        print_error("%s\n", *line); /* prints no more than 1024 bytes at once */
    g_strfreev(lines);
    g_string_free(text, TRUE);
}

/* Running. */

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = g_getenv(name);
    return value == NULL ? otherwise : g_ascii_strtoull(value, NULL, 0);
}

bool story_is_short_run(void)
{
    return from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) < DEFAULT_COUNT;
}

void story_run(story_kind kind, property holds, preparation prepare, uint64_t share)
{
    uint64_t seed = from_environment("OXC_PROPERTY_SEED", DEFAULT_SEED);
    uint64_t count = (from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) + share - 1) / share;
    GHashTable *kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    story *told = g_new(story, 1);
    for (uint64_t i = 0; i < count && g_hash_table_size(kinds) < MAX_KINDS; i++) {
        difference d = {.found = false};
        uint64_t random = ~(seed + i);
        story_make(told, seed + i, kind);
        if (prepare != NULL)
            prepare(told, &random);
        holds(told, &d);
        if (d.found && g_hash_table_add(kinds, g_strdup(d.kind)))
            print_difference(told, holds, &d, seed + i);
    }
    guint failed = g_hash_table_size(kinds);
    g_hash_table_destroy(kinds);
    g_free(told);
    assert_int_equal(failed, 0);
}

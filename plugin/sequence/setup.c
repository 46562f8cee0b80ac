/* setup.c
 * Makes, empties and measures a tracker
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "associations.h"
#include "calls.h"
#include "connections.h"
#include "fetches.h"
#include "handles.h"
#include "http.h"
#include "twins.h"
#include "wait_ends.h"

oxc_tracker *oxc_tracker_new(const oxc_settings *settings)
{
    oxc_tracker *tracker = g_new0(oxc_tracker, 1);

    tracker->settings = *settings;
    /* Handles and call ids come from strangers, who should not know where they are put. */
    tracker->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    oxc_connections_init(tracker);
    oxc_associations_init(tracker);
    oxc_twins_init(tracker);
    oxc_handles_init(tracker);
    oxc_calls_init(tracker);
    oxc_waits_init(tracker);
    oxc_fetches_init(tracker);
    oxc_store_init(&tracker->records, sizeof(oxc_record));
    tracker->findings = g_array_new(FALSE, FALSE, sizeof(oxc_verdict));
    tracker->shown = g_array_new(FALSE, FALSE, sizeof(oxc_finding));
    tracker->finding_records = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    tracker->links = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    tracker->cursor = g_new0(uint32_t, 1);
    return tracker;
}

static oxc_store *store_number(oxc_tracker *tracker, size_t number)
{
    oxc_store *stores[] = {
        &tracker->ends,        &tracker->servers,       &tracker->peers,    &tracker->associations,
        &tracker->connections, &tracker->sessions,      &tracker->contexts, &tracker->calls,
        &tracker->records,     &tracker->registrations, &tracker->strays,
    };

    return number < G_N_ELEMENTS(stores) ? stores[number] : NULL;
}

static oxc_index *index_number(oxc_tracker *tracker, size_t number)
{
    oxc_index *indexes[] = {
        &tracker->server_index,  &tracker->association_index,  &tracker->session_index,
        &tracker->context_index, &tracker->explained_sessions, &tracker->explained_contexts,
        &tracker->call_index,    &tracker->pair_index,         &tracker->registration_index,
        &tracker->stray_index,   &tracker->peer_index,         &tracker->twin_index,
    };

    return number < G_N_ELEMENTS(indexes) ? indexes[number] : NULL;
}

void oxc_tracker_free(oxc_tracker *tracker)
{
    if (tracker == NULL)
        return;
    oxc_connections_clear(tracker);
    for (size_t i = 0; store_number(tracker, i) != NULL; i++)
        oxc_store_clear(store_number(tracker, i));
    for (size_t i = 0; index_number(tracker, i) != NULL; i++)
        oxc_index_clear(index_number(tracker, i));
    if (tracker->http != NULL)
        oxc_http_free(tracker->http);
    g_array_free(tracker->findings, TRUE);
    g_array_free(tracker->shown, TRUE);
    g_array_free(tracker->finding_records, TRUE);
    g_array_free(tracker->links, TRUE);
    g_free(tracker->cursor);
    g_free(tracker);
}

size_t oxc_tracker_memory(const oxc_tracker *tracker)
{
    /* Only addresses are taken of what the two functions return. */
    oxc_tracker *parts = (oxc_tracker *)(uintptr_t)tracker;
    size_t memory = sizeof *tracker + tracker->findings->len * sizeof(oxc_verdict) +
                    (tracker->finding_records->len + tracker->links->len) * sizeof(uint32_t);

    if (tracker->http != NULL)
        memory += oxc_http_memory(tracker->http);
    for (size_t i = 0; store_number(parts, i) != NULL; i++)
        memory += oxc_store_memory(store_number(parts, i));
    for (size_t i = 0; index_number(parts, i) != NULL; i++)
        memory += oxc_index_memory(index_number(parts, i));
    return memory;
}

/* naive_associations.c
 * Which connections belong together, and whether the capture has all that was said on them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

static bool is_of_type(const entry *x, oxc_event_type type)
{
    return is_pdu(x) && x->e.type == type;
}

int bind_of(const naive *n, int bind_ack)
{
    const entry *ack = at(n, bind_ack);
    for (int i = bind_ack - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (is_of_type(x, OXC_EVENT_BIND) && x->e.connection == ack->e.connection &&
            x->e.call_id == ack->e.call_id)
            return i;
    }
    return NOTHING;
}

/* The group that a bind_ack puts its connection into, or 0 if none is known. */
uint32_t group_of(const naive *n, int bind_ack)
{
    int bind = bind_of(n, bind_ack);
    if (bind == NOTHING || at(n, bind_ack)->e.group_id == 0)
        return 0;
    uint32_t asked = at(n, bind)->e.group_id;
    return asked != 0 ? asked : at(n, bind_ack)->e.group_id;
}

bool same_endpoint(const naive *n, uint32_t a, uint32_t b)
{
    const connection *x = &g_array_index(n->connections, connection, a);
    const connection *y = &g_array_index(n->connections, connection, b);
    return x->server == y->server && x->port == y->port;
}

/* An association is named by the bind_ack that made it. */
static int association_made_or_joined(const naive *n, int bind_ack)
{
    uint32_t group = group_of(n, bind_ack);
    if (group == 0 || at(n, bind_of(n, bind_ack))->e.group_id == 0)
        return bind_ack;
    for (int i = bind_ack - 1; i >= 0; i--)
        if (is_of_type(at(n, i), OXC_EVENT_BIND_ACK) &&
            same_endpoint(n, at(n, i)->e.connection, at(n, bind_ack)->e.connection) &&
            group_of(n, i) == group)
            return association_made_or_joined(n, i);
    return bind_ack;
}

/* Before its bind_ack, a connection has an association of its own: a number below NOTHING. */
int association_of(const naive *n, uint32_t number, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_of_type(at(n, i), OXC_EVENT_BIND_ACK) && at(n, i)->e.connection == number)
            return association_made_or_joined(n, i);
    return NOTHING - 1 - (int)number;
}

bool began_in_capture(const naive *n, int association)
{
    return association >= 0 && group_of(n, association) != 0 &&
           at(n, bind_of(n, association))->e.group_id == 0;
}

/* Complete or not. */

/* Whether entry i shows that a handle may have been issued that the capture does not show. */
static bool makes_hole(const naive *n, int i, int before)
{
    const entry *x = at(n, i);
    if (!is_pdu(x))
        return false;
    if (x->e.type == OXC_EVENT_LOST) {
        hidden what = hidden_in(n, i);
        return what.requests || what.answers;
    }
    if (x->e.type == OXC_EVENT_RESPONSE)
        return x->unmatched;
    if (!is_request(x, OXC_KIND_OPEN) && !is_request(x, OXC_KIND_ISSUE))
        return false;
    int answer = answer_of(n, i, before);
    return answer == NOTHING || is_unreadable(at(n, answer));
}

/* A call that a connection carried before its bind_ack: it is not known what it was sent on. */
static bool was_sent_outside(const naive *n, int i, int association)
{
    const entry *x = at(n, i);
    return is_of_type(x, OXC_EVENT_REQUEST) && association_of(n, x->e.connection, i) != association;
}

/* Whether the association of a connection is complete, as the call at entry i finds it. */
bool is_complete(const naive *n, int i)
{
    if (n->settings.assume_complete)
        return true;
    int association = association_of(n, at(n, i)->e.connection, i);
    if (!began_in_capture(n, association))
        return false;
    bool connected = false;
    for (int k = 0; k < i; k++) {
        if (at(n, k)->e.type == OXC_EVENT_UNSEEN || at(n, k)->close ||
            association_of(n, at(n, k)->e.connection, i) != association)
            continue;
        if (makes_hole(n, k, i) || was_sent_outside(n, k, association))
            return false;
        connected = connected || is_request(at(n, k), OXC_KIND_OPEN);
    }
    return connected;
}

/* The same if no gap has hidden an answer that matters. */
bool may_be_complete(const naive *n, int i)
{
    int association = association_of(n, at(n, i)->e.connection, i);
    if (n->settings.assume_complete || !began_in_capture(n, association))
        return n->settings.assume_complete;
    bool connected = false;
    for (int k = 0; k < i; k++) {
        bool connects = is_request(at(n, k), OXC_KIND_OPEN);
        if ((!connects && !is_request(at(n, k), OXC_KIND_ISSUE)) ||
            association_of(n, at(n, k)->e.connection, i) != association)
            continue;
        if (answer_of(n, k, i) == NOTHING)
            return false;
        connected = connected || connects;
    }
    return connected;
}

static int first_packet(const naive *n, uint32_t number)
{
    for (int i = 0; i < length(n); i++)
        if (!at(n, i)->twin && at(n, i)->e.type != OXC_EVENT_UNSEEN &&
            at(n, i)->e.connection == number)
            return i;
    return NOTHING;
}

/* "Such a connection touches only what its own client address does; and it is none of an
 * association whose first bind came after the connection's first packet": whether, when call i
 * comes, a connection of unknown beginning may belong to the association of its connection. */
bool may_have_more(const naive *n, int i)
{
    const connection *own = connection_of(n, at(n, i));
    int association = association_of(n, at(n, i)->e.connection, i);
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        if (!is_pdu(x))
            continue;
        if (x->e.type == OXC_EVENT_UNSEEN)
            return true;
        const connection *c = connection_of(n, x);
        if (x->e.type != OXC_EVENT_REQUEST || c->server != own->server || c->client != own->client)
            continue;
        int other = association_of(n, x->e.connection, k);
        if (other != association && !began_in_capture(n, other) && association >= 0 &&
            bind_of(n, association) < first_packet(n, x->e.connection))
            return true;
    }
    return false;
}

static bool issues(const naive *n, const entry *x)
{
    return opens_session(n, x) || returns_acxh(n, x);
}

static int session_issued(const naive *n, int i)
{
    return opens_session(n, at(n, i)) ? i : at(n, at(n, i)->call)->session;
}

static bool is_for_another(const naive *n, int first, int second, int moment)
{
    return first != second || first == NOTHING || session_end(n, first, moment) != NOTHING;
}

/* "Unless this server was seen to issue one handle for two sessions", or for one that had ended, or
 * one that was used before. */
bool gives_again(const naive *n, uint32_t server, int before)
{
    for (int k = 0; k < before; k++) {
        const entry *x = at(n, k);
        if (!issues(n, x) || server_of(n, x) != server)
            continue;
        for (int j = 0; j < x->call && opens_session(n, x); j++)
            if (carries_cxh(at(n, j)) && server_of(n, at(n, j)) == server &&
                same_handle(at(n, j)->e.name, x->e.name))
                return true;
        for (int j = 0; j < k; j++)
            if (issues(n, at(n, j)) && server_of(n, at(n, j)) == server &&
                same_handle(at(n, j)->e.name, x->e.name) &&
                is_for_another(n, session_issued(n, j), session_issued(n, k), k))
                return true;
    }
    return false;
}

static int association_of_call(const naive *n, int request)
{
    return association_of(n, at(n, request)->e.connection, request);
}

/* The association in which a session was opened or, without its EcDoConnectEx, first seen. */
static int home_of(const naive *n, int session)
{
    const entry *x = at(n, session);
    return association_of_call(n, x->e.type == OXC_EVENT_REQUEST ? session : x->call);
}

/* Whether an EcDoConnectEx or EcDoAsyncConnectEx is out when call i comes, whose answer may make a
 * handle of the session good again: one of its own, or one in its association or that of the call.
 * On another connection the answer may have been given though it is not there yet. */
bool awaits(const naive *n, int session, oxc_kind method, int i)
{
    for (int k = 0; k < i; k++) {
        if (!is_request(at(n, k), method) || answer_of(n, k, i) != NOTHING)
            continue;
        int association = association_of_call(n, k);
        if (association == association_of_call(n, i))
            return true;
        if (session != NOTHING &&
            (association == home_of(n, session) || at(n, k)->session == session))
            return true;
    }
    return false;
}

/* The same connection seen twice. */

static const oxc_event *bind_event(const naive *n, int bind_ack)
{
    int bind = bind_of(n, bind_ack);
    return bind == NOTHING ? NULL : &at(n, bind)->e;
}

/* Two bind_acks "at the same time": much less apart than two connections whose bytes happen to be
 * the same. */
#define SAME_TIME (10 * SECOND)

/* "A bind that asked for a new group and got a group id that another such connection of the
 * capture got at the same time, with the same bytes." */
bool is_second_sighting(const naive *n, int i)
{
    const entry *ack = at(n, i);
    const oxc_event *bind = bind_event(n, i);
    if (bind == NULL || bind->group_id != 0 || bind->digest == 0 || ack->e.digest == 0)
        return false;
    for (int k = i - 1; k >= 0; k--) {
        const entry *x = at(n, k);
        if (!is_of_type(x, OXC_EVENT_BIND_ACK) || x->e.connection == ack->e.connection ||
            x->e.group_id != ack->e.group_id || x->e.digest != ack->e.digest ||
            ack->e.time - x->e.time > SAME_TIME)
            continue;
        const oxc_event *other = bind_event(n, k);
        if (other != NULL && other->group_id == 0 && other->digest == bind->digest)
            return true;
    }
    return false;
}

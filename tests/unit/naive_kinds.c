/* naive_kinds.c
 * What kind of history it is: how much of it could be read, and how ordinary it is
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

/* A request with the call id of a call that is out: the answer to that was missed. */
static bool takes_over(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!is_pdu(x) || x->e.type != OXC_EVENT_REQUEST)
        return false;
    int older = call_of(n, &x->e, i);
    return older != NOTHING && answer_of(n, older, i) == NOTHING;
}

static bool misses_something(const naive *n, int i)
{
    const entry *x = at(n, i);
    return is_pdu(x) && (x->e.type == OXC_EVENT_LOST || x->e.type == OXC_EVENT_UNSEEN ||
                         x->unmatched || is_unreadable(x) || takes_over(n, i));
}

bool naive_misses(const naive *n, guint index)
{
    return misses_something(n, (int)index);
}

bool naive_all_read(const naive *n)
{
    for (int i = 0; i < length(n); i++)
        if (misses_something(n, i))
            return false;
    return true;
}

static bool shows_handle(const naive *n, int i)
{
    const entry *x = at(n, i);
    return carries_cxh(x) || carries_acxh(x) || opens_session(n, x) || returns_acxh(n, x);
}

/* Whether two associations cannot be the same. One that neither began in the capture nor has a
 * known group may be any that began before. */
static bool are_different(const naive *n, int a, int b)
{
    if (a == b)
        return false;
    bool both_known = a >= 0 && b >= 0 && group_of(n, a) != 0 && group_of(n, b) != 0;
    return both_known || began_in_capture(n, a) || began_in_capture(n, b);
}

/* Whether the handle that entry i shows was returned on another association before. */
static bool leaves_association(const naive *n, int i)
{
    const entry *x = at(n, i);
    int here = association_of(n, x->e.connection, i);
    for (int k = 0; k < i; k++) {
        const entry *y = at(n, k);
        if (!is_pdu(y) || !same_handle(x->e.name, y->e.name) ||
            !(opens_session(n, y) || returns_acxh(n, y)))
            continue;
        if (are_different(n, here, association_of(n, y->e.connection, i)))
            return true;
    }
    return false;
}

/* Whether entry i gives back the CXH of a session that is no more, or an ACXH for it. */
static bool revives_session(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!is_pdu(x) || x->e.type != OXC_EVENT_RESPONSE || !knows_handle(x) || is_null(x->e.name) ||
        is_response(n, x, OXC_KIND_OPEN))
        return false;
    int session = at(n, x->call)->session;
    return session != NOTHING && session_end(n, session, x->call) != NOTHING;
}

/* "Handles are fresh": whether entry i issues a handle that another session had, or that was used
 * before. */
static bool issues_again(const naive *n, int i)
{
    const entry *x = at(n, i);
    bool opens = opens_session(n, x);
    if (!opens && !returns_acxh(n, x))
        return false;
    for (int k = 0; k < i; k++) {
        const entry *y = at(n, k);
        if (!is_pdu(y) || !same_handle(x->e.name, y->e.name))
            continue;
        if (opens ? opens_session(n, y) || carries_cxh(y)
                  : returns_acxh(n, y) && at(n, y->call)->session != at(n, x->call)->session)
            return true;
    }
    return false;
}

/* Whether bind_ack i gives a new association the group of an older one. */
static bool reuses_group(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!is_pdu(x) || x->e.type != OXC_EVENT_BIND_ACK || !began_in_capture(n, i))
        return false;
    for (int k = 0; k < i; k++)
        if (is_pdu(at(n, k)) && at(n, k)->e.type == OXC_EVENT_BIND_ACK &&
            group_of(n, k) == group_of(n, i) &&
            same_endpoint(n, at(n, k)->e.connection, x->e.connection))
            return true;
    return false;
}

bool naive_is_ordinary(const naive *n)
{
    for (int i = 0; i < length(n); i++)
        if (reuses_group(n, i) || (shows_handle(n, i) && leaves_association(n, i)) ||
            revives_session(n, i) || issues_again(n, i))
            return false;
    return true;
}

/* Whether entry i returns a handle that a request carried on another server address before: whose
 * it is then is left open. */
static bool comes_from_elsewhere(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!opens_session(n, x) && !returns_acxh(n, x))
        return false;
    for (int k = 0; k < i; k++) {
        const entry *y = at(n, k);
        if ((carries_cxh(y) || carries_acxh(y)) && server_of(n, y) != server_of(n, x) &&
            same_handle(x->e.name, y->e.name))
            return true;
    }
    return false;
}

/* Whether entry i shows alive what EcDoDisconnect has ended, while something else about that end is
 * not plain either: a null CXH before, or a gap. */
static bool contradicts_end(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!is_pdu(x) || x->e.type != OXC_EVENT_RESPONSE || x->unmatched || !returned_zero(x) ||
        !knows_handle(x) || is_null(x->e.name))
        return false;
    int session = at(n, x->call)->session;
    bool soft = false;
    for (int k = session + 1; k < x->call && session != NOTHING; k++) {
        const entry *y = at(n, k);
        soft = soft || gives_null(n, k, session);
        if (is_response(n, y, OXC_KIND_CLOSE) && at(n, y->call)->session == session &&
            returned_zero(y) && (soft || !naive_all_read(n)))
            return true;
    }
    return false;
}

/* Whether entry i opens a session whose CXH a request carried before. */
static bool was_used_before(const naive *n, int i)
{
    for (int k = 0; k < i && opens_session(n, at(n, i)); k++)
        if (carries_cxh(at(n, k)) && same_handle(at(n, k)->e.name, at(n, i)->e.name))
            return true;
    return false;
}

bool naive_is_clear(const naive *n)
{
    int last = length(n) - 1;
    return last < 0 || (!comes_from_elsewhere(n, last) && !contradicts_end(n, last) &&
                        !was_used_before(n, last));
}

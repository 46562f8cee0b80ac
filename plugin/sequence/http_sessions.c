/* http_sessions.c
 * Session Contexts: what their calls say of them, [MS-OXCMAPIHTTP] 3.2.1 and 3.2.5
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_sessions.h"

#include <string.h>

#include "http_cookies.h"
#include "http_tables.h"
#include "spec.h"

#define LOST_CONTEXT   10u /* X-ResponseCode, 2.2.3.3.3 */
#define LOST_GROMOX    2u
#define CALLS_COMPARED 64 /* outstanding ones of a session: nobody has that many */

bool oxc_http_doubtful(oxc_http *http, const oxc_http_session *session, uint64_t since)
{
    if (http->latest_gap <= since)
        return false;
    return http->doubt > since || session->doubt > since ||
           oxc_http_server_of(http, session->server)->doubt > since;
}

/* Whether a call that the capture misses may have been outstanding at a server since then. */
static bool server_hides(oxc_http *http, oxc_http_name name, uint64_t since)
{
    const oxc_http_server *server = oxc_http_server_of(http, name);

    return server->hiding != 0 || server->hidden_until > since;
}

/* The same of a session. */
static bool may_hide(oxc_http *http, const oxc_http_session *session, uint64_t since)
{
    if (http->latest_gap <= since && http->hiding == 0)
        return false;
    return oxc_http_doubtful(http, session, since) || server_hides(http, session->server, since) ||
           server_hides(http, OXC_HTTP_NO_NAME, since);
}

static oxc_http_evidence evidence_of(const oxc_http_seen *seen, int64_t now)
{
    if (seen->mark == 0)
        return (oxc_http_evidence){0};
    return (oxc_http_evidence){.frame = seen->frame, .age = oxc_since(now, seen->time)};
}

/* Puts a call among those that are outstanding on its session. */
static void list_call(oxc_http *http, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_session *session;

    session = oxc_http_session_at(http, call->session);
    call->other_out = session->out != 0;
    call->older = session->newest;
    if (call->older != OXC_NONE)
        oxc_http_call_at(http, call->older)->newer = number;
    session->newest = number;
    session->latest = call->mark;
    session->out++;
    call->flags |= OXC_HTTP_CALL_LISTED;
}

/* The answer that was missed may have made the call a leg: then it overlapped with none. */
static void doubt_overlaps(oxc_http *http, const oxc_http_session *session,
                           const oxc_http_call *call)
{
    uint32_t at = session->newest;

    for (unsigned compared = 0; at != OXC_NONE && compared < CALLS_COMPARED; compared++) {
        oxc_http_call *other = oxc_http_call_at(http, at);

        if (other->overlaps[0].mark == call->mark)
            other->overlap_doubtful = true;
        at = other->older;
    }
}

void oxc_http_doubt_call(oxc_http *http, oxc_http_call *call)
{
    oxc_http_session *session;

    if ((call->flags & OXC_HTTP_CALL_DOUBTED) != 0)
        return;
    call->flags |= OXC_HTTP_CALL_DOUBTED;
    http->latest_gap = http->mark;
    if (call->type == OXC_HTTP_TYPE_CONNECT && call->server != OXC_HTTP_NO_NAME)
        oxc_http_server_of(http, call->server)->doubt = http->mark;
    if (call->session == OXC_NONE)
        return;
    session = oxc_http_session_at(http, call->session);
    session->doubt = http->mark;
    if ((call->flags & OXC_HTTP_CALL_LISTED) != 0)
        session->doubted++;
    doubt_overlaps(http, session, call);
}

static void unlink_call(oxc_http *http, const oxc_http_call *call, oxc_http_session *session)
{
    if (call->newer != OXC_NONE)
        oxc_http_call_at(http, call->newer)->older = call->older;
    else
        session->newest = call->older;
    if (call->older != OXC_NONE)
        oxc_http_call_at(http, call->older)->newer = call->newer;
    session->out--;
    if ((call->flags & OXC_HTTP_CALL_DOUBTED) != 0)
        session->doubted--;
}

void oxc_http_unlist(oxc_http *http, uint32_t number, oxc_http_ending ending, int64_t time)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_session *session;

    if ((call->flags & OXC_HTTP_CALL_LISTED) == 0)
        return;
    session = oxc_http_session_at(http, call->session);
    unlink_call(http, call, session);
    call->flags &= ~(unsigned)OXC_HTTP_CALL_LISTED;
    if (ending == OXC_HTTP_LEFT)
        return;
    /* When a call ended whose answer was missed nobody knows. */
    if (ending == OXC_HTTP_MISSED || (call->flags & OXC_HTTP_CALL_DOUBTED) != 0) {
        session->flags &= ~(unsigned)OXC_HTTP_SESSION_IDLE;
        return;
    }
    session->flags |= OXC_HTTP_SESSION_IDLE;
    session->idle_time = time;
    session->idle_mark = http->mark;
}

/* How long nothing had been outstanding when a request came, -1 where it is not known. */
static int64_t idle_at(const oxc_http *http, const oxc_http_session *session, int64_t time)
{
    int64_t since = session->idle_time;
    int64_t idle;

    if (session->doubted != 0)
        return -1;
    if (session->out != 0)
        return 0;
    if ((session->flags & OXC_HTTP_SESSION_IDLE) == 0)
        return -1;
    /* What was sent before the capture began may have come back later. */
    if ((session->flags & OXC_HTTP_SESSION_OPENED) == 0 && since < http->waits_over)
        since = http->waits_over;
    idle = oxc_since(time, since);
    return idle < 0 ? 0 : idle;
}

/* The client has closed its direction, and may get its answer still. */
static bool is_half_cut(const oxc_http_session *session)
{
    return session->cut.mark == 0 || (session->cut_by_client && !session->cut_reset);
}

void oxc_http_cut_session(oxc_http_session *session, const oxc_http_event *event,
                          const oxc_http_call *call, uint64_t mark)
{
    if (event->by_client && !event->reset && !is_half_cut(session))
        return;
    session->cut = (oxc_http_seen){event->time, mark, call->frame};
    session->cut_age = oxc_since(event->time, call->time);
    session->cut_by_client = event->by_client;
    session->cut_reset = event->reset;
}

void oxc_http_mend_session(oxc_http_session *session, const oxc_http_call *call)
{
    if ((call->flags & OXC_HTTP_CALL_CLOSED) != 0 && is_half_cut(session) &&
        session->cut.frame == call->frame)
        session->cut.mark = 0;
}

static bool changes_session(const oxc_http_call *call)
{
    return call->type == OXC_HTTP_TYPE_EXECUTE || call->type == OXC_HTTP_TYPE_DISCONNECT;
}

static bool same_request(const oxc_http_call *one, const oxc_http_call *other)
{
    return one->request_id != OXC_HTTP_NO_NAME && one->request_id == other->request_id;
}

/* The next older call of the session with which this one may overlap: a request that has no answer
 * although the connection lost none. */
static uint32_t next_overlapped(const oxc_http *http, uint32_t at, const oxc_http_call *call,
                                unsigned *compared)
{
    for (; at != OXC_NONE && *compared < CALLS_COMPARED; (*compared)++) {
        const oxc_http_call *other = oxc_http_call_at(http, at);

        if (other != call && changes_session(other) && !same_request(other, call) &&
            (other->flags & OXC_HTTP_CALL_DOUBTED) == 0) {
            (*compared)++;
            return at;
        }
        at = other->older;
    }
    return OXC_NONE;
}

bool oxc_http_is_resent(const oxc_http *http, const oxc_http_call *call)
{
    uint32_t at = oxc_http_session_at(http, call->session)->newest;

    for (unsigned compared = 0; at != OXC_NONE && compared < CALLS_COMPARED; compared++) {
        const oxc_http_call *other = oxc_http_call_at(http, at);

        if (other != call && other->type == call->type && same_request(other, call))
            return true;
        at = other->older;
    }
    return false;
}

/* Suppressed by a Connect that may have begun the session anew between the two. */
static oxc_http_evidence find_outstanding(oxc_http *http, const oxc_http_call *call, int64_t now)
{
    const oxc_http_session *session = oxc_http_session_at(http, call->session);
    uint32_t at = session->newest;
    unsigned compared = 0;

    if (!changes_session(call))
        return (oxc_http_evidence){0};
    while ((at = next_overlapped(http, at, call, &compared)) != OXC_NONE) {
        const oxc_http_call *other = oxc_http_call_at(http, at);

        if (other->connection == call->connection)
            return (oxc_http_evidence){.frame = other->frame,
                                       .age = oxc_since(now, other->time),
                                       .doubtful = oxc_http_doubtful(http, session, other->mark)};
        at = other->older;
    }
    return (oxc_http_evidence){0};
}

/* The last X-ExpirationInfo of a session in nanoseconds; 0: none, or a later one may be missing. */
static int64_t expiration_of(oxc_http *http, const oxc_http_session *session)
{
    if ((session->flags & OXC_HTTP_SESSION_EXPIRES) == 0 ||
        may_hide(http, session, session->expires_mark))
        return 0;
    return (int64_t)session->expiration * OXC_MILLISECOND;
}

static void look_at_idle(oxc_http *http, oxc_http_call *call, oxc_http_facts *facts)
{
    const oxc_http_session *session = oxc_http_session_at(http, call->session);

    call->idle = idle_at(http, session, call->time);
    if (call->idle >= 0 && session->out == 0 && may_hide(http, session, session->idle_mark))
        call->idle = -1;
    facts->expiration = expiration_of(http, session);
    if (call->idle >= 0 && session->end.mark == 0 && session->alive.mark != 0 &&
        (session->flags & OXC_HTTP_SESSION_LOST) == 0 &&
        !may_hide(http, session, session->alive.mark))
        facts->idle = (oxc_http_evidence){.frame = call->frame, .age = call->idle};
}

void oxc_http_look_at_session(oxc_http *http, oxc_http_call *call, oxc_http_facts *facts)
{
    const oxc_http_session *session;
    const oxc_http_replaced *replaced;

    if (call->session == OXC_NONE)
        return;
    session = oxc_http_session_at(http, call->session);
    if (session->cut.mark != 0) {
        facts->cut = (oxc_http_evidence){.frame = session->cut.frame, .age = session->cut_age};
        facts->cut_by_client = session->cut_by_client;
        facts->cut_reset = session->cut_reset;
    }
    if (call->type == OXC_HTTP_TYPE_CONNECT)
        return;
    if (session->end_id == OXC_HTTP_NO_NAME || session->end_id != call->request_id)
        facts->session_end = evidence_of(&session->end, call->time);
    facts->session_end.doubtful =
        session->connecting != 0 || oxc_http_doubtful(http, session, session->end.mark);
    facts->outstanding = find_outstanding(http, call, call->time);
    replaced = oxc_http_replaced_find(http, call->session, call->sequence);
    if (replaced != NULL && call->sequence != OXC_HTTP_NO_NAME)
        facts->replaced = evidence_of(&replaced->replaced, call->time);
    if ((session->flags & OXC_HTTP_SESSION_LOST) != 0)
        facts->lost = evidence_of(&session->lost, call->time);
    facts->lost.doubtful =
        session->connecting != 0 || oxc_http_doubtful(http, session, session->lost.mark);
    look_at_idle(http, call, facts);
}

static void set_overlap(oxc_http *http, oxc_http_call *call, const oxc_http_call *later)
{
    memmove(call->overlaps + 1, call->overlaps, sizeof call->overlaps - sizeof call->overlaps[0]);
    call->overlaps[0] = (oxc_http_seen){later->time, later->mark, later->frame};
    call->overlap_doubtful =
        oxc_http_doubtful(http, oxc_http_session_at(http, call->session), call->mark);
}

/* Says to the calls that are outstanding on other connections that this one overlaps with them:
 * their answers prove it. */
static void overlap_others(oxc_http *http, const oxc_http_call *call)
{
    uint32_t at = oxc_http_session_at(http, call->session)->newest;
    unsigned compared = 0;

    if (!changes_session(call))
        return;
    while ((at = next_overlapped(http, at, call, &compared)) != OXC_NONE) {
        oxc_http_call *other = oxc_http_call_at(http, at);

        if (other->connection != call->connection)
            set_overlap(http, other, call);
        at = other->older;
    }
}

void oxc_http_take_request(oxc_http *http, uint32_t number, bool judged)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_session *session;

    if (call->session == OXC_NONE)
        return;
    session = oxc_http_session_at(http, call->session);
    if (judged)
        session->cut.mark = 0;
    if (call->type == OXC_HTTP_TYPE_CONNECT || call->type == OXC_HTTP_TYPE_DISCONNECT) {
        call->leaving_before = session->leaving;
        session->leaving = (oxc_http_seen){call->time, call->mark, call->frame};
    }
    if (call->type == OXC_HTTP_TYPE_CONNECT) {
        session->connecting++;
        return;
    }
    if (judged)
        overlap_others(http, call);
    list_call(http, number);
}

static void forget_overlap(oxc_http_call *call, uint64_t mark)
{
    unsigned i = 0;

    while (i < OXC_HTTP_OVERLAPS && call->overlaps[i].mark != mark)
        i++;
    for (; i < OXC_HTTP_OVERLAPS; i++)
        call->overlaps[i] = i + 1 < OXC_HTTP_OVERLAPS ? call->overlaps[i + 1] : (oxc_http_seen){0};
}

void oxc_http_forget_request(oxc_http *http, const oxc_http_call *call)
{
    oxc_http_session *session;
    uint32_t at;

    if (call->session == OXC_NONE)
        return;
    session = oxc_http_session_at(http, call->session);
    if (session->leaving.mark == call->mark)
        session->leaving = call->leaving_before;
    at = session->newest;
    for (unsigned compared = 0; at != OXC_NONE && compared < CALLS_COMPARED; compared++) {
        oxc_http_call *other = oxc_http_call_at(http, at);

        forget_overlap(other, call->mark);
        at = other->older;
    }
}

bool oxc_http_accepted(const oxc_http_event *event, oxc_http_request_type type)
{
    if (event->status != 200 || !event->mapi_content || !event->has_response_code ||
        event->response_code != 0 || event->stream_wrong || event->closed_early || event->encoded)
        return false;
    if (type == OXC_HTTP_TYPE_PING)
        return true;
    return event->stream_done && event->body == OXC_HTTP_BODY_READ && event->has_status_code &&
           event->status_code == 0 && event->has_error_code && event->error_code == 0;
}

static bool says_lost(const oxc_http_event *event, oxc_http_request_type type)
{
    return type != OXC_HTTP_TYPE_CONNECT && event->has_response_code &&
           (event->response_code == LOST_CONTEXT ||
            (event->product == OXC_HTTP_PRODUCT_GROMOX && event->response_code == LOST_GROMOX));
}

/* The session that an accepted Connect takes the cookie from. */
static oxc_http_evidence find_owner(oxc_http *http, const oxc_http_event *event,
                                    const oxc_http_call *call)
{
    oxc_http_cookie_value value = oxc_http_context_value(http, event, call->server);
    uint32_t number = OXC_NONE;
    const oxc_http_session *session;
    int64_t expiration;

    if (value.value != OXC_HTTP_NO_NAME && value.value != call->context)
        number = oxc_http_session_find(http, call->server, value.value);
    if (number == OXC_NONE || number == call->session)
        return (oxc_http_evidence){0};
    session = oxc_http_session_at(http, number);
    expiration = expiration_of(http, session);
    if (session->end.mark != 0 || (session->flags & OXC_HTTP_SESSION_LOST) != 0 ||
        expiration == 0 || session->seen.mark == 0)
        return (oxc_http_evidence){0};
    if (session->out == 0 && oxc_since(event->time, session->seen.time) >= expiration)
        return (oxc_http_evidence){0};
    return (oxc_http_evidence){
        .frame = session->seen.frame,
        .age = oxc_since(event->time, session->seen.time),
        .doubtful = session->leaving.mark != 0 || session->connecting != 0 ||
                    may_hide(http, session, session->alive.mark),
    };
}

static void look_at_lost(oxc_http *http, const oxc_http_event *event, const oxc_http_call *call,
                         oxc_http_facts *facts)
{
    const oxc_http_session *session = oxc_http_session_at(http, call->session);

    facts->lost_context = says_lost(event, call->type);
    facts->expiration = expiration_of(http, session);
    if (call->idle >= 0)
        facts->idle_before = (oxc_http_evidence){.frame = call->frame, .age = call->idle};
    if ((session->flags & OXC_HTTP_SESSION_OPENED) != 0 && session->end.mark == 0 &&
        session->leaving.mark == 0 && (session->flags & OXC_HTTP_SESSION_TOLD) == 0)
        facts->session_open = evidence_of(&session->opened, event->time);
    facts->session_open.doubtful = may_hide(http, session, session->alive.mark);
}

void oxc_http_look_at_answer(oxc_http *http, const oxc_http_event *event, oxc_http_call *call,
                             oxc_http_facts *facts)
{
    facts->accepted = oxc_http_accepted(event, call->type);
    facts->sets_cookie = event->cookies.present;
    if (call->type == OXC_HTTP_TYPE_CONNECT) {
        if (facts->accepted)
            facts->cookie_owner = find_owner(http, event, call);
        return;
    }
    facts->has_event_pending = facts->accepted && event->has_event_pending;
    facts->event_pending = event->event_pending;
    if (call->session == OXC_NONE)
        return;
    look_at_lost(http, event, call, facts);
    facts->overlapping = evidence_of(&call->overlaps[0], event->time);
    facts->overlapping.doubtful =
        call->overlap_doubtful || (call->flags & OXC_HTTP_CALL_DOUBTED) != 0;
}

static void replace_sequence(oxc_http *http, uint32_t number, oxc_http_name value,
                             oxc_http_seen now)
{
    oxc_http_session *session = oxc_http_session_at(http, number);
    oxc_http_replaced *replaced;

    if (value == OXC_HTTP_NO_NAME || value == session->sequence)
        return;
    if (session->sequence != OXC_HTTP_NO_NAME)
        oxc_http_replaced_of(http, number, session->sequence)->replaced = now;
    replaced = oxc_http_replaced_find(http, number, value);
    if (replaced != NULL)
        replaced->replaced.mark = 0;
    session->sequence = value;
}

static void end_session(oxc_http *http, uint32_t number, const oxc_http_call *call,
                        oxc_http_seen now)
{
    oxc_http_session *session = oxc_http_session_at(http, number);

    /* The first end counts, if no gap may have undone it. */
    if (session->end.mark != 0 && !oxc_http_doubtful(http, session, session->end.mark))
        return;
    session->end = now;
    session->end_id = call->type == OXC_HTTP_TYPE_DISCONNECT ? call->request_id : OXC_HTTP_NO_NAME;
}

static void set_expiration(const oxc_http *http, oxc_http_session *session,
                           const oxc_http_event *event)
{
    if (!event->has_expiration)
        return;
    session->flags |= OXC_HTTP_SESSION_EXPIRES;
    session->expiration = event->expiration;
    session->expires_mark = http->mark;
}

static void open_session(oxc_http *http, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_cookie_value value = oxc_http_context_value(http, event, call->server);
    oxc_http_seen now = oxc_http_now(http, event);
    oxc_http_session *session;

    if (call->session != OXC_NONE)
        end_session(http, call->session, call, now);
    if (value.value == OXC_HTTP_NO_NAME) {
        oxc_http_learn_from_answer(http, event, call);
        return;
    }
    call->opened = oxc_http_session_new(http, call->server, value.value);
    oxc_http_value_explain(http, value.value);
    session = oxc_http_session_at(http, call->opened);
    session->flags = OXC_HTTP_SESSION_OPENED;
    session->alive = session->opened = session->seen = now;
    session->connect = call->answer;
    set_expiration(http, session, event);
    replace_sequence(http, call->opened, oxc_http_sequence_value(http, event, call->server).value,
                     now);
}

static void take_accepted(oxc_http *http, const oxc_http_event *event, const oxc_http_call *call)
{
    oxc_http_seen now = oxc_http_now(http, event);

    oxc_http_session_at(http, call->session)->flags &= ~(unsigned)OXC_HTTP_SESSION_LOST;
    if (call->type == OXC_HTTP_TYPE_DISCONNECT)
        end_session(http, call->session, call, now);
    if (call->type != OXC_HTTP_TYPE_EXECUTE)
        return;
    replace_sequence(http, call->session, oxc_http_sequence_value(http, event, call->server).value,
                     now);
    if (oxc_http_context_value(http, event, call->server).value != OXC_HTTP_NO_NAME)
        oxc_http_session_rename(http, call->session, call->server,
                                oxc_http_context_value(http, event, call->server).value);
}

/* What an answer to a call says of its session. */
static void take_session_answer(oxc_http *http, const oxc_http_event *event,
                                const oxc_http_call *call, bool accepted)
{
    oxc_http_session *session = oxc_http_session_at(http, call->session);
    oxc_http_seen now = oxc_http_now(http, event);

    session->seen = now;
    set_expiration(http, session, event);
    if (event->has_response_code && event->response_code == 0) {
        session->alive = now;
        session->flags &= ~(unsigned)OXC_HTTP_SESSION_TOLD;
    }
    if (accepted)
        take_accepted(http, event, call);
    if (!says_lost(event, call->type))
        return;
    /* What was said before a gap may not hold any more. */
    if ((session->flags & OXC_HTTP_SESSION_LOST) == 0 ||
        oxc_http_doubtful(http, session, session->lost.mark))
        session->lost = now;
    session->flags |= OXC_HTTP_SESSION_LOST | OXC_HTTP_SESSION_TOLD;
}

void oxc_http_take_head(oxc_http *http, const oxc_http_event *event, const oxc_http_call *call)
{
    if (call->session != OXC_NONE && call->type != OXC_HTTP_TYPE_CONNECT)
        set_expiration(http, oxc_http_session_at(http, call->session), event);
}

void oxc_http_take_answer(oxc_http *http, const oxc_http_event *event, oxc_http_call *call)
{
    bool accepted = oxc_http_accepted(event, call->type);

    if (call->type == OXC_HTTP_TYPE_CONNECT) {
        if (accepted)
            open_session(http, event, call);
        return;
    }
    if (accepted)
        oxc_http_learn_from_answer(http, event, call);
    if (call->session != OXC_NONE)
        take_session_answer(http, event, call, accepted);
}

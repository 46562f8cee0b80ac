/* test_bodies.c
 * Bodies of MAPI over HTTP without anything around them: all types of calls, failures, cuts and
 * damage at every byte
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <epan/packet.h>
#include <epan/proto.h>

#include "compat.h"
#include "host.h"
#include "transport/mapi_over_http/mapi_body.h"
#include "unit/epan/bytes.h"

enum { NO_LINK = WTAP_ENCAP_USER15, MOST_FIELDS = 64 };

/* A field of the body itself: where it is, and what it reads. */
typedef struct {
    const char *name;
    int start, length;
    char *text;
} shown_field;

/* What a body was shown as. */
typedef struct {
    oxc_http_event facts;
    shown_field fields[MOST_FIELDS];
    unsigned count;
    GString *experts; /* filter names of expert items, a blank each */
} shown_body;

typedef struct {
    const char *name;
    oxc_http_request_type type;
    bool response;
    const char *hex;
    const char *fields; /* name@offset=value of the body's own fields, in their order */
} example;

#define EXTENDED_17 "0000 0400 1100 1100"
#define EXTENDED_35 "0000 0400 2300 2300"
#define REGISTER    "0900 29000001 02 00 01 10000000 ffffffff"
#define NEW_MAIL    "2300 2a 10000000 00 0200 0100000000000001 0100000000000002 00000000 00 49504d00"
#define AUXILIARY   "0c000000 0000 0400 0400 0400 04000116"
#define NO_BUFFER   "00000000"

static const example examples[] = {
    {"Connect request", OXC_HTTP_TYPE_CONNECT, false,
     "2f6f3d4100 01000000 e4040000 09040000 07040000" AUXILIARY,
     "user_dn@0=/o=A flags@5=0x00000001 code_page@9=1252 lcid_sort@13=0x00000409 "
     "lcid_string@17=0x00000407 auxiliary_size@21=12 auxiliary@25"},
    {"Connect response", OXC_HTTP_TYPE_CONNECT, true,
     "00000000 00000000 60ea0000 06000000 10270000 2f6f00 41004200 0000" AUXILIARY,
     "status_code@0=0x00000000 error_code@4=0x00000000 polls_max@8=60000 retry_count@12=6 "
     "retry_delay@16=10000 dn_prefix@20=/o display_name@23=AB auxiliary_size@29=12 auxiliary@33"},
    {"refused Connect response", OXC_HTTP_TYPE_CONNECT, true,
     "00000000 eb030000 00000000 00000000 00000000 00 0000" NO_BUFFER,
     "status_code@0=0x00000000 error_code@4=0x000003eb polls_max@8=0 retry_count@12=0 "
     "retry_delay@16=0 dn_prefix@20= display_name@21= auxiliary_size@23=0"},
    {"Execute request", OXC_HTTP_TYPE_EXECUTE, false,
     "03000000 19000000" EXTENDED_17 REGISTER "00000400" AUXILIARY,
     "flags@0=0x00000003 rop_buffer_size@4=25 rop_buffer@8 max_rop_out@33=262144 "
     "auxiliary_size@37=12 auxiliary@41"},
    {"Execute response", OXC_HTTP_TYPE_EXECUTE, true,
     "00000000 00000000 00000000 2b000000" EXTENDED_35 NEW_MAIL AUXILIARY,
     "status_code@0=0x00000000 error_code@4=0x00000000 flags@8=0x00000000 "
     "rop_buffer_size@12=43 rop_buffer@16 auxiliary_size@59=12 auxiliary@63"},
    {"Disconnect request", OXC_HTTP_TYPE_DISCONNECT, false, AUXILIARY,
     "auxiliary_size@0=12 auxiliary@4"},
    {"Disconnect response", OXC_HTTP_TYPE_DISCONNECT, true, "00000000 00000000" NO_BUFFER,
     "status_code@0=0x00000000 error_code@4=0x00000000 auxiliary_size@8=0"},
    {"NotificationWait request", OXC_HTTP_TYPE_NOTIFICATION_WAIT, false, "01000000" NO_BUFFER,
     "flags@0=0x00000001 auxiliary_size@4=0"},
    {"NotificationWait response", OXC_HTTP_TYPE_NOTIFICATION_WAIT, true,
     "00000000 ee070000 01000000" AUXILIARY,
     "status_code@0=0x00000000 error_code@4=0x000007ee event_pending@8=1 auxiliary_size@12=12 "
     "auxiliary@16"},
    {"failed Connect", OXC_HTTP_TYPE_CONNECT, true, "05400080" AUXILIARY,
     "status_code@0=0x80004005 auxiliary_size@4=12 auxiliary@8"},
    {"failed Execute", OXC_HTTP_TYPE_EXECUTE, true, "bb060000" NO_BUFFER,
     "status_code@0=0x000006bb auxiliary_size@4=0"},
    {"failed Execute without an auxiliary buffer", OXC_HTTP_TYPE_EXECUTE, true, "bb060000",
     "status_code@0=0x000006bb"},
    {"failed Disconnect", OXC_HTTP_TYPE_DISCONNECT, true, "05400080" AUXILIARY,
     "status_code@0=0x80004005 auxiliary_size@4=12 auxiliary@8"},
    /* Some products leave the header of the buffer out. */
    {"failed NotificationWait", OXC_HTTP_TYPE_NOTIFICATION_WAIT, true,
     "05400080 06000000 040001160000", "status_code@0=0x80004005 auxiliary_size@4=6 auxiliary@8"},
};

/* What is dissected next, and what came of it. */
static const example *asked;
static shown_body *answer;

static void add_field(const field_info *item)
{
    shown_field *field;
    char *text;

    assert_true(answer->count < MOST_FIELDS);
    field = &answer->fields[answer->count++];
    field->name = item->hfinfo->abbrev + strlen("mapihttp.");
    field->start = item->start;
    field->length = item->length;
#if OXC_WIRESHARK_AT_LEAST(4, 4)
    text = fvalue_to_string_repr(NULL, item->value, FTREPR_DISPLAY, item->hfinfo->display);
#else
    text = fvalue_to_string_repr(NULL, &item->value, FTREPR_DISPLAY, item->hfinfo->display);
#endif
    field->text = g_strdup(text ? text : "");
    wmem_free(NULL, text);
}

static bool begins_with(const field_info *item, const char *name)
{
    return item && strncmp(item->hfinfo->abbrev, name, strlen(name)) == 0;
}

static void note_node(const proto_node *node, bool top)
{
    const field_info *item = PNODE_FINFO(node);

    if (top && begins_with(item, "mapihttp.") && !begins_with(item, "mapihttp.body."))
        add_field(item);
    for (const proto_node *child = node->first_child; child; child = child->next) {
        const field_info *below = PNODE_FINFO(child);

        if (begins_with(below, "mapihttp.body.") && below->hfinfo->type == FT_NONE)
            g_string_append_printf(answer->experts, "%s ", below->hfinfo->abbrev);
        note_node(child, false);
    }
}

static int dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    proto_tree *body = NULL;

    if (tree)
        body = proto_tree_add_subtree(tree, tvb, 0, -1, 0, NULL, "Body");
    memset(&answer->facts, 0, sizeof answer->facts);
    oxc_mapi_body_dissect(tvb, pinfo, body, asked->type, asked->response, NULL, &answer->facts);
    /* These live as long as the packet. */
    answer->facts.rops.registered = answer->facts.rops.notified = NULL;
    for (const proto_node *node = body ? body->first_child : NULL; node; node = node->next)
        note_node(node, true);
    return (int)tvb_captured_length(tvb);
}

static void clear(shown_body *body)
{
    for (unsigned i = 0; i < body->count; i++)
        g_free(body->fields[i].text);
    if (body->experts)
        g_string_free(body->experts, TRUE);
    memset(body, 0, sizeof *body);
}

/* Shows the first bytes of a body.
 * @param length  of the body that the capture has so much of */
static shown_body show(const example *of, const uint8_t *data, size_t captured, size_t length,
                       unsigned options)
{
    bytes copy = bytes_copy(data, captured);
    host_packet packet = {.bytes = copy.data,
                          .captured = (uint32_t)captured,
                          .length = (uint32_t)length,
                          .encapsulation = NO_LINK};
    const host_packet *packets[] = {&packet};
    GArray *findings = g_array_new(FALSE, FALSE, sizeof(host_finding));
    shown_body shown = {.experts = g_string_new("")};
    GArray *details;

    asked = of;
    answer = &shown;
    host_dissect(packets, 1, options, findings);
    details = host_take_details();
    if (details)
        g_array_unref(details);
    g_array_unref(findings);
    bytes_free(&copy);
    return shown;
}

static char *text_of(const shown_body *body, unsigned count)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < count; i++) {
        const shown_field *field = &body->fields[i];
        bool buffer =
            strcmp(field->name, "rop_buffer") == 0 || strcmp(field->name, "auxiliary") == 0;

        g_string_append_printf(text, "%s%s@%d", i == 0 ? "" : " ", field->name, field->start);
        if (!buffer)
            g_string_append_printf(text, "=%s", field->text);
    }
    return g_string_free(text, FALSE);
}

static void check_example(const example *of)
{
    bytes data = bytes_from_hex(of->hex);
    shown_body shown = show(of, data.data, data.size, data.size, HOST_TREE);
    char *text = text_of(&shown, shown.count);

    if (strcmp(text, of->fields) != 0)
        print_error("%s\n", of->name);
    assert_string_equal(text, of->fields);
    assert_string_equal(shown.experts->str, "");
    assert_int_equal(shown.facts.body, OXC_HTTP_BODY_READ);
    g_free(text);
    clear(&shown);
    bytes_free(&data);
}

static void shows_every_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++)
        check_example(&examples[i]);
}

static shown_body facts_of(const char *name, unsigned options)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        if (strcmp(examples[i].name, name) == 0) {
            bytes data = bytes_from_hex(examples[i].hex);
            shown_body shown = show(&examples[i], data.data, data.size, data.size, options);

            bytes_free(&data);
            return shown;
        }
    }
    fail_msg("there is no %s", name);
    return (shown_body){0};
}

static void says_what_it_holds(void **state)
{
    static const unsigned ways[] = {0, HOST_TREE};
    shown_body shown;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        shown = facts_of("Execute request", ways[i]);
        assert_true(shown.facts.has_flags && shown.facts.flags == 3 && shown.facts.registers);
        assert_false(shown.facts.rops.unwalked || shown.facts.has_status_code);
        clear(&shown);
        shown = facts_of("Execute response", ways[i]);
        assert_true(shown.facts.has_status_code && shown.facts.has_error_code);
        assert_int_equal(shown.facts.rops.notified_count, 1);
        clear(&shown);
        shown = facts_of("NotificationWait response", ways[i]);
        assert_true(shown.facts.has_error_code && shown.facts.error_code == 0x7ee);
        assert_true(shown.facts.has_event_pending && shown.facts.event_pending == 1);
        clear(&shown);
        shown = facts_of("failed Execute", ways[i]);
        assert_true(shown.facts.has_status_code && shown.facts.status_code == 0x6bb);
        assert_false(shown.facts.has_error_code || shown.facts.has_flags);
        clear(&shown);
    }
}

/* A PING, and any other body of no bytes. */
static void takes_bodies_of_no_bytes(void **state)
{
    (void)state;
    for (unsigned type = OXC_HTTP_TYPE_NONE; type <= OXC_HTTP_TYPE_OTHER; type++) {
        for (unsigned response = 0; response < 2; response++) {
            example empty = {"nothing", (oxc_http_request_type)type, response != 0, "", ""};
            uint8_t none = 0;
            shown_body shown = show(&empty, &none, 0, 0, HOST_TREE);

            assert_int_equal(shown.facts.body, OXC_HTTP_BODY_NONE);
            assert_int_equal(shown.count, 0);
            assert_string_equal(shown.experts->str, "");
            clear(&shown);
        }
    }
}

/* The fields of a part are those of the whole, as far as they go; a buffer may be shorter. */
static void assert_begins(const shown_body *part, const shown_body *whole)
{
    for (unsigned i = 0; i < part->count; i++) {
        assert_string_equal(part->fields[i].name, whole->fields[i].name);
        assert_int_equal(part->fields[i].start, whole->fields[i].start);
        assert_true(part->fields[i].length <= whole->fields[i].length);
    }
}

static void check_cut(const example *of, bytes data, size_t size, bool by_capture)
{
    shown_body whole = show(of, data.data, data.size, data.size, HOST_TREE);
    shown_body part = show(of, data.data, size, by_capture ? data.size : size, HOST_TREE);

    assert_begins(&part, &whole);
    if (part.facts.body == OXC_HTTP_BODY_READ) {
        /* Nothing is missing but what may be: the auxiliary buffer. */
        assert_false(by_capture);
        assert_string_equal(part.experts->str, "");
        assert_string_equal(whole.fields[part.count].name, "auxiliary_size");
    } else {
        assert_string_equal(part.experts->str,
                            by_capture ? "mapihttp.body.cut " : "mapihttp.body.short ");
    }
    clear(&part);
    clear(&whole);
}

static void tells_what_is_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        bytes data = bytes_from_hex(examples[i].hex);

        for (size_t size = 1; size < data.size; size++) {
            check_cut(&examples[i], data, size, false);
            check_cut(&examples[i], data, size, true);
        }
        bytes_free(&data);
    }
}

static void tells_what_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        bytes data = bytes_from_hex(examples[i].hex);
        uint8_t *longer = (uint8_t *)g_malloc0(data.size + 7);
        shown_body shown;
        char *text;

        memcpy(longer, data.data, data.size);
        memset(longer + data.size, 0xff, 7);
        shown = show(&examples[i], longer, data.size + 7, data.size + 7, HOST_TREE);
        text = text_of(&shown, shown.count);
        /* The bytes are none that follow where an auxiliary buffer may. */
        if (strcmp(examples[i].name, "failed Execute without an auxiliary buffer") != 0) {
            assert_string_equal(text, examples[i].fields);
            assert_string_equal(shown.experts->str, "mapihttp.body.trailing ");
        }
        g_free(text);
        clear(&shown);
        g_free(longer);
        bytes_free(&data);
    }
}

/* Whether a byte is of what a buffer holds: what follows the buffer does not depend on it. */
static bool is_in_buffer(const shown_body *whole, size_t at)
{
    for (unsigned i = 0; i < whole->count; i++) {
        const shown_field *field = &whole->fields[i];

        if ((strcmp(field->name, "rop_buffer") == 0 || strcmp(field->name, "auxiliary") == 0) &&
            (int)at >= field->start && (int)at < field->start + field->length)
            return true;
    }
    return false;
}

static void check_damage(const example *of, const shown_body *whole, bytes data, size_t at,
                         uint8_t value)
{
    bytes damaged = bytes_copy(data.data, data.size);
    shown_body shown, blind;

    damaged.data[at] = value;
    shown = show(of, damaged.data, data.size, data.size, HOST_TREE);
    blind = show(of, damaged.data, data.size, data.size, 0);
    for (unsigned i = 0; i < shown.count; i++)
        assert_true(shown.fields[i].start >= 0 && shown.fields[i].length >= 0 &&
                    shown.fields[i].start + shown.fields[i].length <= (int)data.size);
    assert_memory_equal(&shown.facts, &blind.facts, sizeof shown.facts);
    if (is_in_buffer(whole, at)) {
        char *text = text_of(&shown, shown.count);

        assert_string_equal(text, of->fields);
        assert_int_equal(shown.facts.body, OXC_HTTP_BODY_READ);
        g_free(text);
    }
    clear(&shown);
    clear(&blind);
    bytes_free(&damaged);
}

static void survives_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        bytes data = bytes_from_hex(examples[i].hex);
        shown_body whole = show(&examples[i], data.data, data.size, data.size, HOST_TREE);

        for (size_t at = 0; at < data.size; at++) {
            check_damage(&examples[i], &whole, data, at, 0x00);
            check_damage(&examples[i], &whole, data, at, 0xff);
            check_damage(&examples[i], &whole, data, at, (uint8_t)(data.data[at] ^ 4));
        }
        clear(&whole);
        bytes_free(&data);
    }
}

/* Sizes that no body can have. */
static void takes_no_size_for_granted(void **state)
{
    static const example huge[] = {
        {"RopBufferSize", OXC_HTTP_TYPE_EXECUTE, false, "00000000 ffffffff 0000", ""},
        {"RopBufferSize", OXC_HTTP_TYPE_EXECUTE, true, "00000000 00000000 00000000 f8ffffff 00",
         ""},
        {"RopBufferSize", OXC_HTTP_TYPE_EXECUTE, true, "00000000 00000000 00000000 00000080 00",
         ""},
        {"AuxiliaryBufferSize", OXC_HTTP_TYPE_NOTIFICATION_WAIT, false, "00000000 ffffffff 00", ""},
        {"AuxiliaryBufferSize", OXC_HTTP_TYPE_CONNECT, true, "01000000 fcffffff 00000000", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(huge); i++) {
        bytes data = bytes_from_hex(huge[i].hex);
        shown_body shown = show(&huge[i], data.data, data.size, data.size, HOST_TREE);

        assert_int_equal(shown.facts.body, OXC_HTTP_BODY_UNREADABLE);
        assert_string_equal(shown.experts->str, "mapihttp.body.short ");
        clear(&shown);
        bytes_free(&data);
    }
}

static int set_up(void **state)
{
    (void)state;
    host_init();
    dissector_add_uint("wtap_encap", NO_LINK,
                       create_dissector_handle(dissect, proto_get_id_by_filter_name("mapihttp")));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_every_body),          cmocka_unit_test(says_what_it_holds),
        cmocka_unit_test(takes_bodies_of_no_bytes),  cmocka_unit_test(tells_what_is_cut),
        cmocka_unit_test(tells_what_follows),        cmocka_unit_test(survives_damage),
        cmocka_unit_test(takes_no_size_for_granted),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* rules.c
 * The rule table, and the text of a finding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rules.h"

#include "spec.h"

#include <inttypes.h>
#include <string.h>

const oxc_rule oxc_rules[OXC_RULE_COUNT] = {
#define OXC_RULE(id, ...) {__VA_ARGS__},
#include "rules.def"
};

/* What a rule says over MAPI over HTTP. */
typedef struct {
    const char *sentence, *sections, *requirements;
} http_text;

static const http_text http_texts[OXC_RULE_COUNT] = {
#define OXC_RULE_OVER_HTTP(id, sentence, sections, requirements)                                   \
    [OXC_RULE_##id] = {sentence, sections, requirements},
#include "rules.def"
};

static const char *text_of(const oxc_finding *finding, const char *own, const char *over_http)
{
    return finding->over_http && http_texts[finding->rule].sentence != NULL ? over_http : own;
}

const char *oxc_finding_sections(const oxc_finding *finding)
{
    return text_of(finding, oxc_rules[finding->rule].sections, http_texts[finding->rule].sections);
}

const char *oxc_finding_requirements(const oxc_finding *finding)
{
    return text_of(finding, oxc_rules[finding->rule].requirements,
                   http_texts[finding->rule].requirements);
}

bool oxc_rule_is_over_http(oxc_rule_id rule)
{
    return http_texts[rule].sentence != NULL;
}

const char *oxc_status_name(uint32_t status)
{
    switch (status) {
#define OXC_STATUS(value, name)                                                                    \
    case value:                                                                                    \
        return name;
#include "status.def"
#undef OXC_STATUS
    default:
        return NULL;
    }
}

static void append_status(GString *text, uint32_t status)
{
    const char *name = oxc_status_name(status);

    if (name != NULL)
        g_string_append_printf(text, "%s (0x%08x)", name, status);
    else
        g_string_append_printf(text, "0x%08x", status);
}

static void append_version(GString *text, uint64_t version)
{
    g_string_append_printf(text, "%u.%u.%u.%u", (unsigned)(version >> 48),
                           (unsigned)(version >> 32 & 0xFFFF), (unsigned)(version >> 16 & 0xFFFF),
                           (unsigned)(version & 0xFFFF));
}

/* A set of header fields, [MS-OXCMAPIHTTP] 2.2.2. */
static void append_fields(GString *text, unsigned fields)
{
    static const char *const names[] = {"Host",         "X-RequestType", "X-RequestId",
                                        "Content-Type", "a length",      "X-ResponseCode"};
    const char *between = "";

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((fields & 1u << i) == 0)
            continue;
        g_string_append_printf(text, "%s%s", between, names[i]);
        between = ", ";
    }
}

/* The frames of a finding from one on: "frame 81", "frames 81 and 103", "frames 81, 103 and 107".
 */
static void append_frames(GString *text, const oxc_finding *finding, size_t from)
{
    size_t end = from;

    while (end < OXC_FINDING_FRAMES && finding->frames[end] != 0)
        end++;
    g_string_append(text, end - from == 1 ? "frame " : "frames ");
    for (size_t i = from; i < end; i++)
        g_string_append_printf(text, "%s%u",
                               i == from      ? ""
                               : i + 1 == end ? " and "
                                              : ", ",
                               finding->frames[i]);
}

/* How a connection came to its end: "a RST of the server". */
static void append_close(GString *text, const oxc_finding *finding)
{
    static const char *const kinds[] = {"a close", "a FIN", "a RST"};
    static const char *const sides[] = {"", " of the client", " of the server"};

    g_string_append(text, kinds[MIN(finding->closed_how, G_N_ELEMENTS(kinds) - 1)]);
    g_string_append(text, sides[MIN(finding->closed_by, G_N_ELEMENTS(sides) - 1)]);
}

static void append_value(GString *text, const char *name, size_t length, const oxc_finding *finding)
{
    uint64_t milliseconds = finding->value / (uint64_t)OXC_MILLISECOND;

    if (strncmp(name, "{frame}", length) == 0)
        g_string_append_printf(text, "%u", finding->frames[0]);
    else if (strncmp(name, "{frames}", length) == 0)
        append_frames(text, finding, 1);
    else if (strncmp(name, "{close}", length) == 0)
        append_close(text, finding);
    else if (strncmp(name, "{hex}", length) == 0)
        g_string_append_printf(text, "0x%08x", (unsigned)finding->value);
    else if (strncmp(name, "{status}", length) == 0)
        append_status(text, (uint32_t)finding->value);
    else if (strncmp(name, "{time}", length) == 0)
        g_string_append_printf(text, "%" PRIu64 ".%03u s", milliseconds / 1000,
                               (unsigned)(milliseconds % 1000));
    else if (strncmp(name, "{version}", length) == 0)
        append_version(text, finding->value);
    else if (strncmp(name, "{fields}", length) == 0)
        append_fields(text, (unsigned)finding->value);
}

void oxc_finding_append_text(GString *text, const oxc_finding *finding)
{
    const char *part, *end, *sections;

    if (finding->rule >= OXC_RULE_COUNT)
        return;
    sections = oxc_finding_sections(finding);
    part = text_of(finding, oxc_rules[finding->rule].sentence, http_texts[finding->rule].sentence);
    end = strchr(part, '|');
    if (end != NULL && finding->frames[1] != 0) {
        part = end + 1;
        end = NULL;
    }
    if (end == NULL)
        end = part + strlen(part);
    while (part < end) {
        size_t length = strcspn(part, "{|");

        g_string_append_len(text, part, (gssize)length);
        part += length;
        if (part < end) {
            length = strcspn(part, "}") + 1;
            append_value(text, part, length, finding);
            part += length;
        }
    }
    if (sections[0] != '\0')
        g_string_append_printf(text, " %s", sections);
}

/* report_lines.c
 * Words and lines of the report as text
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_lines.h"

#include <glib.h>
#include <inttypes.h>
#include <limits.h>

const char *oxc_transport_name(oxc_transport transport)
{
    switch (transport) {
    case OXC_TRANSPORT_RPC_TCP:
        return "RPC/TCP";
    case OXC_TRANSPORT_RPC_HTTP:
        return "RPC/HTTP";
    case OXC_TRANSPORT_MAPI_HTTP:
        return "MAPI/HTTP";
    case OXC_TRANSPORT_UNKNOWN:
        break;
    }
    return NULL;
}

int oxc_text_width(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

/* Whether a word is the unit of the number before it: "s", perhaps with a mark behind it. */
static bool is_unit(const char *word)
{
    return word && word[0] == 's' && (word[1] == '\0' || g_ascii_ispunct(word[1]));
}

static bool breaks_lines = true;

void oxc_print_long_lines(bool long_lines)
{
    breaks_lines = !long_lines;
}

void oxc_print_wrapped(FILE *file, const char *text, int begun, int indent)
{
    char **words = g_strsplit(text, " ", -1);
    int column = begun;
    int most = breaks_lines ? OXC_REPORT_WIDTH : INT_MAX - 1;
    bool fresh = true; /* nothing of the text is in this line */

    for (char **word = words; *word; word++) {
        int width = oxc_text_width(*word),
            unit = is_unit(word[1]) ? 1 + oxc_text_width(word[1]) : 0;

        if (!fresh && !is_unit(*word) && column + 1 + width + unit > most) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
            fresh = true;
        }
        fprintf(file, "%s%s", fresh ? "" : " ", *word);
        column += width + (fresh ? 0 : 1);
        fresh = false;
    }
    fputc('\n', file);
    g_strfreev(words);
}

void oxc_print_paragraph(FILE *file, const char *text)
{
    oxc_print_wrapped(file, text, 0, 0);
    fputc('\n', file);
}

char *oxc_seconds_text(int64_t nanoseconds)
{
    uint64_t size = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
    uint64_t milliseconds = (size + 500000) / 1000000;

    return g_strdup_printf("%s%" PRIu64 ".%03" PRIu64 " s", nanoseconds < 0 ? "-" : "",
                           milliseconds / 1000, milliseconds % 1000);
}

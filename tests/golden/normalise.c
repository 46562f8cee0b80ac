/* normalise.c
 * Takes out of tshark's output what differs between versions of Wireshark and is not ours
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "normalise.h"

#include <glib.h>

#define LONGEST_LINE 200

/* Replaces all matches, and frees @p text. */
static char *replace(char *text, const char *pattern, const char *replacement)
{
    GRegex *regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    char *result = g_regex_replace(regex, text, -1, 0, replacement, 0, NULL);

    g_regex_unref(regex);
    g_free(text);
    return result;
}

char *normalise_info(const char *info)
{
    char *text = g_strdup(info);

    text = replace(text, "\\[Malformed Packet\\]|\\[Long frame \\(\\d+ bytes?\\)\\]", "");
    text = replace(text, "\\[Dissector bug, protocol MAPI: .*\\]", "");
    text = replace(text, "\\[TCP ACKed unseen segment\\] ", "");
    text = replace(text, ", (Error|Status): (Unknown \\w+ error 0x[0-9a-f]{8}|[A-Z_]+)", "");
    text = replace(text, "( \\+ (op_MAPI_|Rop)\\w+)+", "");
    return replace(text, " DN: .*", "");
}

/* Cuts a line that is too long, and frees @p text. */
static char *cut(char *text)
{
    char *start, *result;

    if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) <= LONGEST_LINE) {
        return text;
    }
    start = g_utf8_substring(text, 0, LONGEST_LINE);
    result = g_strconcat(start, "…", NULL);
    g_free(start);
    g_free(text);
    return result;
}

char *normalise_tree_line(const char *line)
{
    char *text = g_strdup(line);

    text = replace(text, " \\[(…|truncated)\\](?=:)", "");
    text = replace(text, "([0-9a-f]{72})[0-9a-f]*…?", "\\1…");
    text = replace(text, "\\\\(x[0-9A-F]{2}|[0-7]{3})", "\\\\*");
    text = replace(text, "(\\[(Wait time|Delivery time|Time from request): ).*\\]$", "\\1*]");
    return cut(text);
}

char *normalise_value(const char *value)
{
    char *text = replace(g_strdup(value), "\\bTrue\\b", "1");

    return replace(text, "\\bFalse\\b", "0");
}

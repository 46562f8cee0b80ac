/* rows.c
 * What tshark shows of a capture, as fields of frames
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rows.h"

#include "normalise.h"

#include <stdlib.h>
#include <string.h>

/* A character that stands in no column and no field. */
#define SEPARATOR "\x1f"
/* Columns in front of the fields: frame, Info. */
#define FIXED_COLUMNS 2

static void free_row(gpointer data)
{
    frame_row *row = data;

    g_free(row->info);
    g_strfreev(row->values);
    g_free(row);
}

char **rows_field_names(const char *path)
{
    char *text;
    char **lines;
    size_t kept = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        g_printerr("%s cannot be read\n", path);
        return NULL;
    }
    lines = g_strsplit(text, "\n", -1);
    g_free(text);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (*lines[i] == '#' || *lines[i] == '\0') {
            g_free(lines[i]);
        } else {
            lines[kept++] = lines[i];
        }
    }
    lines[kept] = NULL;
    return lines;
}

static frame_row *parse_line(const char *line, size_t field_count)
{
    char **columns = g_strsplit(line, SEPARATOR, -1);
    frame_row *row = g_new0(frame_row, 1);

    if (g_strv_length(columns) != field_count + FIXED_COLUMNS) {
        g_printerr("tshark printed a line that is not one of fields: %s\n", line);
        g_strfreev(columns);
        g_free(row);
        return NULL;
    }
    row->frame = (unsigned)strtoul(columns[0], NULL, 10);
    row->info = g_strdup(columns[1]);
    row->malformed = strstr(row->info, "[Malformed Packet") != NULL;
    row->values = g_new0(char *, field_count + 1);
    for (size_t i = 0; i < field_count; i++) {
        row->values[i] = normalise_value(columns[FIXED_COLUMNS + i]);
    }
    g_strfreev(columns);
    return row;
}

static GPtrArray *parse(const char *output, size_t field_count)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    char **lines = g_strsplit(output, "\n", -1);

    for (size_t i = 0; lines[i] != NULL && rows != NULL; i++) {
        frame_row *row = *lines[i] != '\0' ? parse_line(lines[i], field_count) : NULL;

        if (row != NULL) {
            g_ptr_array_add(rows, row);
        } else if (*lines[i] != '\0') {
            g_ptr_array_free(rows, TRUE);
            rows = NULL;
        }
    }
    g_strfreev(lines);
    return rows;
}

static void add_option(GPtrArray *argv, const char *option)
{
    g_ptr_array_add(argv, (gpointer)option);
}

GPtrArray *rows_read(const tshark_sandbox *sandbox, const char *capture, const char *const *options,
                     char **fields, bool two_passes)
{
    static const char separator[] = "separator=" SEPARATOR;
    const char *const fixed[] = {
        "-r", capture,        "-Y", ROWS_FILTER,    "-T", "fields",       "-E", separator,
        "-E", "occurrence=a", "-E", "aggregator=,", "-e", "frame.number", "-e", "_ws.col.Info",
    };
    GPtrArray *argv = g_ptr_array_new();
    GPtrArray *rows = NULL;
    tshark_result result;

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        add_option(argv, fixed[i]);
    }
    for (; *options != NULL; options++) {
        add_option(argv, *options);
    }
    for (size_t i = 0; fields[i] != NULL; i++) {
        add_option(argv, "-e");
        add_option(argv, fields[i]);
    }
    add_option(argv, two_passes ? "-2" : NULL);
    add_option(argv, NULL);
    if (tshark_run(sandbox, true, (const char *const *)argv->pdata, &result)) {
        if (tshark_result_is_clean(sandbox, &result)) {
            rows = parse(result.output, g_strv_length(fields));
        }
        tshark_result_clear(&result);
    }
    g_ptr_array_free(argv, TRUE);
    return rows;
}

/* Length of the protocol's name in front of the first dot. */
static size_t protocol_length(const char *field)
{
    return strcspn(field, ".");
}

static void append_fields(GString *text, const frame_row *row, char **fields)
{
    const char *protocol = "";

    for (size_t i = 0; fields[i] != NULL; i++) {
        size_t length = protocol_length(fields[i]);

        if (*row->values[i] == '\0') {
            continue;
        }
        if (strncmp(fields[i], protocol, length + 1) != 0) {
            g_string_append_printf(text, "%s    %.*s:", *protocol != '\0' ? "\n" : "", (int)length,
                                   fields[i]);
            protocol = fields[i];
        }
        g_string_append_printf(text, " %s=%s", fields[i] + length + 1, row->values[i]);
    }
    if (*protocol != '\0') {
        g_string_append_c(text, '\n');
    }
}

char *rows_text(GPtrArray *rows, char **fields)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < rows->len; i++) {
        const frame_row *row = rows->pdata[i];

        char *info = normalise_info(row->info);

        g_string_append_printf(text, "%u %s\n", row->frame, info);
        g_free(info);
        append_fields(text, row, fields);
    }
    return g_string_free(text, FALSE);
}

const frame_row *rows_find(GPtrArray *rows, unsigned frame)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const frame_row *row = rows->pdata[i];

        if (row->frame == frame) {
            return row;
        }
    }
    return NULL;
}

const char *rows_value(const frame_row *row, char **fields, const char *field)
{
    for (size_t i = 0; fields[i] != NULL; i++) {
        if (strcmp(fields[i], field) == 0) {
            return row->values[i];
        }
    }
    return "";
}

bool rows_is_subsequence(const char *part, const char *whole)
{
    char **parts = g_strsplit(part, ",", -1);
    char **all = g_strsplit(whole, ",", -1);
    size_t matched = 0;

    for (size_t i = 0; all[i] != NULL && parts[matched] != NULL; i++) {
        if (strcmp(parts[matched], all[i]) == 0) {
            matched++;
        }
    }
    bool result = parts[matched] == NULL;

    g_strfreev(parts);
    g_strfreev(all);
    return result;
}

/* options.c
 * How the sanitizers behave in all fuzz targets
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

const char *__asan_default_options(void);

/* The memory that the sanitizer keeps back is new to the processor each time: with little of it the
 * targets run several times as fast. Nor is it noted where blocks were allocated: to see that of an
 * input that went wrong, run it with ASAN_OPTIONS=malloc_context_size=30. */
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:malloc_context_size=0:"
           "detect_leaks=0";
}

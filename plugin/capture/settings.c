/* settings.c
 * What the user chose, and the protocol to which the analysis belongs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "settings.h"

#include <epan/prefs.h>

int oxc_oxcnotif_id = -1;
static int proto_connection = -1;
oxc_bool oxc_pref_rpc_over_http = TRUE;
oxc_bool oxc_pref_mapi_over_http = TRUE;
static oxc_bool pref_assume_complete = FALSE;
static guint pref_grace = 10;

int oxc_connection_protocol(void)
{
    return proto_connection;
}

void oxc_settings_set_connection_protocol(int protocol)
{
    proto_connection = protocol;
}

oxc_settings oxc_settings_now(void)
{
    return (oxc_settings){.assume_complete = pref_assume_complete, .grace = pref_grace};
}

void oxc_settings_register(int protocol)
{
    module_t *module = prefs_register_protocol(protocol, NULL);

    oxc_oxcnotif_id = protocol;
    prefs_register_bool_preference(
        module, "assume_complete", "Treat every association as complete",
        "Report a handle that was never returned as a violation even if the capture does not hold "
        "the beginning of its association. Right for captures that are known to start before the "
        "client did; otherwise it causes false alarms.",
        &pref_assume_complete);
    prefs_register_uint_preference(
        module, "grace", "Grace time (seconds)",
        "Time that a client is given to fetch a notification before that is reported, and the "
        "tolerance around the five minutes of a wait.",
        10, &pref_grace);
    prefs_register_bool_preference(
        module, "rpc_over_http", "Analyse RPC over HTTP",
        "Decode the PDUs of RPC over HTTP virtual connections and pair their channels.",
        &oxc_pref_rpc_over_http);
    prefs_register_bool_preference(
        module, "mapi_over_http", "Analyse MAPI over HTTP",
        "Decode the calls of MAPI over HTTP, each part of an answer as it comes.",
        &oxc_pref_mapi_over_http);
}

/* settings.h
 * What the user chose, and the protocol to which the analysis belongs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SETTINGS_H
#define OXC_SETTINGS_H

#include "compat.h"

#include "sequence/tracker.h"

/** The preference oxcnotif.rpc_over_http. */
extern oxc_bool oxc_pref_rpc_over_http;

/** The preference oxcnotif.mapi_over_http. */
extern oxc_bool oxc_pref_mapi_over_http;

/** Registers the preferences of the protocol "oxcnotif" and remembers its id. */
void oxc_settings_register(int protocol);

/** Protocol id of the sequence analysis: the key of what it keeps in conversations and packets. */
extern int oxc_oxcnotif_id;
static inline int oxc_oxcnotif_protocol(void)
{
    return oxc_oxcnotif_id;
}

/** The key under which a conversation holds its oxc_rpc_connection and a packet what came of its
 *  segment. A conversation holds one thing a protocol, so it is another one's id. */
int oxc_connection_protocol(void);

/** Says which protocol that is; at registration. */
void oxc_settings_set_connection_protocol(int protocol);

/** What the tracker has to know of the preferences, as they are now. */
oxc_settings oxc_settings_now(void);

#endif /* OXC_SETTINGS_H */

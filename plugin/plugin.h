/* plugin.h
 * How the parts of the plugin are wired together
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PLUGIN_H
#define OXC_PLUGIN_H

/** Registers all protocols of the plugin, in the order in which they need each other. */
void oxc_register(void);

/** Hooks all dissectors in. */
void oxc_handoff(void);

#endif /* OXC_PLUGIN_H */

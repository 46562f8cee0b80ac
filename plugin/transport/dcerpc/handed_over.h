/* handed_over.h
 * Takes the stubs that Wireshark's DCE/RPC hands over to a sub-dissector
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HANDED_OVER_H
#define OXC_HANDED_OVER_H

/** Becomes the sub-dissector of the two interfaces, in front of Wireshark's own if there is one;
 *  for the handoff. */
void oxc_handed_over_handoff(void);

#endif /* OXC_HANDED_OVER_H */

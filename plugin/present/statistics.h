/* statistics.h
 * Statistics on the waits for Wireshark's Statistics menu and tshark -z oxcnotif,tree
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STATISTICS_H
#define OXC_STATISTICS_H

/** Registers the tree of counts and waiting times, and the table of contexts. */
void oxc_statistics_register(void);

#endif /* OXC_STATISTICS_H */

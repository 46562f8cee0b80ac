/* normalise.h
 * Takes out of tshark's output what differs between versions of Wireshark and is not ours
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TESTS_NORMALISE_H
#define OXC_TESTS_NORMALISE_H

/** The Info column without what Wireshark's own decode of EMSMDB and of TCP writes there: since 4.2
 *  the one reads all methods, many of them wrongly, and names the ROPs of EcDoRpc in another way;
 *  the other says less. Free the result. */
char *normalise_info(const char *info);

/** A line of the packet tree: long values end where 4.0 ends them; bytes of strings that are no
 *  characters, and times, which 4.6 puts into words, are left to the fields. Free the result. */
char *normalise_tree_line(const char *line);

/** The value of a field: 4.4 spells out what 4.0 shows as 1 and 0. Free the result. */
char *normalise_value(const char *value);

#endif /* OXC_TESTS_NORMALISE_H */

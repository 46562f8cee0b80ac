/* spec.h
 * Units of time, and values that the specifications give
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SPEC_H
#define OXC_SPEC_H

#include <stdint.h>

/* Times are in nanoseconds. */
#define OXC_MILLISECOND INT64_C(1000000)
#define OXC_SECOND      INT64_C(1000000000)

/** How long a server lets a wait be outstanding, [MS-OXCRPC] 3.3.4.1, [MS-OXCNOTIF] 3.1.5.3,
 *  [MS-OXCMAPIHTTP] 3.1.5.5. */
#define OXC_WAIT_LIMIT (300 * OXC_SECOND)

/* Return values of EcDoAsyncWaitEx, [MS-OXCRPC] 3.3.4.1, and the flag of pulFlagsOut. */
#define OXC_STATUS_EXITING       0x000003EDu
#define OXC_STATUS_REJECTED      0x000007EEu
#define OXC_NOTIFICATION_PENDING 0x00000001u

#endif /* OXC_SPEC_H */

/* status.c
 * Names of return values
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "status.h"

/* clang-format off */
#define METHOD_STATUSES                                                                            \
    {0x00000000, "Success"},                                                                       \
    {0x000003EB, "ecUnknownUser"},                                                                 \
    {0x000003ED, "ecExiting"},                                                                     \
    {0x000003F0, "ecServerOOM"},                                                                   \
    {0x000003F2, "ecLoginPerm"},                                                                   \
    {0x0000047D, "ecBufferTooSmall"},                                                              \
    {0x00000480, "ecServerBusy"},                                                                  \
    {0x000004B6, "ecRpcFormat"},                                                                   \
    {0x000004B9, "ecNullObject"},                                                                  \
    {0x000004DF, "ecClientVerDisallowed"},                                                         \
    {0x000004E0, "ecRpcHttpDisallowed"},                                                           \
    {0x000004E1, "ecCachedModeRequired"},                                                          \
    {0x000006BB, "RPC_S_SERVER_TOO_BUSY"},                                                         \
    {0x000006F7, "RPC_X_BAD_STUB_DATA"},                                                           \
    {0x000007D8, "ecProtocolDisabled"},                                                            \
    {0x000007EE, "ecRejected"},                                                                    \
    {0x00000970, "ecNotEncrypted"},                                                                \
    {0x80004005, "ecError"},                                                                       \
    {0x80040102, "ecNotSupported"},                                                                \
    {0x80040110, "ecVersionMismatch"},                                                             \
    {0x80040111, "ecLoginFailure"},                                                                \
    {0x80040115, "ecRpcFailed"},                                                                   \
    {0x80040305, "ecTooBig"},                                                                      \
    {0x80040605, "ecNotInitialized"},                                                              \
    {0x80070005, "ecAccessDenied"},                                                                \
    {0x80070057, "ecInvalidParam"}
/* clang-format on */

const value_string oxc_status_vals[] = {METHOD_STATUSES, {0, NULL}};

const value_string oxc_rop_status_vals[] = {
    METHOD_STATUSES,
    {0x00000478, "ecWrongServer"},
    {0x00000503, "ecDstNullObject"},
    {0x00040380, "ecWarnWithErrors"},
    {0x80040108, "ecInvalidObject"},
    {0x80040109, "ecObjectModified"},
    {0x8004010F, "ecNotFound"},
    {0x8007000E, "ecMAPIOOM"},
    {0, NULL},
};

/* property_names.c
 * Names of the properties that clients and servers talk of most
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_fields.h"

/* [MS-OXPROPS] 2, by property id. Ids from 0x8000 on mean something else in each mailbox. */
static const value_string names[] = {
    {0x0017, "PidTagImportance"},
    {0x001A, "PidTagMessageClass"},
    {0x0026, "PidTagPriority"},
    {0x0036, "PidTagSensitivity"},
    {0x0037, "PidTagSubject"},
    {0x0039, "PidTagClientSubmitTime"},
    {0x003B, "PidTagSentRepresentingSearchKey"},
    {0x003D, "PidTagSubjectPrefix"},
    {0x0040, "PidTagReceivedByName"},
    {0x0042, "PidTagSentRepresentingName"},
    {0x0065, "PidTagSentRepresentingEmailAddress"},
    {0x0070, "PidTagConversationTopic"},
    {0x0071, "PidTagConversationIndex"},
    {0x007D, "PidTagTransportMessageHeaders"},
    {0x0C15, "PidTagRecipientType"},
    {0x0C1A, "PidTagSenderName"},
    {0x0C1F, "PidTagSenderEmailAddress"},
    {0x0E03, "PidTagDisplayCc"},
    {0x0E04, "PidTagDisplayTo"},
    {0x0E06, "PidTagMessageDeliveryTime"},
    {0x0E07, "PidTagMessageFlags"},
    {0x0E08, "PidTagMessageSize"},
    {0x0E09, "PidTagParentEntryId"},
    {0x0E17, "PidTagMessageStatus"},
    {0x0E1B, "PidTagHasAttachments"},
    {0x0E1D, "PidTagNormalizedSubject"},
    {0x0E20, "PidTagAttachSize"},
    {0x0E21, "PidTagAttachNumber"},
    {0x0FF4, "PidTagAccess"},
    {0x0FF6, "PidTagInstanceKey"},
    {0x0FF9, "PidTagRecordKey"},
    {0x0FFE, "PidTagObjectType"},
    {0x0FFF, "PidTagEntryId"},
    {0x1000, "PidTagBody"},
    {0x1009, "PidTagRtfCompressed"},
    {0x1013, "PidTagBodyHtml"},
    {0x1035, "PidTagInternetMessageId"},
    {0x1081, "PidTagLastVerbExecuted"},
    {0x1090, "PidTagFlagStatus"},
    {0x3001, "PidTagDisplayName"},
    {0x3002, "PidTagAddressType"},
    {0x3003, "PidTagEmailAddress"},
    {0x3004, "PidTagComment"},
    {0x3007, "PidTagCreationTime"},
    {0x3008, "PidTagLastModificationTime"},
    {0x300B, "PidTagSearchKey"},
    {0x340D, "PidTagStoreSupportMask"},
    {0x35E0, "PidTagIpmSubTreeEntryId"},
    {0x3601, "PidTagFolderType"},
    {0x3602, "PidTagContentCount"},
    {0x3603, "PidTagContentUnreadCount"},
    {0x360A, "PidTagSubfolders"},
    {0x3613, "PidTagContainerClass"},
    {0x36E4, "PidTagFreeBusyEntryIds"},
    {0x3701, "PidTagAttachDataBinary"},
    {0x3705, "PidTagAttachMethod"},
    {0x3707, "PidTagAttachLongFilename"},
    {0x39FE, "PidTagSmtpAddress"},
    {0x3FDE, "PidTagInternetCodepage"},
    {0x3FF1, "PidTagMessageLocaleId"},
    {0x3FFD, "PidTagMessageCodepage"},
    {0x65E0, "PidTagSourceKey"},
    {0x65E2, "PidTagChangeKey"},
    {0x65E3, "PidTagPredecessorChangeList"},
    {0x6748, "PidTagFolderId"},
    {0x6749, "PidTagParentFolderId"},
    {0x674A, "PidTagMid"},
    {0x674D, "PidTagInstID"},
    {0x674E, "PidTagInstanceNum"},
    {0, NULL},
};

const char *oxc_property_name(uint16_t id)
{
    return try_val_to_str(id, names);
}

/* payload.h
 * Extended buffers and what they carry, as items and as facts for the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PAYLOAD_H
#define OXC_PAYLOAD_H

#include "compat.h"
#include "extended_buffer.h"
#include "lz77.h"
#include "reader.h"
#include "rop_state.h"

/** What is wrong with one block of an extended buffer. */
typedef enum {
    OXC_PAYLOAD_OK,
    OXC_PAYLOAD_SIZE,     /**< Size goes past the end of the buffer; the payload ends there */
    OXC_PAYLOAD_STREAM,   /**< the compressed stream is broken; the payload ends there */
    OXC_PAYLOAD_FLAGS,    /**< Flags has bits that are not defined */
    OXC_PAYLOAD_NOT_LESS, /**< Compressed, and Size is not less than SizeActual */
    OXC_PAYLOAD_TOO_MUCH, /**< not decompressed: more than the frame may cost */
    OXC_PAYLOAD_LEFTOVER, /**< the compressed stream goes on after SizeActual bytes */
} oxc_payload_fault;

/** One block of an extended buffer. */
typedef struct {
    oxc_ext_header header;
    tvbuff_t *tvb;           /**< the payload in the clear, once it is shown or passed; else NULL */
    const uint8_t *data;     /**< its bytes, #captured of them */
    size_t captured;         /**< bytes of it that could be had */
    size_t reported;         /**< its size */
    bool decoded;            /**< it was obfuscated or compressed: a data source of its own */
    oxc_payload_fault fault; /**< once this is said, nothing else is said of the payload */
    oxc_lz77_result result;  /**< of the decompression, where there was one */
    oxc_rop_replay replay;   /**< how its ROPs were read, by oxc_summarise_rops() */
} oxc_payload;

/** An extended buffer, decoded. It must not be copied. */
typedef struct {
    tvbuff_t *around;      /**< holds its bytes, */
    int offset;            /**< from here on: */
    size_t captured;       /**< so many, */
    size_t reported;       /**< of so many that were sent */
    const uint8_t *data;   /**< #captured of them */
    tvbuff_t *tvb;         /**< they alone, once it is shown; else NULL */
    oxc_payload *payloads; /**< #only, or an array that lives as long as the packet */
    unsigned count;
    oxc_payload only;     /**< of a buffer with Last in its first block, as nearly all are */
    oxc_ext_result end;   /**< why the chain ends where it does */
    oxc_ext_header fault; /**< the header that is wrong, where one is */
    size_t end_offset;    /**< of what stands behind the last payload */
} oxc_extended_buffer;

/** How far the payloads of a buffer could be walked; the worst of them. */
typedef enum {
    OXC_WALK_WHOLE,
    OXC_WALK_STOPPED, /**< at a ROP without a known layout, or at what a frame may cost */
    OXC_WALK_CUT,     /**< the capture ends before */
    OXC_WALK_DAMAGED,
} oxc_walk_state;

/** What rgbIn or rgbOut says. The arrays live as long as the packet. */
typedef struct {
    oxc_walk_state state;
    size_t rop_count;        /**< ROPs walked, the one where a walk ended included */
    oxc_rops rops;           /**< to the analysis */
    const uint32_t *pending; /**< SessionIndex of each RopPending, in order */
    size_t pending_count;
    /** Of the first RopNotify of a new mail: "New mail in folder 0x0123456789abcdef, message
     *  0x0123456789abcdef, class IPM.Note"; NULL if there is none or it was not asked for. */
    const char *new_mail;
} oxc_rop_summary;

/** Entries of an array of oxc_rop_summary; later ones are left out. */
enum { OXC_SUMMARY_MAX = 4096 };

/** Decodes rgbIn, rgbOut, rgbAuxIn or rgbAuxOut, [MS-OXCRPC] 2.2.2.1 and 3.1.4.1.1. Adds no item
 * and no data source. Up to the first block that is wrong or cut, and that block as far as it goes.
 *  @param offset    where the array begins in @p tvb
 *  @param captured  bytes of it that are there
 *  @param reported  the count of the array
 *  @param buffer    gets what was read; what it points to lives as long as the packet */
void oxc_read_extended_buffer(tvbuff_t *tvb, int offset, int captured, int reported,
                              packet_info *pinfo, oxc_extended_buffer *buffer);

/** Shows a payload.
 *  @param quiet  something in front of it is damaged already: add no expert item
 *  @return true if it is damaged, and an expert item says so */
typedef bool (*oxc_payload_shower)(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                                   bool request, bool quiet);

/** Shows an extended buffer and hands its payloads to @p show. The first damage is said in one
 *  expert item, wherever it is; what stands behind it is shown as far as it goes. That the buffer
 *  is cut is said only in the text, as the stub around it says so. */
void oxc_show_extended_buffer(oxc_extended_buffer *buffer, packet_info *pinfo, proto_tree *tree,
                              bool request, oxc_payload_shower show);

/** What oxc_show_extended_buffer() would add to a packet without a tree, if nothing is wrong with
 *  the buffer: its decoded payloads as data sources.
 *  @return false if there may be more to say of it */
bool oxc_pass_extended_buffer(oxc_extended_buffer *buffer, packet_info *pinfo);

/** Reads the ROPs of rgbIn or rgbOut without showing them, and remembers what later ones rest on.
 *  To be called once for a PDU on each pass, before they are shown.
 *  @param tell  describe a new mail
 *  @param call  what the PDU belongs to, or NULL where that is not known: then what rests on other
 *               calls is not read */
oxc_rop_summary oxc_summarise_rops(oxc_extended_buffer *buffer, packet_info *pinfo, bool request,
                                   bool tell, const oxc_rop_call *call);

/** Begin and end a file. */
void oxc_rops_init(void);
void oxc_rops_cleanup(void);

/** Calls of a channel may be missing from the capture, see oxc_rop_state_lost(). Only on the first
 *  pass. */
void oxc_rops_lost(uint32_t channel);

/** A session begins or ends, see oxc_rop_state_forget(). Only on the first pass. */
void oxc_rops_forget(uint64_t session);

/** The payloads of rgbIn and rgbOut, [MS-OXCROPS] 2.2.1. */
bool oxc_show_rop_payload(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                          bool request, bool quiet);

/** The payloads of rgbAuxIn and rgbAuxOut, [MS-OXCRPC] 2.2.2.2. */
bool oxc_show_auxiliary_payload(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                                bool request, bool quiet);

/** Register the fields, which belong to the protocol EMSMDB, whose id is @p proto. */
void oxc_register_extended_buffers(int proto);
void oxc_register_rops(int proto);
void oxc_register_auxiliary(int proto);

/** Takes from one part of a budget. What is not left is not given, and nothing after it. */
bool oxc_take(size_t *left, size_t count);

/** Takes items from the budget of a frame. That they are used up is said once, at @p item.
 *  @return false if none may be added any more */
bool oxc_take_items(packet_info *pinfo, proto_item *item, size_t count);

/** How a field of a payload is shown. */
typedef struct {
    int *hf;
    unsigned encoding;
} oxc_field_item;

/** Describes in @p text why a reader stopped: "FolderId needs 8 bytes at byte 12, 3 are left".
 *  or, where enough are left, "FolderId at byte 12 has a value out of range".
 *  @param name  of the field that could not be read, or NULL
 *  @param size  bytes that it should have
 *  @param end   where what contains it ends */
void oxc_describe_fault(wmem_strbuf_t *text, const char *name, size_t offset, size_t size,
                        size_t end);

#endif /* OXC_PAYLOAD_H */

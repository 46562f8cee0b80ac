/* rules.h
 * The rule table: what each rule is, and the text of a finding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RULES_H
#define OXC_RULES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    OXC_CLASS_VIOLATION, /**< proven by the packets */
    OXC_CLASS_SUSPICION, /**< likely from the packets */
} oxc_class;

typedef enum { OXC_SEVERITY_NOTE, OXC_SEVERITY_WARNING, OXC_SEVERITY_ERROR } oxc_severity;

typedef enum { OXC_ACTOR_CLIENT, OXC_ACTOR_SERVER, OXC_ACTOR_NETWORK } oxc_actor;

/** When rules look: at which PDUs, or at which parts of a message of MAPI over HTTP. Only PDUs that
 *  were read get this far. A rule has a set of these. */
typedef enum {
    OXC_AT_WAIT_REQUEST = 1 << 0,
    OXC_AT_WAIT_RESPONSE = 1 << 1,
    OXC_AT_ISSUE_REQUEST = 1 << 2, /**< EcDoAsyncConnectEx */
    OXC_AT_ISSUE_RESPONSE = 1 << 3,
    OXC_AT_EXECUTE_REQUEST = 1 << 4, /**< EcDoRpcExt2 */
    OXC_AT_EXECUTE_RESPONSE = 1 << 5,
    OXC_AT_CLOSE_REQUEST = 1 << 6, /**< EcDoDisconnect */
    OXC_AT_CLOSE_RESPONSE = 1 << 7,
    /** The head of the request, or its body where that decides whether it is a call. */
    OXC_AT_HTTP_REQUEST = 1 << 8,
    OXC_AT_HTTP_RESPONSE_BEGIN = 1 << 9,
    OXC_AT_HTTP_RESPONSE_HEAD = 1 << 10,
    OXC_AT_HTTP_RESPONSE_PIECE = 1 << 11, /**< the head and the last byte included */
    OXC_AT_HTTP_RESPONSE_END = 1 << 12,
    /** Of a rule, beside these: it rests on what only a capture of packets shows. */
    OXC_BY_PACKETS = 1 << 15,
} oxc_moment;

/** One enumerator a row of rules.def, in its order: OXC_RULE_wait_null_handle, ... */
typedef enum {
#define OXC_RULE(id, ...) OXC_RULE_##id,
#include "rules.def"
    OXC_RULE_COUNT
} oxc_rule_id;

/** The rules from here on are those of MAPI over HTTP alone. */
#define OXC_RULES_OF_RPC OXC_RULE_wait_without_cookie

typedef struct {
    const char *name; /**< as in oxcnotif.violation: "wait-null-handle" */
    oxc_class rule_class;
    oxc_severity severity;
    oxc_actor actor;
    unsigned at;              /**< of #oxc_moment */
    const char *sentence;     /**< with fields in braces, see rules.def */
    const char *sections;     /**< "[MS-OXCRPC] 3.3.4.1" */
    const char *requirements; /**< requirement ids with a space between, or "" */
    const char *fault;        /**< who is at fault, for people: "client" */
    const char *summary;      /**< what the rule is about, for people */
    const char *remedy;       /**< what to do about it */
} oxc_rule;

extern const oxc_rule oxc_rules[OXC_RULE_COUNT];

/** How many frames of its evidence a finding can name. */
#define OXC_FINDING_FRAMES 8

/** One rule that one PDU breaks. */
typedef struct {
    uint16_t rule;      /**< oxc_rule_id */
    uint8_t severity;   /**< oxc_severity: the rule's, or the lower one of its check */
    uint8_t closed_how; /**< wait-cut-repeatedly: oxc_close_kind */
    uint8_t closed_by;  /**< wait-cut-repeatedly: oxc_side */
    bool over_http;     /**< on MAPI over HTTP */
    /** Other frames of the evidence, 0 behind the last. */
    uint32_t frames[OXC_FINDING_FRAMES];
    /** For {hex} and the like: flags, status, version or nanoseconds. */
    uint64_t value;
} oxc_finding;

/** What a rule says of one PDU, and what is kept of it: the later waits of wait-overlap are found
 *  again when they are shown. */
typedef struct {
    uint64_t value;
    uint32_t frames[2];
    uint8_t rule;
    uint8_t severity;
    uint8_t closed_how;
    uint8_t closed_by;
    bool over_http;
} oxc_verdict;

/** The sections and the requirement ids behind a finding, as in #oxc_rule. */
const char *oxc_finding_sections(const oxc_finding *finding);
const char *oxc_finding_requirements(const oxc_finding *finding);

/** Whether a rule of the RPC transports is one of MAPI over HTTP as well. */
bool oxc_rule_is_over_http(oxc_rule_id rule);

/** The name of a return value of the two interfaces, or NULL if it has none. Static. */
const char *oxc_status_name(uint32_t status);

/** Appends the sentence of a finding, its frames and values filled in, with the sections. */
void oxc_finding_append_text(GString *text, const oxc_finding *finding);

#endif /* OXC_RULES_H */

# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The ids of the rules that a scenario may expect, with their class."""

VIOLATIONS = """
wait-null-handle wait-without-connect wait-overlap wait-after-error wait-after-disconnect
flags-in-nonzero connect-null-session connect-without-session connect-after-disconnect
connect-unsupported-server connect-null-on-success connect-handle-on-failure
connect-handle-reused session-handle-changed disconnect-handle-not-null flags-out-reserved
rop-notify-in-request notify-flags-invalid
wait-without-cookie request-without-cookie request-after-disconnect request-overlap
sequence-cookie-stale context-not-set cookie-reused event-pending-invalid stream-invalid
request-header-missing response-header-missing request-id-not-echoed request-id-reused
""".split()

SUSPICIONS = """
wait-handle-unknown wait-overlap-suspected wait-races-disconnect wait-busy-loop
notification-not-fetched connect-session-unknown connect-races-disconnect connect-repeated
connect-not-followed-by-wait overlap-not-rejected rejected-without-overlap
wait-completed-early wait-overdue wait-dropped wait-unanswered wait-cut-repeatedly
retry-on-lost-context context-lost session-expired response-not-immediate keepalive-overdue
response-cut auth-rejected-repeatedly
""".split()

CLASSES = {**dict.fromkeys(VIOLATIONS, "V"), **dict.fromkeys(SUSPICIONS, "S")}

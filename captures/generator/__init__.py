# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the captures of this folder from their scenarios."""

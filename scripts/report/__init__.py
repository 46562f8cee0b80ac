# The parts of analyse.py
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

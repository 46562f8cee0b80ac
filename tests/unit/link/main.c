/* main.c
 * Nothing: that this links with the whole sequence part is the test
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

int main(void)
{
    return 0;
}

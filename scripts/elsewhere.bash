# elsewhere.bash: what a machine without Debian's packages must bring itself, and what to say of it
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck shell=bash
#
# Works with bash 3.2 as far as it must to say that it is too old.

# ./run and ./test use arrays that may be empty under "set -u", and mapfile.
if [ "${BASH_VERSINFO[0]}" -lt 4 ] || [ "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}" = 4.0 ] ||
    [[ "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}" =~ ^4\.[123]$ ]]; then
    printf '%s: bash 4.4 or later is needed, this is %s (on macOS: brew install bash)\n' \
        "${oxc_program:-oxcnotif}" "$BASH_VERSION" >&2
    exit 2
fi

# A row a part: what it is, then its package in Fedora, openSUSE, Arch, Alpine, Homebrew and Debian.
oxc_parts="
tshark:wireshark-cli:wireshark:wireshark-cli:tshark:wireshark:tshark
headers of Wireshark:wireshark-devel:wireshark-devel:wireshark-cli:wireshark-dev:wireshark:wireshark-dev
headers of GLib:glib2-devel:glib2-devel:glib2:glib-dev:glib:libglib2.0-dev
header of libgcrypt:libgcrypt-devel:libgcrypt-devel:libgcrypt:libgcrypt-dev:libgcrypt:libgcrypt20-dev
cmake:cmake:cmake:cmake:cmake:cmake:cmake
ninja:ninja-build:ninja:ninja:samurai:ninja:ninja-build
C compiler:gcc:gcc:gcc:build-base:gcc:gcc
pkg-config:pkgconf-pkg-config:pkgconf-pkg-config:pkgconf:pkgconf:pkgconf:pkgconf
python3:python3:python3:python:python3:python:python3
flock:util-linux-core:util-linux:util-linux:flock:flock:util-linux
setpriv:util-linux-core:util-linux:util-linux:setpriv:util-linux:util-linux
GNU coreutils:coreutils:coreutils:coreutils:coreutils:coreutils:coreutils
GNU findutils:findutils:findutils:findutils:findutils:findutils:findutils
"

has_header() {
    local folder
    for folder in /usr/include /usr/local/include /opt/homebrew/include; do
        [ ! -e "$folder/$1" ] || return 0
    done
    return 1
}

# True if a part is here. $1: as in the table
has_part() {
    case $1 in
    'headers of Wireshark') pkg-config --exists wireshark 2>/dev/null ||
        has_header wireshark/epan/packet.h ;;
    'headers of GLib') pkg-config --exists glib-2.0 2>/dev/null ;;
    'header of libgcrypt') pkg-config --exists libgcrypt 2>/dev/null || has_header gcrypt.h ;;
    'C compiler') command -v cc >/dev/null ;;
    setpriv) [ "$EUID" -ne 0 ] || command -v setpriv >/dev/null ;;
    # The options that ./run and ./test use.
    'GNU coreutils') realpath -m -s -- /none >/dev/null 2>&1 && stat -L -c %s / >/dev/null 2>&1 &&
        env -C / true 2>/dev/null ;;
    'GNU findutils') find / -maxdepth 0 -printf '' 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# Prints the column of the table for this system and how its packages are installed, or nothing.
this_system() {
    local file=${OXCNOTIF_OS_RELEASE:-/etc/os-release} ids=
    if [ "$(uname -s)" = Darwin ]; then
        echo '6 brew install'
        return
    fi
    [ ! -r "$file" ] || ids=$(sed -n 's/^ID\(_LIKE\)\{0,1\}=//p' "$file" | tr -d "\"'" | tr '\n' ' ')
    case " $ids " in
    *' fedora '* | *' rhel '*) echo '2 sudo dnf install' ;;
    *' suse '* | *' opensuse '*) echo '3 sudo zypper install' ;;
    *' arch '*) echo '4 sudo pacman -S' ;;
    *' alpine '*) echo '5 sudo apk add' ;;
    esac
}

# Ends, naming all that is missing, unless the machine has what the build and tshark need.
check_parts() {
    local part system missing='' packages=''
    system=$(this_system)
    while IFS= read -r part; do
        if [ -z "$part" ] || has_part "${part%%:*}"; then continue; fi
        missing+="${missing:+, }${part%%:*}"
        if [ -n "$system" ]; then
            packages+=" $(printf '%s' "$part" | cut -d : -f "${system%% *}")"
        else
            missing+=" (Debian: ${part##*:})"
        fi
    done <<<"$oxc_parts"
    [ -n "$missing" ] || return 0
    # Several parts may come with one package.
    packages=$(printf '%s\n' "$packages" | tr ' ' '\n' | awk 'NF && !seen[$0]++' | tr '\n' ' ')
    fail "missing: $missing${system:+; to install: ${system#* } ${packages% }}"
}

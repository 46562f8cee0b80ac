# common.bash: what ./run and ./test share: packages, the build, and a tshark that loads the plugin
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck shell=bash disable=SC2034,SC2154
#
# Sourced with oxc_program (the name to put in front of messages) set.

# shellcheck source=scripts/elsewhere.bash
. "${BASH_SOURCE[0]%/*}/elsewhere.bash"

oxc_source=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
oxc_scratch=
oxc_build=

# Wireshark's header of TLS includes that of libgcrypt.
build_packages=(tshark wireshark-dev cmake ninja-build gcc libc6-dev pkgconf libglib2.0-dev
    libgcrypt20-dev python3)

# The one line that says why nothing more can be done.
fail() {
    printf '%s: %s\n' "$oxc_program" "$*" >&2
    exit 2
}

# Progress is for people: silent unless they watch.
progress() {
    if [ -t 2 ]; then
        printf '%s\n' "$*" >&2
    fi
}

# A folder of this process, which another user may read; gone at the end.
make_scratch() {
    local base
    [ -z "$oxc_scratch" ] || return 0
    for base in "$([ "$EUID" -eq 0 ] || printf '%s' "${TMPDIR:-}")" /tmp /var/tmp; do
        if [ -d "$base" ] && oxc_scratch=$(mktemp -d "$base/oxcnotif.XXXXXX" 2>/dev/null); then
            chmod 755 "$oxc_scratch"
            trap 'rm -rf -- "$oxc_scratch"' EXIT
            return 0
        fi
    done
    fail "no temporary folder can be made in /tmp or /var/tmp"
}

# --- packages ---

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            printf '%s\n' "$package"
    done
}

# Runs a command as root, asking for a password only where somebody can type one.
as_root() {
    if [ "$EUID" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# apt-get, waiting for another one to end. Its output goes to the file apt_log.
apt_get() {
    local tries=60
    while ! as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=600 "$@" >"$apt_log" 2>&1; do
        grep -qE 'Could not get lock|Unable to lock' "$apt_log" || return 1
        ((--tries > 0)) || return 1
        sleep 10
    done
}

# Installs those of the packages that are missing.
need_packages() {
    local -a missing
    if ! command -v dpkg-query >/dev/null; then
        check_parts
        return
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$EUID" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "not installed, and neither root nor sudo to install it with: ${missing[*]}"
    fi
    if [ "$EUID" -ne 0 ] && [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
        fail "not installed, and sudo asks for a password: ${missing[*]}"
    fi
    progress "Installing ${missing[*]}"
    make_scratch
    apt_log=$oxc_scratch/apt.log
    if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null &&
        apt_get install --no-install-recommends "${missing[@]}"; then
        return 0
    fi
    # No package lists, or too old ones.
    if ! apt_get update || ! apt_get install --no-install-recommends "${missing[@]}"; then
        fail "could not be installed: ${missing[*]} ($(grep -m 1 '^E: ' "$apt_log" || tail -n 1 "$apt_log"))"
    fi
}

# --- build ---

# In the tree where that can be written, else in the user's cache. OXCNOTIF_BUILD overrides both.
choose_build_folder() {
    local key
    if [ -n "${OXCNOTIF_BUILD:-}" ]; then
        oxc_build=$(realpath -m -- "$OXCNOTIF_BUILD")
    elif [ -w "$oxc_source/build" ] || { [ ! -e "$oxc_source/build" ] && [ -w "$oxc_source" ]; }; then
        oxc_build=$oxc_source/build
    else
        key=$(printf '%s' "$oxc_source" | cksum | cut -d ' ' -f 1)
        oxc_build=${XDG_CACHE_HOME:-${HOME:?}/.cache}/oxcnotif/build-$key
    fi
    mkdir -p -- "$oxc_build" 2>/dev/null || fail "the build folder $oxc_build cannot be made"
}

configure() {
    cmake -S "$oxc_source" -B "$oxc_build" -G Ninja "$@" >"$oxc_build/configure.log" 2>&1
}

# The first error of CMake in a log, in one line. CMake breaks it into lines, with empty ones around.
cmake_error() {
    awk '/^CMake Error/ { said = 1 }
        said && (/^Call Stack/ || /^-- /) { exit }
        said { text = text " " $0 }
        END { gsub(/ +/, " ", text); print substr(text, 2) }' "$1"
}

# Configures and builds what has changed. $1: targets, as words; the rest: options for CMake.
# Another ./run or ./test of the same build folder waits.
build() {
    local -a targets
    read -r -a targets <<<"$1"
    shift
    choose_build_folder
    exec 9>"$oxc_build/.lock"
    flock 9
    if [ ! -e "$oxc_build/build.ninja" ] || [ $# -gt 0 ]; then
        progress "Configuring in $oxc_build"
        if ! configure "$@"; then
            # The folder may stem from another place or another Wireshark.
            rm -rf -- "$oxc_build/CMakeCache.txt" "$oxc_build/CMakeFiles"
            configure "$@" || fail "CMake failed ($oxc_build/configure.log):" \
                "$(cmake_error "$oxc_build/configure.log")"
        fi
    fi
    progress "Building"
    if ! ninja -C "$oxc_build" "${targets[@]}" >"$oxc_build/build.log" 2>&1; then
        grep -vE '^(ninja: |\[[0-9]+/[0-9]+\])' "$oxc_build/build.log" >&2 || true
        fail "the build failed ($oxc_build/build.log)"
    fi
    exec 9>&-
}

# --- tshark ---

# Sets up the array oxc_tshark, which runs tshark with the plugin that was built and with nothing
# of the user's profile, and oxc_user, which runs a command as the user that tshark runs as.
# Wireshark loads no plugin from an environment variable when root runs it, so there it is nobody.
prepare_tshark() {
    local plugin
    make_scratch
    # Not while another ./run or ./test builds it.
    exec 9>>"$oxc_build/.lock"
    flock -s 9
    plugin=$(find "$oxc_build/plugins" -name oxcnotif.so -printf '%T@ %P\n' 2>/dev/null |
        sort -n | tail -n 1 | cut -d ' ' -f 2)
    [ -n "$plugin" ] || fail "the plugin is missing in $oxc_build/plugins"
    mkdir -p "$oxc_scratch/plugins/$(dirname "$plugin")" "$oxc_scratch/home"
    cp -- "$oxc_build/plugins/$plugin" "$oxc_scratch/plugins/$plugin"
    exec 9>&-
    chmod -R a+rX "$oxc_scratch/plugins" "$oxc_scratch/home"
    oxc_user=(env)
    if [ "$EUID" -eq 0 ]; then
        # Not in a folder that it may not enter, either: dissectors look for files there.
        oxc_user=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs
            env -C "$oxc_scratch/home")
    fi
    oxc_tshark=("${oxc_user[@]}" -u WIRESHARK_RUN_FROM_BUILD_DIRECTORY -u XDG_CONFIG_HOME
        LC_ALL=C.UTF-8 "HOME=$oxc_scratch/home"
        "WIRESHARK_CONFIG_DIR=${WIRESHARK_CONFIG_DIR:-$oxc_scratch/home}"
        "WIRESHARK_PLUGIN_DIR=$oxc_scratch/plugins" tshark)
}

# Ends with one line unless tshark has loaded the plugin: tshark itself would go on without it.
prove_plugin_loaded() {
    local log=$oxc_scratch/plugins.log list=$oxc_scratch/plugins.list
    # Not in a pipe: it may break where grep has seen enough.
    if ! "${oxc_tshark[@]}" -G plugins >"$list" 2>"$log" </dev/null ||
        ! grep -qF "$oxc_scratch/plugins/" "$list"; then
        fail "tshark did not load the plugin:" \
            "$(tr '\n' ' ' <"$log" | cut -c 1-300 | grep . || echo 'it gives no reason')"
    fi
}

# True if tshark's user can open a file by its absolute path.
tshark_can_read() {
    "${oxc_user[@]}" test -r "$(realpath -s -- "$1")"
}

# Prints the absolute path of a file, or of a copy where tshark's user cannot read it.
readable_path() {
    local copy
    if tshark_can_read "$1"; then
        realpath -s -- "$1"
        return
    fi
    copy=$(mktemp -d "$oxc_scratch/copy.XXXXXX")
    chmod 755 "$copy"
    cp -- "$1" "$copy/capture" || fail "$1 cannot be copied to $copy"
    chmod 444 "$copy/capture"
    printf '%s\n' "$copy/capture"
}

# chroot.bash: runs the test suite in another Debian release, for its version of Wireshark
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# shellcheck shell=bash disable=SC2154

oxc_cache=

choose_cache_folder() {
    oxc_cache=${OXCNOTIF_CACHE:-/var/cache/oxcnotif}
    if ! mkdir -p -- "$oxc_cache" 2>/dev/null || [ ! -w "$oxc_cache" ]; then
        oxc_cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/oxcnotif
        mkdir -p -- "$oxc_cache"
    fi
}

# Ends, saying why the other release cannot be had here; 77 as in ctest and automake.
skip_release() {
    printf 'Skipped: the tests in Debian %s: %s\n' "$1" "$2"
    exit 77
}

# Makes the smallest system of a release. $1: release; $2: folder
make_release() {
    local mirror=${OXCNOTIF_MIRROR:-http://deb.debian.org}/debian script=() log problem
    problem=$(need_packages debootstrap 2>&1) || skip_release "$1" "${problem##*$'\n'}"
    make_scratch
    log=$oxc_scratch/debootstrap.log
    [ -e "/usr/share/debootstrap/scripts/$1" ] || script=(/usr/share/debootstrap/scripts/sid)
    progress "Making a Debian $1 in $2"
    rm -rf -- "$2.partial"
    # What it mounts goes with its namespace, even if it is killed.
    if ! unshare --mount debootstrap --variant=minbase "$1" "$2.partial" "$mirror" "${script[@]}" \
        >"$log" 2>&1; then
        skip_release "$1" "debootstrap failed ($(grep -m 1 '^E: ' "$log" || tail -n 1 "$log"))"
    fi
    # The release file of a distribution in the making may be stale; its signature is still checked.
    echo 'Acquire::Check-Valid-Until "false";' >"$2.partial/etc/apt/apt.conf.d/90valid-until"
    mv -- "$2.partial" "$2"
}

# Runs ./test in a Debian release and ends with its exit status.
# $1: release; $2: not empty to update the golden files; the rest: options for ./test
run_in_chroot() {
    local release=$1 update=$2 root build
    shift 2
    [ "$EUID" -eq 0 ] || skip_release "$release" "only root can make and enter it"
    unshare --mount true 2>/dev/null || skip_release "$release" "mounting is not allowed here"
    choose_cache_folder
    root=$oxc_cache/$release
    exec 8>"$root.lock"
    flock 8
    [ -e "$root" ] || make_release "$release" "$root"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
    mkdir -p "$root/src" "$root/proc"
    # Each tree has its own, though all are /src inside: what is newer is told by file times.
    build=/var/cache/oxcnotif/build-$(printf '%s' "$oxc_source" | cksum | cut -d ' ' -f 1)
    # The mounts go with their namespace.
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec unshare --mount --propagation private bash -c '
        release=$1 root=$2 source=$3 build=$4 update=$5
        shift 5
        skip() {
            echo "Skipped: the tests in Debian $release: $1 cannot be mounted"
            exit 77
        }
        mount -t proc proc "$root/proc" || skip /proc
        mount --bind "$source" "$root/src" || skip "the source folder"
        [ -n "$update" ] || mount -o remount,bind,ro "$root/src" || skip "the source folder"
        exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}" \
            LC_ALL=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} OXCNOTIF_IN_CHROOT="$release" \
            OXCNOTIF_BUILD="$build" /src/test ${update:+--update-golden} "$@"
    ' chroot "$release" "$root" "$oxc_source" "$build" "$update" "$@"
}

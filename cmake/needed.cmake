# What the plugin is built with, and what to say where it is missing
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

if(MSVC)
	message(FATAL_ERROR "With Visual C++ the plugin is built inside Wireshark's sources: "
		"docs/building.md says how.")
endif()

find_package(Wireshark 4.0 CONFIG QUIET)
if(NOT Wireshark_FOUND)
	if(Wireshark_CONSIDERED_VERSIONS)
		set(found "found: ${Wireshark_CONSIDERED_VERSIONS}")
	else()
		set(found "none was found; Debian has them in wireshark-dev, Fedora and openSUSE in \
wireshark-devel, Arch in wireshark-cli, Alpine in wireshark-dev, Homebrew in wireshark")
	endif()
	message(FATAL_ERROR "The headers of Wireshark 4.0 or later are needed (${found}).")
endif()
if(NOT Wireshark_PLUGINS_ENABLED)
	message(FATAL_ERROR "This Wireshark was built without support for plugins.")
endif()

find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
	message(FATAL_ERROR "pkg-config is needed (Debian: pkgconf).")
endif()
pkg_check_modules(GLIB QUIET IMPORTED_TARGET glib-2.0)
if(NOT GLIB_FOUND)
	message(FATAL_ERROR "The headers of GLib are needed (Debian: libglib2.0-dev, Fedora: "
		"glib2-devel, openSUSE: glib2-devel, Arch: glib2, Alpine: glib-dev, Homebrew: glib).")
endif()

# Wireshark's header of TLS includes that of libgcrypt.
pkg_check_modules(GCRYPT QUIET libgcrypt)
find_path(oxc_gcrypt_folder gcrypt.h HINTS ${GCRYPT_INCLUDE_DIRS} ${GCRYPT_INCLUDEDIR})
if(NOT oxc_gcrypt_folder)
	message(FATAL_ERROR "The header of libgcrypt is needed (Debian: libgcrypt20-dev, Fedora: "
		"libgcrypt-devel, openSUSE: libgcrypt-devel, Arch: libgcrypt, Alpine: libgcrypt-dev, "
		"Homebrew: libgcrypt).")
endif()

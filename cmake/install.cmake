# Where the plugin, its profile and its manual page are installed, and how they are removed again
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Without a prefix: the personal folders of the user who runs `cmake --install`.
# With -DCMAKE_INSTALL_PREFIX or `cmake --install --prefix`: Wireshark's folders below that prefix.

# Windows has no HOME, but for MSYS2.
set(oxc_home "$ENV{HOME}")
if(NOT oxc_home)
	file(TO_CMAKE_PATH "$ENV{USERPROFILE}" oxc_home)
endif()
set(oxc_personal_prefix "${oxc_home}/.local")
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
	set(CMAKE_INSTALL_PREFIX "${oxc_personal_prefix}" CACHE PATH "Installation prefix" FORCE)
endif()

set(oxc_profile "Exchange Notifications")
set(CPACK_PACKAGE_NAME wireshark-oxcnotif)
configure_file(cmake/install_plugin.cmake.in install_plugin.cmake @ONLY)
file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/plugin_file.cmake"
	CONTENT "set(oxc_plugin_file \"$<TARGET_FILE:oxcnotif>\")\n")
install(SCRIPT "${CMAKE_BINARY_DIR}/install_plugin.cmake")

add_custom_target(uninstall
	COMMAND ${CMAKE_COMMAND} "-DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt"
		"-DPROFILE=${oxc_profile}" -P "${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake"
	COMMENT "Removing the installed plugin"
	VERBATIM)

# `cpack` in the build folder makes a Debian package. A plugin loads only in the minor version of
# Wireshark that it was built for.
math(EXPR oxc_next_minor "${Wireshark_MINOR_VERSION} + 1")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX "${Wireshark_INSTALL_PREFIX}")
set(CPACK_PACKAGE_CONTACT "The oxcnotif authors <oxcnotif@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${CMAKE_SOURCE_DIR}/COPYING")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "wireshark-common (>= ${oxc_wireshark_minor}), \
wireshark-common (<< ${Wireshark_MAJOR_VERSION}.${oxc_next_minor}~)")
include(CPack)

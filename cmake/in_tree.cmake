# The build inside Wireshark's sources, by Wireshark's own macros
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# This is the only way to a plugin for Wireshark's own installers on Windows, and for Wireshark.app
# on macOS. The sources lie in plugins/epan/oxcnotif, and Wireshark is configured with
# -DCUSTOM_PLUGIN_SRC_DIR=plugins/epan/oxcnotif. The same from 4.0 on.

include(WiresharkPlugin)

string(REPLACE "." ";" oxc_version_parts ${OXC_VERSION})
set_module_info(oxcnotif ${oxc_version_parts} 0)

file(GLOB_RECURSE oxc_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
	${CMAKE_CURRENT_SOURCE_DIR}/plugin/*.c)
set(PLUGIN_FILES ${oxc_sources})
set_source_files_properties(${PLUGIN_FILES} PROPERTIES COMPILE_FLAGS "${WERROR_COMMON_FLAGS}")

add_wireshark_plugin_library(oxcnotif epan)
target_include_directories(oxcnotif PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/plugin)
target_compile_definitions(oxcnotif PRIVATE OXC_VERSION="${OXC_VERSION}")
target_link_libraries(oxcnotif epan)

install_plugin(oxcnotif epan)

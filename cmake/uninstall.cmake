# Removes what the last `cmake --install` of this build folder has installed
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

if(NOT EXISTS "${MANIFEST}")
	message(FATAL_ERROR "Nothing was installed from this build folder.")
endif()
file(STRINGS "${MANIFEST}" files)
foreach(file IN LISTS files)
	if(EXISTS "$ENV{DESTDIR}${file}" OR IS_SYMLINK "$ENV{DESTDIR}${file}")
		message(STATUS "Removing: $ENV{DESTDIR}${file}")
		file(REMOVE "$ENV{DESTDIR}${file}")
	else()
		message(STATUS "Not there any more: $ENV{DESTDIR}${file}")
	endif()
endforeach()

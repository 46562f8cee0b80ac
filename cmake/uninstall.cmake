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
	get_filename_component(folder "$ENV{DESTDIR}${file}" DIRECTORY)
	if(folder MATCHES "/${PROFILE}$")
		set(profile "${folder}")
	endif()
endforeach()

# The folder of the profile goes unless the user has put something into it.
if(profile)
	file(GLOB rest "${profile}/*")
	if(rest)
		message(STATUS "Left, for what else is in it: ${profile}")
	else()
		file(REMOVE_RECURSE "${profile}")
	endif()
endif()

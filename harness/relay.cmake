# SPDX-License-Identifier: MIT
# The relay alone, which runs wherever it is copied to: all that it needs is inside it, and it is built of
# what an actor needs and nothing of a worker (SOCKPROOF_RELAY: the verbs' operations of workers are left
# out). So it can be built for another machine, by a compiler for that and a libfiu.a of that.
set(relay_sources engine/relay_main)
foreach(noun act actor asleep coder counts frame gate greeting idle layout meaning parcel perform port relay
             shared signals)
  list(APPEND relay_sources actor/${noun})
endforeach()
foreach(noun amount arena children clock hash lack starved)
  list(APPEND relay_sources base/${noun})
endforeach()
foreach(noun call_action cause cut enact fits plan point)
  list(APPEND relay_sources fault/${noun})
endforeach()
foreach(noun arguments data loop message none option pipe process program quiet ready sctp socket started table verb
             wire)
  list(APPEND relay_sources verb/${noun})
endforeach()
list(APPEND relay_sources case/constant observe/pattern stack/linux)
list(TRANSFORM relay_sources PREPEND ${CMAKE_SOURCE_DIR}/harness/)
list(TRANSFORM relay_sources APPEND .c)

add_executable(sockproof-relay ${relay_sources})
# What only a worker would call is not referred to by anything and goes.
target_compile_definitions(sockproof-relay PRIVATE SOCKPROOF_RELAY XXH_INLINE_ALL)
target_compile_options(sockproof-relay PRIVATE -ffunction-sections -fdata-sections -Wno-unused-function
                                               -Wno-unused-const-variable)
target_link_options(sockproof-relay PRIVATE -static -Wl,--gc-sections)
if(SOCKPROOF_RELAY_ALONE)
  # Headers that are the same on every machine; those of the C library are the compiler's own.
  foreach(header fiu.h fiu-control.h jansson.h jansson_config.h xxhash.h yaml.h)
    find_file(found_${header} ${header} REQUIRED)
    configure_file(${found_${header}} ${CMAKE_BINARY_DIR}/headers/${header} COPYONLY)
  endforeach()
  target_include_directories(sockproof-relay PRIVATE ${CMAKE_BINARY_DIR}/headers)
  target_compile_definitions(sockproof-relay PRIVATE SOCKPROOF_WITHOUT_SCTP)
  set(SOCKPROOF_LIBFIU "" CACHE FILEPATH "libfiu.a of the machine that the relay is for")
  if(NOT EXISTS "${SOCKPROOF_LIBFIU}")
    message(FATAL_ERROR "SOCKPROOF_RELAY_ALONE needs a libfiu.a of the machine that the relay is for: "
                        "-DSOCKPROOF_LIBFIU=FILE (docs/YOUR-STACK.md, \"For another machine\")")
  endif()
  target_link_libraries(sockproof-relay PRIVATE ${SOCKPROOF_LIBFIU} atomic) # 8 bytes are two words to some
else()
  find_library(SCTP_STATIC libsctp.a REQUIRED)
  target_sources(sockproof-relay PRIVATE ${CMAKE_SOURCE_DIR}/harness/stack/linux_sctp.c
                                         ${CMAKE_SOURCE_DIR}/harness/stack/linux_dialect.c)
  target_link_libraries(sockproof-relay PRIVATE ${SCTP_STATIC} ${FIU_STATIC})
endif()

# closedpaw_register_suites(TARGET LABEL FILE...) adds one ctest per suite. A
# file with tests defines the suite that is named like the file; anything else
# would be a test that silently never runs, and stops the configuration.
function(closedpaw_register_suites target label)
  foreach(file IN LISTS ARGN)
    file(STRINGS "${file}" tests REGEX "^ *(CAF_TEST|TEST) *\\(")
    if(NOT tests)
      continue()
    endif()
    get_filename_component(stem "${file}" NAME_WE)
    file(STRINGS "${file}" define REGEX "^#define CAF_SUITE ")
    if(NOT define STREQUAL "#define CAF_SUITE ${stem}")
      message(FATAL_ERROR "${file}: expected `#define CAF_SUITE ${stem}` "
                          "(the suite is named like the file)")
    endif()
    if(TEST "${label}.${stem}")
      message(FATAL_ERROR "${file}: there is another suite named ${stem}")
    endif()
    add_test(NAME "${label}.${stem}" COMMAND ${target} -s "^${stem}$")
    set_tests_properties(
      "${label}.${stem}" PROPERTIES LABELS "${label}" TIMEOUT
                                    ${CLOSEDPAW_TEST_TIMEOUT})
  endforeach()
endfunction()

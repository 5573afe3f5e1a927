# Run by ctest: what the registration relies on. Given UNIT_TESTS, the
# executable: an unknown suite and a failing check must both end non-zero.
execute_process(COMMAND ${UNIT_TESTS} -s "^no_such_suite$"
                RESULT_VARIABLE status ERROR_VARIABLE text)
if(status EQUAL 0 OR NOT text MATCHES "no check ran")
  message(FATAL_ERROR "an unknown suite ended with ${status}: ${text}")
endif()
execute_process(COMMAND ${PLANTED_FAILURE} RESULT_VARIABLE status
                ERROR_VARIABLE text)
if(NOT status EQUAL 1 OR NOT text MATCHES "!! .*1 !! 2")
  message(FATAL_ERROR "a failing check ended with ${status}: ${text}")
endif()

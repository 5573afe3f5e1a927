# closedpaw_embed(SOURCE DEFINITION FILE [DEFINITION FILE]…): the source reads
# each file with .incbin, as the text that the definition holds. The compiler's
# command line names their content, which a compiler cache would not see.
function(closedpaw_embed source)
  set(definitions "")
  set(files "")
  set(contents "")
  set(rest ${ARGN})
  while(rest)
    list(POP_FRONT rest definition file)
    file(SHA256 "${file}" digest)
    list(APPEND definitions "${definition}=\"${file}\"")
    list(APPEND files "${file}")
    string(APPEND contents "${digest}")
  endwhile()
  string(SHA256 digest "${contents}")
  list(APPEND definitions "CLOSEDPAW_EMBEDDED_DIGEST=\"${digest}\"")
  set_source_files_properties(
    "${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
                           COMPILE_DEFINITIONS "${definitions}"
                           OBJECT_DEPENDS "${files}")
  set_property(
    DIRECTORY
    APPEND
    PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
endfunction()

# Links an object that link-time optimisation has made once more, with its functions in a given order:
#
#     cmake -DOBJECT=... -DORDER=... -DCOMPILER=... -DNM=... "-DFLAGS=a|b|c" -DOUTPUT=... -P order_functions.cmake
#
# The linker's optimiser numbers static functions of equal names (`call_body.800`), differently each time the program changes, so the
# names of ORDER are looked up in the object first; a name stands for all functions that have it.
execute_process(COMMAND ${NM} --defined-only ${OBJECT} OUTPUT_VARIABLE listing COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " [tT] [A-Za-z_][A-Za-z_0-9.]*" symbols "${listing}")
foreach(symbol IN LISTS symbols)
  string(SUBSTRING "${symbol}" 3 -1 symbol)
  string(REGEX REPLACE "\\..*" "" name "${symbol}")
  list(APPEND symbols_${name} ${symbol})
endforeach()

file(STRINGS ${ORDER} names)
set(text "")
foreach(name IN LISTS names)
  foreach(symbol IN LISTS symbols_${name})
    string(APPEND text "${symbol}\n")
  endforeach()
endforeach()
file(WRITE ${OBJECT}.order "${text}")

string(REPLACE "|" ";" FLAGS "${FLAGS}")
execute_process(COMMAND ${COMPILER} ${OBJECT} -Wl,--symbol-ordering-file=${OBJECT}.order
  -Wl,--no-warn-symbol-ordering ${FLAGS} -o ${OUTPUT}
  COMMAND_ERROR_IS_FATAL ANY)

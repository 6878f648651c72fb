define(`repeat', `ifelse(`$1', `0', `', `$2`'repeat(decr(`$1'), `$2')')')dnl
define(`count', `ifelse(`$1', `$2', `$1', `$1 count(incr(`$1'), `$2')')')dnl
len(repeat(`200', `abc'))
count(1, 100)
eval(2 ** 20) translit(`hello', `a-z', `b-za') format(`%05d', 42)

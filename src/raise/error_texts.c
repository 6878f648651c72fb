#include "raise/raise.h"

const ErrorText rl_error_texts[ERROR_COUNT] = {
#define ERROR(name, status, format) [ERROR_##name] = {status, format},
#include "raise/errors.def"
#undef ERROR
};

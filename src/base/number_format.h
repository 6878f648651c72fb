/* Numbers to text as `tostring` writes them. */
#ifndef RL_BASE_NUMBER_FORMAT_H
#define RL_BASE_NUMBER_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define RL_NUMBER_BUFFER 64

/* Decimal digits; no zero at the end. Returns the length. */
size_t rl_integer_format(char buffer[RL_NUMBER_BUFFER], int64_t integer);
/* "%.14g", with ".0" behind what would look like an integer. Returns the length. */
size_t rl_float_format(char buffer[RL_NUMBER_BUFFER], double number);

#endif

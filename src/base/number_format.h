/* Numbers to text as `tostring` and `string.format` write them: what printf writes, without printf wherever the digits
 * are sure. All follow the locale's decimal point and assume that rounding is to nearest. No effects. */
#ifndef RL_BASE_NUMBER_FORMAT_H
#define RL_BASE_NUMBER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RL_NUMBER_BUFFER 64
#define RL_INTEGER_SIZE  20 /* the longest result of rl_integer_format */

/* Decimal digits; no zero at the end. Returns the length. */
size_t rl_integer_format(char *buffer, int64_t integer);
/* That length alone. */
size_t rl_integer_length(int64_t integer);
/* "%.14g", with ".0" behind what would look like an integer; no zero at the end. Returns the length. */
size_t rl_float_format(char buffer[RL_NUMBER_BUFFER], double number);

/* What printf's %e, %f or %g (`conversion`) with that precision writes for the absolute value of a finite number; no
 * zero at the end. Returns the length, at most RL_NUMBER_BUFFER, or 0 when the work is printf's: precisions above 17,
 * results above 10^17, and the rare number so near to the middle between two decimals that 128 bits do not decide. */
size_t rl_float_format_as(char buffer[RL_NUMBER_BUFFER], double number, char conversion, int precision);

/* The locale's decimal point when it is one byte, otherwise 0. */
char rl_decimal_point(void);

#endif

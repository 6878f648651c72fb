/* UTF-8, extended to 31 bits as Lua's escapes and the utf8 library have it (RFC 2279). */
#ifndef RL_BASE_UTF8_H
#define RL_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define RL_UTF8_MAX_BYTES 8

/* Writes the bytes of a code point below 2^31; returns how many (1 to 6). */
size_t rl_utf8_encode(char buffer[RL_UTF8_MAX_BYTES], uint32_t codepoint);

#endif

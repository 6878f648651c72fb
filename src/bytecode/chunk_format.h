/* Binary chunks: the order of things, shared by dump.c and undump.c. See docs/bytecode.md.
 *
 * header: LUA_SIGNATURE, version 0x54, format, check bytes, size of an instruction, of an integer and of a float, a
 * sample of each; then the number of upvalues of the main function (one byte) and the main function.
 * Unsigned sizes are written 7 bits a byte, most significant first, the last byte marked by its high bit; strings as
 * size + 1 (0: none) and bytes. */
#ifndef RL_BYTECODE_CHUNK_FORMAT_H
#define RL_BYTECODE_CHUNK_FORMAT_H

#define CHUNK_VERSION    0x54
#define CHUNK_FORMAT     0x52 /* our instructions; stock's chunks have 0 */
#define CHUNK_CHECK      "\x19\x93\r\n\x1a\n"
#define CHUNK_CHECK_SIZE (sizeof(CHUNK_CHECK) - 1)
#define CHUNK_INTEGER    0x5678
#define CHUNK_FLOAT      370.5

typedef enum ChunkConstant {
  CONSTANT_NIL,
  CONSTANT_FALSE,
  CONSTANT_TRUE,
  CONSTANT_INTEGER,
  CONSTANT_FLOAT,
  CONSTANT_STRING
} ChunkConstant;

#define CHUNK_STRIPPED 0x01 /* function flags */
#define CHUNK_VARARG   0x02

#endif

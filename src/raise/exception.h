/* The seam between protect.c and C++: the twin liblua5.4-c++ lands by exceptions, so that the destructors of C++ frames
 * run when an error passes them. Plain C types only: exception.cpp is compiled as C++ and sees nothing else of Rille.
 */
#ifndef RL_RAISE_EXCEPTION_H
#define RL_RAISE_EXCEPTION_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ExceptionKind { EXCEPTION_NONE, EXCEPTION_LANDED, EXCEPTION_FOREIGN } ExceptionKind;

#define RL_EXCEPTION_TEXT 200 /* bytes kept of what a foreign exception says */

/* Calls body(data). Returns EXCEPTION_NONE when it returns, EXCEPTION_LANDED when rl_exception_throw(target) was called
 * in it, EXCEPTION_FOREIGN when an exception that is not Rille's arrived (`text` then holds what it says, "" if it does
 * not say). Throws for other targets and forced unwinds (a cancelled thread) pass through. */
ExceptionKind rl_exception_try(void (*body)(void *data), void *data, const void *target, char text[RL_EXCEPTION_TEXT]);

/* Unwinds to the rl_exception_try with this target, which must be active. */
void rl_exception_throw(const void *target) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif

/* The command line of `rille`. */
#ifndef RL_CLI_OPTIONS_H
#define RL_CLI_OPTIONS_H

/* The program's name where the system gives none. */
#define CLI_DEFAULT_NAME "rille"

typedef struct Options {
  int wrong;              /* position of the argument that could not be understood, or 0 */
  int script;             /* position of the script's name ("-": standard input), or the number of arguments */
  int script_is_literal;  /* "--" stands in front of it: a name "-" is a file's */
  int execute;            /* -e was given */
  int interactive;        /* -i */
  int show_version;       /* -v, -i or --version */
  int ignore_environment; /* -E */
  int gc_stats;           /* --gc-stats */
  const char *gc_trace;   /* the file of --gc-trace=FILE, or NULL */
  int watch;              /* --watch */
} Options;

/* One of the options -e, -l, -W, which are carried out in their order. */
typedef struct Action {
  char letter;
  const char *operand; /* NULL for -W */
} Action;

/* Reads the options in front of the script. No effects. */
Options rl_options_parse(int argc, char **argv);

/* Finds the next action at `*position` or later and below `end`, stores it and moves `*position` behind it.
 * Returns 0 when there is none. No effects. */
int rl_options_next_action(char **argv, int end, int *position, Action *action);

/* Writes to stderr what is wrong with argument `wrong` of the command, and how it is used. */
void rl_options_complain(const char *program, const char *wrong);

/* Writes to stdout how the command is used. */
void rl_options_help(const char *program);

#endif

#include "cli/options.h"

#include <stdio.h>
#include <string.h>

/* Where an option's operand is: behind its letter or in the next argument, which must not look like an option.
 * Moves `*position` to the last argument used. Returns NULL if there is none. */
static const char *find_operand(char **argv, int *position) {
  const char *attached = argv[*position] + 2;
  if (*attached != '\0') return attached;
  const char *next = argv[*position + 1];
  if (next == NULL || next[0] == '-') return NULL;
  (*position)++;
  return next;
}

/* The options with long names that go with a program. Returns 0 for another. */
static int note_long_option(const char *argument, Options *options) {
  static const char trace[] = "--gc-trace=";
  if (strcmp(argument, "--watch") == 0) {
    options->watch = 1;
    return 1;
  }
  if (strcmp(argument, "--gc-stats") == 0) {
    options->gc_stats = 1;
    return 1;
  }
  if (strncmp(argument, trace, sizeof trace - 1) != 0 || argument[sizeof trace - 1] == '\0') return 0;
  options->gc_trace = argument + sizeof trace - 1;
  return 1;
}

/* Notes one option. Returns 0 if the argument at `*position` is none that we know. */
static int note_option(char **argv, int *position, Options *options) {
  const char *argument = argv[*position];
  char letter = argument[1];
  if (letter == 'e' || letter == 'l') {
    if (letter == 'e') options->execute = 1;
    return find_operand(argv, position) != NULL;
  }
  if (letter == '-') return note_long_option(argument, options);
  if (argument[2] != '\0') return 0;
  switch (letter) {
    case 'i':
      options->interactive = 1;
      options->show_version = 1;
      return 1;
    case 'v': options->show_version = 1; return 1;
    case 'E': options->ignore_environment = 1; return 1;
    case 'W': return 1;
    default: return 0;
  }
}

Options rl_options_parse(int argc, char **argv) {
  Options options = {0};
  int position = 1;
  for (; position < argc; position++) {
    const char *argument = argv[position];
    if (argument[0] != '-' || argument[1] == '\0') break;
    if (strcmp(argument, "--") == 0) {
      options.script_is_literal = 1;
      position++;
      break;
    }
    int first = position;
    if (!note_option(argv, &position, &options)) {
      options.wrong = first;
      break;
    }
  }
  options.script = position;
  return options;
}

int rl_options_next_action(char **argv, int end, int *position, Action *action) {
  while (*position < end) {
    char letter = argv[*position][1];
    int acts = letter == 'e' || letter == 'l' || letter == 'W';
    if (acts) *action = (Action){letter, letter == 'W' ? NULL : find_operand(argv, position)};
    (*position)++;
    if (acts) return 1;
  }
  return 0;
}

static void print_usage(FILE *out, const char *program) {
  fprintf(out,
          "usage: %s [options] [script [args]]\n"
          "Available options are:\n"
          "  -e stat   execute string 'stat'\n"
          "  -i        enter interactive mode after executing 'script'\n"
          "  -l mod    require library 'mod' into global 'mod'\n"
          "  -l g=mod  require library 'mod' into global 'g'\n"
          "  -v        show version information\n"
          "  -E        ignore environment variables\n"
          "  -W        turn warnings on\n"
          "  --        stop handling options\n"
          "  -         stop handling options and execute stdin\n"
          "Alone on the command line:\n"
          "  --list file                   list the bytecode of 'file'\n"
          "  --compile out [--strip] file  write 'file' as a binary chunk to 'out'\n"
          "  --version                     show version information\n"
          "  --help                        show this text\n"
          "In front of a script:\n"
          "  --watch                       reload functions when files of the script or its modules change\n"
          "  --gc-stats                    show at exit what the collector has done\n"
          "  --gc-trace=file               write the collector's work as a Chrome trace\n",
          program);
  fflush(out);
}

void rl_options_complain(const char *program, const char *wrong) {
  if ((wrong[1] == 'e' || wrong[1] == 'l') && wrong[2] == '\0')
    fprintf(stderr, "%s: '%s' needs argument\n", program, wrong);
  else
    fprintf(stderr, "%s: unrecognized option '%s'\n", program, wrong);
  print_usage(stderr, program);
}

void rl_options_help(const char *program) {
  print_usage(stdout, program);
}

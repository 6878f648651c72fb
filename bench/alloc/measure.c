/* measure FIGURES [NAME=VALUE]... COMMAND [ARGUMENT]...
 *
 * Runs the command, with the variables set in its environment alone, and writes to FIGURES: microseconds of user and system time
 * (of it and all processes it waited for), microseconds that passed, kilobytes resident at the peak (of the largest of these
 * processes). Finer than time(1), and itself so small that the memory of the fork does not count. Exits as the command does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long microseconds(struct timeval time) {
  return time.tv_sec * 1000000L + time.tv_usec;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

static void run(char **words) {
  for (; *words != NULL && strchr(*words, '=') != NULL; words++) putenv(*words);
  if (*words != NULL) execvp(*words, words);
  perror(*words != NULL ? *words : "no command");
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: measure FIGURES [NAME=VALUE]... COMMAND [ARGUMENT]...\n", stderr);
    return 2;
  }
  long start = now();
  pid_t child = fork();
  if (child == 0) run(argv + 2);
  int status = 0;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) {
    perror("measure");
    return 2;
  }
  long passed = now() - start;
  FILE *file = fopen(argv[1], "w");
  if (file == NULL) {
    perror(argv[1]);
    return 2;
  }
  fprintf(file, "%ld %ld %ld %ld\n", microseconds(usage.ru_utime), microseconds(usage.ru_stime), passed, usage.ru_maxrss);
  fclose(file);
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  fprintf(stderr, "ended by signal %d\n", WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

/* Runs a command some times and says what each run cost, as the kernel counted it:
 *
 *     measure [-n RUNS] [-t SECONDS] OUTPUT COMMAND ARGUMENT...
 *
 * prints a line for each run: microseconds of processor time (user and system together), microseconds of wall-clock
 * time, peak resident memory in kB. What the last run printed goes to the file OUTPUT; standard input is empty. A run
 * that fails ends the whole with 1, one that is stopped after SECONDS with 2.
 *
 * The kernel counts a child's peak from before it becomes the other program, so this one is small: its own 1.5 MB or
 * less are the least that can be seen. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t running; /* the child, while there is one */
static volatile sig_atomic_t is_late;

static void stop_child(int signal) {
  (void)signal;
  is_late = 1;
  if (running > 0) {
    kill((pid_t)running, SIGKILL);
  }
}

static long long microseconds(struct timeval time) {
  return (long long)time.tv_sec * 1000000 + time.tv_usec;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (long long)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static int start(pid_t *child, const char *output, char **command) {
  posix_spawn_file_actions_t actions;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure == 0) {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    failure = posix_spawnp(child, command[0], &actions, NULL, command, environ);
    posix_spawn_file_actions_destroy(&actions);
  }
  return failure;
}

/* The exit code for main: 0 when the run was good. */
static int measure(const char *output, unsigned limit, char **command) {
  struct rusage usage;
  pid_t child;
  int status;
  long long started = now();
  int failure = start(&child, output, command);
  if (failure != 0) {
    fprintf(stderr, "measure: %s: %s\n", command[0], strerror(failure));
    return 1;
  }
  running = child;
  alarm(limit);
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) {
      perror("measure: wait4");
      return 1;
    }
  }
  running = 0;
  alarm(0);
  if (is_late) {
    fprintf(stderr, "measure: %s: stopped after %u seconds\n", command[0], limit);
    return 2;
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "measure: %s: %s %d\n", command[0], WIFEXITED(status) ? "exit code" : "signal",
            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return 1;
  }
  printf("%lld %lld %ld\n", microseconds(usage.ru_utime) + microseconds(usage.ru_stime), now() - started,
         usage.ru_maxrss);
  return 0;
}

static int usage_error(void) {
  fputs("usage: measure [-n RUNS] [-t SECONDS] OUTPUT COMMAND ARGUMENT...\n", stderr);
  return 1;
}

int main(int argument_count, char **arguments) {
  int option;
  long runs = 1, limit = 0;
  while ((option = getopt(argument_count, arguments, "+n:t:")) != -1) {
    switch (option) {
      case 'n': runs = atol(optarg); break;
      case 't': limit = atol(optarg); break;
      default: return usage_error();
    }
  }
  if (argument_count - optind < 2 || runs < 1 || limit < 0) {
    return usage_error();
  }
  struct sigaction action = {.sa_handler = stop_child};
  sigaction(SIGALRM, &action, NULL);
  for (long i = 0; i < runs; i++) {
    int code = measure(arguments[optind], (unsigned)limit, arguments + optind + 1);
    if (code != 0) {
      return code;
    }
  }
  return 0;
}

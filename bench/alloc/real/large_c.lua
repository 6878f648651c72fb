-- Prints a large C file: functions with loops, switches, tables and calls of one another. lua large_c.lua [FUNCTIONS]
local count = tonumber(arg[1]) or 50
print("#include <stddef.h>\n#include <stdint.h>\n#include <string.h>")
for i = 1, count do
  print(("struct record%d { int key; uint64_t sum; double ratio; char name[%d]; struct record%d *next; };"):format(i, 8 + i % 24, i))
  print(("static const unsigned table%d[] = {%s};"):format(i, ("%d, "):rep(16):format(
    i, i * 3, i * 7, i % 11, i + 5, i * i, i % 3, i % 5, i * 13, i % 17, i + 1, i + 2, i * 5, i % 23, i * 9, i % 29)))
  print(("uint64_t work%d(struct record%d *list, const char *text, size_t length, uint64_t seed) {"):format(i, i))
  print("  uint64_t sum = seed; double ratio = 1;")
  print("  for (size_t at = 0; at < length; at++) {\n    switch (text[at]) {")
  for case = 1, 12 do
    print(("      case %d: sum = (sum ^ table%d[%d]) * %du; ratio += sum %% %d; break;"):format(32 + case * 5 + i % 5, i, case, 2 * i * case + 1, case + 1))
  end
  print(("      default: sum += table%d[at %% 16] + (unsigned char)text[at];\n    }\n  }"):format(i))
  print(("  for (struct record%d *one = list; one != NULL; one = one->next) {"):format(i))
  print(("    if (one->key > %d) { one->sum += sum; one->ratio /= ratio; }"):format(i * 10))
  print(("    else if (one->key == %d) memset(one->name, %d, sizeof one->name);"):format(i, i % 100))
  print("    else for (int k = 0; k < one->key; k++) sum = sum << 3 | sum >> 61;")
  print("  }")
  if i > 2 then print(("  if (sum %% 3 == 0) sum += work%d(NULL, text, length / 2, sum);"):format(i - 2)) end
  print("  return sum;\n}")
end

/* `os.date` and `os.time` (manual 6.9): calendar dates as tables and as text. */
#include <limits.h>
#include <string.h>
#include <time.h>

#include "lauxlib.h"
#include "stdlib/os.h"

#define ROOM_PER_CONVERSION 250 /* of strftime; the longest are names in the locale's language */

time_t rl_os_check_time(lua_State *L, int argument) {
  lua_Integer number = luaL_checkinteger(L, argument);
  luaL_argcheck(L, (time_t)number == number, argument, "time out-of-bounds");
  return (time_t)number;
}

/* ---- tables ---- */

/* A field that is a number: its name, what C's calendar counts from, and the value that an absent field has. */
typedef struct DateField {
  const char *name;
  size_t offset;
  int origin;
  int otherwise; /* negative: the field must be there */
  int is_input;
} DateField;

/* In the order in which stock looks at them, for the sake of which error comes first. */
static const DateField date_fields[] = {{"year", offsetof(struct tm, tm_year), 1900, -1, 1},
                                        {"month", offsetof(struct tm, tm_mon), 1, -1, 1},
                                        {"day", offsetof(struct tm, tm_mday), 0, -1, 1},
                                        {"hour", offsetof(struct tm, tm_hour), 0, 12, 1},
                                        {"min", offsetof(struct tm, tm_min), 0, 0, 1},
                                        {"sec", offsetof(struct tm, tm_sec), 0, 0, 1},
                                        {"yday", offsetof(struct tm, tm_yday), 1, 0, 0},
                                        {"wday", offsetof(struct tm, tm_wday), 1, 0, 0},
                                        {NULL, 0, 0, 0, 0}};

static int *member_of(struct tm *date, const DateField *field) {
  return (int *)(void *)((char *)date + field->offset);
}

/* Sets all fields of the table on top. */
static void write_fields(lua_State *L, struct tm *date) {
  for (const DateField *field = date_fields; field->name != NULL; field++) {
    lua_pushinteger(L, (lua_Integer)*member_of(date, field) + field->origin);
    lua_setfield(L, -2, field->name);
  }
  if (date->tm_isdst < 0) return; /* not known */
  lua_pushboolean(L, date->tm_isdst);
  lua_setfield(L, -2, "isdst");
}

static int missing_field(lua_State *L, const DateField *field, int type) {
  if (type != LUA_TNIL) return luaL_error(L, "field '%s' is not an integer", field->name);
  if (field->otherwise < 0) return luaL_error(L, "field '%s' missing in date table", field->name);
  return field->otherwise;
}

/* Reads a field of the table on top as C's calendar wants it: from its own origin, and as an int. */
static int read_field(lua_State *L, const DateField *field) {
  int is_integer;
  int type = lua_getfield(L, -1, field->name);
  lua_Integer value = lua_tointegerx(L, -1, &is_integer);
  lua_pop(L, 1);
  if (!is_integer) return missing_field(L, field, type);
  int fits = value >= 0 ? value - field->origin <= INT_MAX : value >= (lua_Integer)INT_MIN + field->origin;
  if (!fits) return luaL_error(L, "field '%s' is out-of-bound", field->name);
  return (int)(value - field->origin);
}

static void read_fields(lua_State *L, struct tm *date) {
  for (const DateField *field = date_fields; field->name != NULL; field++)
    if (field->is_input) *member_of(date, field) = read_field(L, field);
  date->tm_isdst = lua_getfield(L, -1, "isdst") == LUA_TNIL ? -1 : lua_toboolean(L, -1);
  lua_pop(L, 1);
}

/* The table's fields are brought into their normal ranges, also when there is no such time. */
int rl_os_time(lua_State *L) {
  time_t result;
  if (lua_isnoneornil(L, 1)) {
    result = time(NULL);
  } else {
    struct tm date = {0};
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    read_fields(L, &date);
    result = mktime(&date);
    write_fields(L, &date);
  }
  if (result != (time_t)(lua_Integer)result || result == (time_t)-1)
    return luaL_error(L, "time result cannot be represented in this installation");
  lua_pushinteger(L, (lua_Integer)result);
  return 1;
}

/* ---- text ---- */

static const char plain_conversions[] = "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%";
static const char era_conversions[] = "cCxXyY";          /* after E */
static const char digit_conversions[] = "deHImMSuUVwWy"; /* after O */

/* The length of the C99 conversion at `text` (behind the `%`), or 0 if it is none. */
static size_t measure_conversion(const char *text, const char *end) {
  if (text == end) return 0;
  size_t length = 1;
  const char *known = plain_conversions;
  if (*text == 'E' || *text == 'O') {
    known = *text == 'E' ? era_conversions : digit_conversions;
    text++;
    length++;
  }
  return text < end && *text != '\0' && strchr(known, *text) != NULL ? length : 0;
}

static void add_conversion(lua_State *L, luaL_Buffer *buffer, const char *text, size_t length, const struct tm *date) {
  char conversion[4] = "%";
  if (length == 0) luaL_argerror(L, 1, lua_pushfstring(L, "invalid conversion specifier '%%%s'", text));
  memcpy(conversion + 1, text, length);
  char *room = luaL_prepbuffsize(buffer, ROOM_PER_CONVERSION);
  luaL_addsize(buffer, strftime(room, ROOM_PER_CONVERSION, conversion, date));
}

static void push_formatted(lua_State *L, const char *format, const char *end, const struct tm *date) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  while (format < end) {
    if (*format != '%') {
      luaL_addchar(&buffer, *format++);
      continue;
    }
    size_t length = measure_conversion(++format, end);
    add_conversion(L, &buffer, format, length, date);
    format += length;
  }
  luaL_pushresult(&buffer);
}

int rl_os_date(lua_State *L) {
  size_t length;
  const char *format = luaL_optlstring(L, 1, "%c", &length);
  const char *end = format + length;
  time_t when = lua_isnoneornil(L, 2) ? time(NULL) : rl_os_check_time(L, 2);
  int is_utc = *format == '!';
  if (is_utc) format++;
  struct tm date;
  if ((is_utc ? gmtime_r(&when, &date) : localtime_r(&when, &date)) == NULL)
    return luaL_error(L, "date result cannot be represented in this installation");
  if (strcmp(format, "*t") == 0) {
    lua_createtable(L, 0, 9);
    write_fields(L, &date);
  } else {
    push_formatted(L, format, end, &date);
  }
  return 1;
}

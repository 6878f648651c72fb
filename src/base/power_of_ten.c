/* A power is the product of two: 10^(28 j) with 128 bits, cut off, and 5^r for r < 28, which fits 64 bits exactly (the
 * missing factor 2^r only moves the exponent). In units of the last place of the 128-bit result the first is wrong by
 * less than one, which the multiplication keeps; cutting the product off adds less than one; and where the product has
 * to be shifted up by a bit, both double: less than 3 once the bit that is shifted in is counted. Multiplying by the
 * mantissa (below 2^64) makes of that less than 3 units of the middle word.
 *
 * 10^0 and 10^28 are exact here (5^28 < 2^66), so everything up to 10^55 is. */
#include "base/power_of_ten.h"

#define COARSE_STEP  28
#define COARSE_FIRST (RL_POWER_MIN / COARSE_STEP)

typedef unsigned __int128 Wide;

/* The upper 128 bits of each power, the highest set. */
static const struct {
  uint64_t high, low;
} coarse[] = {
  {UINT64_C(0xe1afa13afbd14d6d), UINT64_C(0x82189c09a3a1ec21)}, /* 10^-364 */
  {UINT64_C(0xe3e27a444d8d98b7), UINT64_C(0xfd1b1b2308169b25)}, /* 10^-336 */
  {UINT64_C(0xe61acf033d1a45df), UINT64_C(0x6fb92487298e33bd)}, /* 10^-308 */
  {UINT64_C(0xe858ad248f5c22c9), UINT64_C(0xd1b3400f8f9cff68)}, /* 10^-280 */
  {UINT64_C(0xea9c227723ee8bcb), UINT64_C(0x465e15a979c1cadc)}, /* 10^-252 */
  {UINT64_C(0xece53cec4a314ebd), UINT64_C(0xa4f8bf5635246428)}, /* 10^-224 */
  {UINT64_C(0xef340a98172aace4), UINT64_C(0x86fb897116c87c34)}, /* 10^-196 */
  {UINT64_C(0xf18899b1bc3f8ca1), UINT64_C(0xdc44e6c3cb279ac1)}, /* 10^-168 */
  {UINT64_C(0xf3e2f893dec3f126), UINT64_C(0x5a89dba3c3efccfa)}, /* 10^-140 */
  {UINT64_C(0xf64335bcf065d37d), UINT64_C(0x4d4617b5ff4a16d5)}, /* 10^-112 */
  {UINT64_C(0xf8a95fcf88747d94), UINT64_C(0x75a44c6397ce912a)}, /* 10^-84 */
  {UINT64_C(0xfb158592be068d2e), UINT64_C(0xeed6e2f0f0d56712)}, /* 10^-56 */
  {UINT64_C(0xfd87b5f28300ca0d), UINT64_C(0x8bca9d6e188853fc)}, /* 10^-28 */
  {UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000000)}, /* 10^0 */
  {UINT64_C(0x813f3978f8940984), UINT64_C(0x4000000000000000)}, /* 10^28 */
  {UINT64_C(0x82818f1281ed449f), UINT64_C(0xbff8f10e7a8921a4)}, /* 10^56 */
  {UINT64_C(0x83c7088e1aab65db), UINT64_C(0x792667c6da79e0fa)}, /* 10^84 */
  {UINT64_C(0x850fadc09923329e), UINT64_C(0x03e2cf6bc604ddb0)}, /* 10^112 */
  {UINT64_C(0x865b86925b9bc5c2), UINT64_C(0x0b8a2392ba45a9b2)}, /* 10^140 */
  {UINT64_C(0x87aa9aff79042286), UINT64_C(0x90fb44d2f05d0842)}, /* 10^168 */
  {UINT64_C(0x88fcf317f22241e2), UINT64_C(0x441fece3bdf81f03)}, /* 10^196 */
  {UINT64_C(0x8a5296ffe33cc92f), UINT64_C(0x82bd6b70d99aaa6f)}, /* 10^224 */
  {UINT64_C(0x8bab8eefb6409c1a), UINT64_C(0x1ad089b6c2f7548e)}, /* 10^252 */
  {UINT64_C(0x8d07e33455637eb2), UINT64_C(0xdb0b487b6423e1e8)}, /* 10^280 */
  {UINT64_C(0x8e679c2f5e44ff8f), UINT64_C(0x570f09eaa7ea7648)}, /* 10^308 */
  {UINT64_C(0x8fcac257558ee4e6), UINT64_C(0x213a4f0aa5e8a7b1)}, /* 10^336 */
  {UINT64_C(0x91315e37db165aa9), UINT64_C(0x2c0de8dd3d020c0c)}, /* 10^364 */
};

static const uint64_t powers_of_five[COARSE_STEP] = {UINT64_C(1),
                                                     UINT64_C(5),
                                                     UINT64_C(25),
                                                     UINT64_C(125),
                                                     UINT64_C(625),
                                                     UINT64_C(3125),
                                                     UINT64_C(15625),
                                                     UINT64_C(78125),
                                                     UINT64_C(390625),
                                                     UINT64_C(1953125),
                                                     UINT64_C(9765625),
                                                     UINT64_C(48828125),
                                                     UINT64_C(244140625),
                                                     UINT64_C(1220703125),
                                                     UINT64_C(6103515625),
                                                     UINT64_C(30517578125),
                                                     UINT64_C(152587890625),
                                                     UINT64_C(762939453125),
                                                     UINT64_C(3814697265625),
                                                     UINT64_C(19073486328125),
                                                     UINT64_C(95367431640625),
                                                     UINT64_C(476837158203125),
                                                     UINT64_C(2384185791015625),
                                                     UINT64_C(11920928955078125),
                                                     UINT64_C(59604644775390625),
                                                     UINT64_C(298023223876953125),
                                                     UINT64_C(1490116119384765625),
                                                     UINT64_C(7450580596923828125)};

/* floor(log2(10^power)) in the range of the table. */
static int binary_exponent(int power) {
  return (int)(((int64_t)power * 217706) >> 16);
}

ScaledProduct rl_scale_by_power_of_ten(uint64_t mantissa, int power) {
  unsigned steps = (unsigned)(power - RL_POWER_MIN);
  uint64_t five = powers_of_five[steps % COARSE_STEP];
  five <<= __builtin_clzll(five);
  uint64_t high = coarse[steps / COARSE_STEP].high, low = coarse[steps / COARSE_STEP].low;
  Wide lower = (Wide)low * five;
  Wide upper = (Wide)high * five + (uint64_t)(lower >> 64);
  if (!(upper >> 127)) upper = upper << 1 | (uint64_t)lower >> 63;
  lower = (Wide)mantissa * (uint64_t)upper;
  upper = (Wide)mantissa * (uint64_t)(upper >> 64) + (uint64_t)(lower >> 64);
  return (ScaledProduct){{(uint64_t)(upper >> 64), (uint64_t)upper, (uint64_t)lower}, binary_exponent(power) - 127};
}

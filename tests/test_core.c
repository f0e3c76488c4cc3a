/* Version and error words. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <leat.h>

#include "../src/core/memory.h"
#include "suites.h"

START_TEST(the_linked_library_has_the_version_of_the_header)
{
	char text[40];

	ck_assert_uint_eq(leat_version(), LEAT_VERSION);
	ck_assert_uint_eq(LEAT_VERSION,
	    LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 +
		LEAT_VERSION_PATCH);
	(void)snprintf(text, sizeof(text), "%d.%d.%d", LEAT_VERSION_MAJOR,
	    LEAT_VERSION_MINOR, LEAT_VERSION_PATCH);
	ck_assert_str_eq(text, LEAT_VERSION_STRING);
	ck_assert_int_ge(LEAT_ABI_VERSION, 0);
	ck_assert_int_ge(LEAT_STATE_VERSION, 0);
}
END_TEST

static void is_plain_text(const char *text)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_gt(strlen(text), 0);
	ck_assert_msg(!isupper((unsigned char)text[0]), "%s", text);
	ck_assert_msg(strchr(text, '\n') == NULL, "%s", text);
}

START_TEST(every_code_has_words_of_its_own)
{
	for (int a = LEAT_EARITH; a <= LEAT_OK; a++) {
		is_plain_text(leat_strerror(a));
		for (int b = LEAT_EARITH; b < a; b++)
			ck_assert_str_ne(leat_strerror(a), leat_strerror(b));
	}
}
END_TEST

START_TEST(any_int_has_words)
{
	static const int odd[] = { 1, 2, 1000, INT_MAX, INT_MIN, -1000,
		LEAT_EARITH - 1 };

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		is_plain_text(leat_strerror(odd[i]));
		for (int code = LEAT_EARITH; code <= LEAT_OK; code++)
			ck_assert_str_ne(leat_strerror(odd[i]),
			    leat_strerror(code));
	}
}
END_TEST

START_TEST(words_are_static)
{
	const char *words = leat_strerror(LEAT_ENOMEM);
	(void)leat_strerror(LEAT_EINVAL);
	(void)leat_strerror(12345);
	ck_assert_ptr_eq(words, leat_strerror(LEAT_ENOMEM));
}
END_TEST

START_TEST(error_codes_keep_their_numbers)
{
	ck_assert_int_eq(LEAT_OK, 0);
	ck_assert_int_eq(LEAT_ENOMEM, -1);
	ck_assert_int_eq(LEAT_EINVAL, -2);
	ck_assert_int_eq(LEAT_ESTAT, -3);
	ck_assert_int_eq(LEAT_ETOOBIG, -4);
	ck_assert_int_eq(LEAT_EPAIRS, -5);
	ck_assert_int_eq(LEAT_ENOTSUP, -6);
	ck_assert_int_eq(LEAT_ERANGE, -7);
	ck_assert_int_eq(LEAT_EBUFFER, -8);
	ck_assert_int_eq(LEAT_EINDEX, -9);
	ck_assert_int_eq(LEAT_ECALENDAR, -10);
	ck_assert_int_eq(LEAT_ESOURCE, -11);
	ck_assert_int_eq(LEAT_EKEY, -12);
	ck_assert_int_eq(LEAT_EPARSE, -13);
	ck_assert_int_eq(LEAT_ECSV, -14);
	ck_assert_int_eq(LEAT_EIO, -15);
	ck_assert_int_eq(LEAT_ESTATE, -16);
	ck_assert_int_eq(LEAT_EVERSION, -17);
	ck_assert_int_eq(LEAT_EOBJECT, -18);
	ck_assert_int_eq(LEAT_EOPTIONS, -19);
	ck_assert_int_eq(LEAT_ELATE, -20);
	ck_assert_int_eq(LEAT_EFULL, -21);
	ck_assert_int_eq(LEAT_ECALLBACK, -22);
	ck_assert_int_eq(LEAT_EARITH, -23);
	ck_assert_int_eq(LEAT_TOO_LATE, 1);
	ck_assert_int_eq(LEAT_TOO_FAR, 2);
	ck_assert_int_eq(LEAT_NO_ROOM, 3);
	ck_assert_int_eq(LEAT_NOT_FINITE, 4);
	ck_assert_int_eq(LEAT_BAD_TARGET, 5);
}
END_TEST

/* After an overflow no more is cut. */
START_TEST(sizes_that_overflow_are_told)
{
	static const struct {
		size_t n, each;
		int fits;
	} cuts[] = { { 0, 0, 1 }, { SIZE_MAX, 0, 1 }, { 1, 100, 1 },
		{ SIZE_MAX / 32, 8, 1 }, { SIZE_MAX / 4, 8, 0 },
		{ SIZE_MAX / 2, 2, 0 }, { SIZE_MAX / 2, 1, 0 },
		{ SIZE_MAX, SIZE_MAX, 0 } };

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct leat_cutter c = { NULL, 16, 0 };
		ck_assert_ptr_null(leat_cut(&c, cuts[i].n, cuts[i].each));
		ck_assert_int_eq(c.overflow, !cuts[i].fits);
		leat_cut(&c, 1, 1);
		ck_assert_int_eq(c.overflow, !cuts[i].fits);
	}
}
END_TEST

Suite *core_suite(void)
{
	Suite *s = suite_create("core");
	TCase *t = tcase_create("core");
	tcase_add_test(t, the_linked_library_has_the_version_of_the_header);
	tcase_add_test(t, every_code_has_words_of_its_own);
	tcase_add_test(t, any_int_has_words);
	tcase_add_test(t, words_are_static);
	tcase_add_test(t, sizes_that_overflow_are_told);
	tcase_add_test(t, error_codes_keep_their_numbers);
	suite_add_tcase(s, t);
	return s;
}

/*
 * Offsets of all members in the structs of the headers, on which programs and
 * libraries that were compiled apart must agree. Each number is for machines
 * whose pointers have 64 bits (those of LP64 and LLP64 lie alike, for there is
 * no long in them), for such of 32 bits whose numbers of 64 bits are aligned to
 * 8 bytes, as on ARM, and for those that align them to 4, as on i386. None of
 * them may ever change: what is new takes the place of a reserved word, or
 * comes at the end of what callbacks are given.
 */
#include <leat_text.h>
#include <stddef.h>

struct odd {
	char c;
	uint64_t number;
};

enum {
	IS_64 = sizeof(void *) == 8,
	IS_LOOSE = offsetof(struct odd, number) == 4
};

#define HERE(in_64, in_32, loose)                                              \
	(IS_64 ? (in_64) : IS_LOOSE ? (loose) : (in_32))
#define SIZE(type, in_64, in_32, loose)                                        \
	_Static_assert(sizeof(type) == HERE(in_64, in_32, loose),              \
	    #type " has another size");
#define AT(type, member, in_64, in_32, loose)                                  \
	_Static_assert(offsetof(type, member) == HERE(in_64, in_32, loose),    \
	    #type "." #member " lies elsewhere");

/* clang-format off */
SIZE(leat_allocator, 24, 12, 12)
AT(leat_allocator, alloc, 0, 0, 0)
AT(leat_allocator, free, 8, 4, 4)
AT(leat_allocator, ctx, 16, 8, 8)

SIZE(leat_writer, 120, 96, 96)
AT(leat_writer, write, 0, 0, 0)
AT(leat_writer, ctx, 8, 4, 4)
AT(leat_writer, bytes, 16, 8, 8)
AT(leat_writer, capacity, 24, 12, 12)
AT(leat_writer, tag, 32, 16, 16)
AT(leat_writer, tag_len, 40, 20, 20)
AT(leat_writer, n_bytes, 48, 24, 24)
AT(leat_writer, reserved, 56, 32, 32)

SIZE(leat_reader, 144, 120, 112)
AT(leat_reader, read, 0, 0, 0)
AT(leat_reader, ctx, 8, 4, 4)
AT(leat_reader, bytes, 16, 8, 8)
AT(leat_reader, n_bytes, 24, 12, 12)
AT(leat_reader, tag, 32, 16, 16)
AT(leat_reader, tag_capacity, 40, 20, 20)
AT(leat_reader, tag_len, 48, 24, 24)
AT(leat_reader, n_read, 56, 32, 28)
AT(leat_reader, object, 64, 40, 36)
AT(leat_reader, version, 68, 44, 40)
AT(leat_reader, differs, 72, 48, 44)
AT(leat_reader, reserved, 80, 56, 48)

SIZE(leat_sample, 24, 24, 24)
AT(leat_sample, t, 0, 0, 0)
AT(leat_sample, x, 8, 8, 8)
AT(leat_sample, y, 16, 16, 16)

SIZE(leat_agg, 144, 88, 88)
AT(leat_agg, name, 0, 0, 0)
AT(leat_agg, size, 8, 4, 4)
AT(leat_agg, ctx, 16, 8, 8)
AT(leat_agg, pairs, 24, 12, 12)
AT(leat_agg, identity, 32, 16, 16)
AT(leat_agg, lift, 40, 20, 20)
AT(leat_agg, combine, 48, 24, 24)
AT(leat_agg, lower, 56, 28, 28)
AT(leat_agg, append, 64, 32, 32)
AT(leat_agg, prepend, 72, 36, 36)
AT(leat_agg, commutative, 80, 40, 40)
AT(leat_agg, saved_size, 88, 44, 44)
AT(leat_agg, save, 96, 48, 48)
AT(leat_agg, load, 104, 52, 52)
AT(leat_agg, reserved, 112, 56, 56)

SIZE(leat_stat, 40, 40, 36)
AT(leat_stat, id, 0, 0, 0)
AT(leat_stat, variant, 4, 4, 4)
AT(leat_stat, arg, 8, 8, 8)
AT(leat_stat, arg2, 16, 16, 16)
AT(leat_stat, agg, 24, 24, 24)
AT(leat_stat, reserved, 32, 32, 28)

SIZE(leat_result, 96, 72, 72)
AT(leat_result, flags, 0, 0, 0)
AT(leat_result, n_values, 8, 4, 4)
AT(leat_result, values, 16, 8, 8)
AT(leat_result, partials, 24, 12, 12)
AT(leat_result, start, 32, 16, 16)
AT(leat_result, end, 40, 24, 24)
AT(leat_result, watermark, 48, 32, 32)
AT(leat_result, count, 56, 40, 40)
AT(leat_result, missing, 64, 48, 48)
AT(leat_result, revision, 72, 56, 56)
AT(leat_result, key, 80, 64, 64)
AT(leat_result, key_len, 88, 68, 68)

SIZE(leat_sink, 16, 8, 8)
AT(leat_sink, emit, 0, 0, 0)
AT(leat_sink, ctx, 8, 4, 4)

SIZE(leat_window_options, 208, 192, 180)
AT(leat_window_options, kind, 0, 0, 0)
AT(leat_window_options, size, 8, 8, 4)
AT(leat_window_options, hop, 16, 16, 12)
AT(leat_window_options, alpha, 24, 24, 20)
AT(leat_window_options, ewm_span, 32, 32, 28)
AT(leat_window_options, half_life, 40, 40, 36)
AT(leat_window_options, unadjusted, 48, 48, 44)
AT(leat_window_options, stats, 56, 52, 48)
AT(leat_window_options, n_stats, 64, 56, 52)
AT(leat_window_options, min_count, 72, 64, 56)
AT(leat_window_options, on_missing, 80, 72, 64)
AT(leat_window_options, keep_values, 84, 76, 68)
AT(leat_window_options, sink, 88, 80, 72)
AT(leat_window_options, allocator, 104, 88, 80)
AT(leat_window_options, reserved, 112, 96, 84)

SIZE(leat_counts, 128, 128, 128)
AT(leat_counts, pushed, 0, 0, 0)
AT(leat_counts, taken, 8, 8, 8)
AT(leat_counts, missing, 16, 16, 16)
AT(leat_counts, late, 24, 24, 24)
AT(leat_counts, refused, 32, 32, 32)
AT(leat_counts, in_no_window, 40, 40, 40)
AT(leat_counts, evicted, 48, 48, 48)
AT(leat_counts, stored, 56, 56, 56)
AT(leat_counts, reserved, 64, 64, 64)

SIZE(leat_event, 56, 48, 48)
AT(leat_event, key, 0, 0, 0)
AT(leat_event, key_len, 8, 4, 4)
AT(leat_event, t, 16, 8, 8)
AT(leat_event, x, 24, 16, 16)
AT(leat_event, y, 32, 24, 24)
AT(leat_event, weight, 40, 32, 32)
AT(leat_event, source, 48, 40, 40)
AT(leat_event, flags, 52, 44, 44)

SIZE(leat_calendar, 16, 8, 8)
AT(leat_calendar, interval, 0, 0, 0)
AT(leat_calendar, ctx, 8, 4, 4)

SIZE(leat_late_sink, 16, 8, 8)
AT(leat_late_sink, late, 0, 0, 0)
AT(leat_late_sink, ctx, 8, 4, 4)

SIZE(leat_time_window_options, 352, 320, 296)
AT(leat_time_window_options, kind, 0, 0, 0)
AT(leat_time_window_options, span, 8, 8, 4)
AT(leat_time_window_options, hop, 16, 16, 12)
AT(leat_time_window_options, offset, 24, 24, 20)
AT(leat_time_window_options, gap, 32, 32, 28)
AT(leat_time_window_options, half_life, 40, 40, 36)
AT(leat_time_window_options, calendar, 48, 48, 44)
AT(leat_time_window_options, stats, 64, 56, 52)
AT(leat_time_window_options, n_stats, 72, 60, 56)
AT(leat_time_window_options, min_count, 80, 64, 60)
AT(leat_time_window_options, on_missing, 88, 72, 68)
AT(leat_time_window_options, delay, 96, 80, 72)
AT(leat_time_window_options, allowed_lateness, 104, 88, 80)
AT(leat_time_window_options, max_skew, 112, 96, 88)
AT(leat_time_window_options, n_sources, 120, 104, 96)
AT(leat_time_window_options, idle_timeout, 128, 112, 100)
AT(leat_time_window_options, early_count, 136, 120, 108)
AT(leat_time_window_options, early_span, 144, 128, 116)
AT(leat_time_window_options, emit_empty, 152, 136, 124)
AT(leat_time_window_options, max_values, 160, 144, 128)
AT(leat_time_window_options, when_full, 168, 152, 136)
AT(leat_time_window_options, max_windows, 176, 160, 140)
AT(leat_time_window_options, sink, 184, 168, 148)
AT(leat_time_window_options, late, 200, 176, 156)
AT(leat_time_window_options, allocator, 216, 184, 164)
AT(leat_time_window_options, reserved, 224, 192, 168)

SIZE(leat_keyed_options, 152, 136, 128)
AT(leat_keyed_options, by_time, 0, 0, 0)
AT(leat_keyed_options, by_count, 8, 4, 4)
AT(leat_keyed_options, ttl, 16, 8, 8)
AT(leat_keyed_options, max_keys, 24, 16, 16)
AT(leat_keyed_options, max_bytes, 32, 24, 24)
AT(leat_keyed_options, when_keys_full, 40, 32, 32)
AT(leat_keyed_options, dropped, 48, 36, 36)
AT(leat_keyed_options, seed, 64, 48, 44)
AT(leat_keyed_options, allocator, 80, 64, 60)
AT(leat_keyed_options, reserved, 88, 72, 64)

SIZE(leat_model_options, 208, 192, 184)
AT(leat_model_options, n_features, 0, 0, 0)
AT(leat_model_options, loss, 8, 4, 4)
AT(leat_model_options, loss_arg, 16, 8, 8)
AT(leat_model_options, update, 24, 16, 16)
AT(leat_model_options, no_intercept, 28, 20, 20)
AT(leat_model_options, rate, 32, 24, 24)
AT(leat_model_options, power, 40, 32, 32)
AT(leat_model_options, average, 48, 40, 40)
AT(leat_model_options, forgetting, 56, 48, 44)
AT(leat_model_options, l1, 64, 56, 52)
AT(leat_model_options, l2, 72, 64, 60)
AT(leat_model_options, clip, 80, 72, 68)
AT(leat_model_options, standardise, 88, 80, 76)
AT(leat_model_options, rates, 96, 84, 80)
AT(leat_model_options, allocator, 104, 88, 84)
AT(leat_model_options, reserved, 112, 96, 88)

SIZE(leat_drift_options, 144, 136, 132)
AT(leat_drift_options, kind, 0, 0, 0)
AT(leat_drift_options, delta, 8, 8, 4)
AT(leat_drift_options, threshold, 16, 16, 12)
AT(leat_drift_options, alpha, 24, 24, 20)
AT(leat_drift_options, size, 32, 32, 28)
AT(leat_drift_options, min_count, 40, 40, 36)
AT(leat_drift_options, mean, 48, 48, 44)
AT(leat_drift_options, stddev, 56, 56, 52)
AT(leat_drift_options, direction, 64, 64, 60)
AT(leat_drift_options, allocator, 72, 68, 64)
AT(leat_drift_options, reserved, 80, 72, 68)

SIZE(leat_drift_answer, 64, 64, 60)
AT(leat_drift_answer, change, 0, 0, 0)
AT(leat_drift_answer, score, 8, 8, 4)
AT(leat_drift_answer, reserved, 16, 16, 12)

SIZE(leat_csv_field, 16, 8, 8)
AT(leat_csv_field, text, 0, 0, 0)
AT(leat_csv_field, len, 8, 4, 4)

SIZE(leat_csv_record, 72, 56, 52)
AT(leat_csv_record, fields, 0, 0, 0)
AT(leat_csv_record, n_fields, 8, 4, 4)
AT(leat_csv_record, number, 16, 8, 8)
AT(leat_csv_record, line, 24, 16, 16)
AT(leat_csv_record, offset, 32, 24, 24)
AT(leat_csv_record, problem, 40, 32, 32)
AT(leat_csv_record, problem_field, 48, 36, 36)
AT(leat_csv_record, problem_line, 56, 40, 40)
AT(leat_csv_record, problem_column, 64, 48, 48)

SIZE(leat_csv_rows, 64, 48, 44)
AT(leat_csv_rows, n_rows, 0, 0, 0)
AT(leat_csv_rows, texts, 8, 4, 4)
AT(leat_csv_rows, n_texts, 16, 8, 8)
AT(leat_csv_rows, numbers, 24, 12, 12)
AT(leat_csv_rows, n_numbers, 32, 16, 16)
AT(leat_csv_rows, number, 40, 24, 20)
AT(leat_csv_rows, line, 48, 32, 28)
AT(leat_csv_rows, offset, 56, 40, 36)

SIZE(leat_csv_selection, 56, 40, 36)
AT(leat_csv_selection, texts, 0, 0, 0)
AT(leat_csv_selection, n_texts, 8, 4, 4)
AT(leat_csv_selection, numbers, 16, 8, 8)
AT(leat_csv_selection, n_numbers, 24, 12, 12)
AT(leat_csv_selection, rows, 32, 16, 16)
AT(leat_csv_selection, reserved, 40, 24, 20)

SIZE(leat_csv_options, 96, 80, 76)
AT(leat_csv_options, record, 0, 0, 0)
AT(leat_csv_options, ctx, 8, 4, 4)
AT(leat_csv_options, delimiter, 16, 8, 8)
AT(leat_csv_options, quote, 17, 9, 9)
AT(leat_csv_options, no_quotes, 20, 12, 12)
AT(leat_csv_options, strict, 24, 16, 16)
AT(leat_csv_options, ragged_ok, 28, 20, 20)
AT(leat_csv_options, max_record, 32, 24, 24)
AT(leat_csv_options, max_fields, 40, 28, 28)
AT(leat_csv_options, max_lines, 48, 32, 32)
AT(leat_csv_options, allocator, 56, 40, 40)
AT(leat_csv_options, reserved, 64, 48, 44)

/* clang-format on */

int main(void)
{
	return 0;
}

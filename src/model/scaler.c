/*
 * scaler.c - features brought to one scale
 *
 * Two numbers a feature: mean and sum of squared deviations from it, by
 * Welford's update, or smallest and largest. Both are partials that join,
 * as those of windows do.
 *
 * A feature that has not varied has no scale: it is brought to 0.
 *
 * Welford, "Note on a method for calculating corrected sums of squares and
 * products", Technometrics 4 (1962).
 * Cost: one division a feature and push, one root and one division a
 * feature and transform.
 */
#include "model.h"

struct leat_scaler {
	size_t n;
	int kind;
	double clip;
	uint64_t pushed;
	double *first, *second; /* mean and squares, or least and most */
	struct leat_block block;
};

/* ---------------- making and freeing -------------------------------- */

static int scaler_check(const leat_scaler_options *o)
{
	if (o->n_features < 1 || o->n_features > LEAT_FEATURES_MAX)
		return LEAT_EINVAL;
	if (o->kind != LEAT_STANDARDISE && o->kind != LEAT_MIN_MAX)
		return LEAT_EINVAL;
	if (!(o->clip >= 0 && o->clip <= DBL_MAX))
		return LEAT_EINVAL;
	if (!leat_allocator_fits(o->allocator))
		return LEAT_EINVAL;
	return LEAT_OK;
}

static int scaler_layout(leat_scaler *s, unsigned char *base, size_t n,
    size_t *n_bytes)
{
	struct leat_cutter c = { base, 0, 0 };

	leat_cut(&c, 1, sizeof(leat_scaler));
	double *first = leat_cut(&c, n, sizeof(double));
	double *second = leat_cut(&c, n, sizeof(double));
	if (base) {
		s->first = first;
		s->second = second;
	}
	*n_bytes = c.used;
	return c.overflow ? LEAT_ETOOBIG : LEAT_OK;
}

static leat_scaler *scaler_build(void *base, const leat_scaler_options *o,
    const struct leat_block *block)
{
	leat_scaler *s = base;
	size_t n_bytes;

	memset(s, 0, sizeof *s);
	scaler_layout(s, base, o->n_features, &n_bytes);
	s->n = o->n_features;
	s->kind = o->kind;
	s->clip = o->clip;
	s->block = *block;
	leat_scaler_reset(s);
	return s;
}

static int scaler_measure(const leat_scaler_options *o, size_t *n_bytes)
{
	int err = scaler_check(o);

	return err ? err : scaler_layout(NULL, NULL, o->n_features, n_bytes);
}

/* In the caller's memory, or with NULL in the allocator's. */
static int scaler_make(leat_scaler **scaler_out, void *memory, size_t room,
    const leat_scaler_options *o)
{
	size_t n;
	struct leat_block block;
	void *base;
	int err = scaler_measure(o, &n);

	if (!err)
		err = leat_block_claim(&block, o->allocator, memory, room, n,
		    &base);
	if (!err)
		*scaler_out = scaler_build(base, o, &block);
	return err;
}

int leat_scaler_size(const leat_scaler_options *options, size_t *n_bytes_out)
{
	size_t n;

	LEAT_ASSERT(options && n_bytes_out);
	int err = scaler_measure(options, &n);
	if (!err)
		*n_bytes_out = leat_block_room(n);
	return err;
}

int leat_scaler_init(leat_scaler **scaler_out, void *memory, size_t n_bytes,
    const leat_scaler_options *options)
{
	LEAT_ASSERT(scaler_out && memory && options);
	return scaler_make(scaler_out, memory, n_bytes, options);
}

int leat_scaler_new(leat_scaler **scaler_out,
    const leat_scaler_options *options)
{
	LEAT_ASSERT(scaler_out && options);
	return scaler_make(scaler_out, NULL, 0, options);
}

void leat_scaler_free(leat_scaler *scaler)
{
	if (scaler)
		leat_block_free(scaler->block);
}

int leat_scaler_copy(const leat_scaler *scaler, const leat_allocator *allocator,
    leat_scaler **copy_out)
{
	struct leat_block block;

	LEAT_ASSERT(scaler && copy_out);
	leat_scaler *s = leat_block_copy(&block, allocator, &scaler->block,
	    scaler);
	if (!s)
		return LEAT_ENOMEM;
	s->block = block;
	s->first = leat_moved(scaler, s, scaler->first);
	s->second = leat_moved(scaler, s, scaler->second);
	*copy_out = s;
	return LEAT_OK;
}

void leat_scaler_reset(leat_scaler *scaler)
{
	LEAT_ASSERT(scaler);
	for (size_t i = 0; i < scaler->n; i++)
		scaler->first[i] = scaler->second[i] = 0;
	scaler->pushed = 0;
}

/* ---------------- pushing ------------------------------------------- */

/*
 * A value is far if the square of its deviation is out of reach. It counts as
 * 8 standard deviations away. Where there is no deviation yet, far values
 * alone give a column one, each this much, and leave its center; the first
 * ordinary deviation takes their place. A center that is itself far from the
 * first ordinary value does not stay either. So no huge value, wherever it
 * comes, takes a column's scale away for ever, and a column of huge values
 * has one.
 */
#define SCALER_HUGE 1e153
#define SCALER_MOST 8.0
#define SCALER_ORDINARY 1e143

static double scaler_squares(double sum)
{
	return sum <= DBL_MAX ? sum : DBL_MAX;
}

/* As the n-th, the deviation of x as it counts where something is far. */
static double scaler_near(double *center, double *squares, double x, double n)
{
	const double huge = SCALER_HUGE * SCALER_HUGE;
	double d = x - *center, most;

	if (fabs(d) <= SCALER_HUGE) {
		if (d != 0 && fabs(d) <= SCALER_ORDINARY)
			*squares = 0;
		return d;
	}
	if (fabs(*center) > SCALER_HUGE && fabs(x) <= SCALER_HUGE) {
		*center = x;
		*squares = 0;
		return 0;
	}
	if (*squares == 0 || *squares >= huge) {
		*squares = scaler_squares(*squares + huge);
		return 0;
	}
	most = SCALER_MOST * leat_sqrt(*squares / (n - 1));
	most = most < SCALER_HUGE ? most : SCALER_HUGE;
	return d > 0 ? most : -most;
}

static void scaler_see(double *center, double *squares, double x, double n)
{
	double d = x - *center;

	if (LEAT_LIKELY(fabs(d) <= SCALER_HUGE &&
		*squares < SCALER_HUGE * SCALER_HUGE)) {
		*center += d / n;
		*squares += d * (x - *center);
	} else {
		d = scaler_near(center, squares, x, n);
		*center += d / n;
		*squares = scaler_squares(*squares + d * (d - d / n));
	}
}

static void scaler_moments(leat_scaler *s, const double *x)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->pushed == 1)
			s->first[i] = x[i];
		else
			scaler_see(&s->first[i], &s->second[i], x[i],
			    (double)s->pushed);
	}
}

static void scaler_extrema(leat_scaler *s, const double *x)
{
	int new = s->pushed == 1;

	for (size_t i = 0; i < s->n; i++) {
		if (new || x[i] < s->first[i])
			s->first[i] = x[i];
		if (new || x[i] > s->second[i])
			s->second[i] = x[i];
	}
}

int leat_scaler_push(leat_scaler *scaler, const double *x)
{
	LEAT_ASSERT(scaler && x);
	struct leat_row row = { x, NULL, scaler->n };
	if (leat_row_nonfinite(&row))
		return LEAT_NOT_FINITE;
	scaler->pushed++;
	if (scaler->kind == LEAT_MIN_MAX)
		scaler_extrema(scaler, x);
	else
		scaler_moments(scaler, x);
	return LEAT_OK;
}

uint64_t leat_scaler_pushed(const leat_scaler *scaler)
{
	LEAT_ASSERT(scaler);
	return scaler->pushed;
}

/* ---------------- scaling ------------------------------------------- */

/* 0 where there is no scale, or it is more than a number can say. */
static double scaler_scale(const leat_scaler *s, size_t i)
{
	double scale;

	if (s->pushed == 0)
		return 0;
	if (s->kind == LEAT_MIN_MAX)
		scale = s->second[i] - s->first[i];
	else
		scale = leat_sqrt(s->second[i] / (double)s->pushed);
	return scale > 0 && scale <= DBL_MAX ? scale : 0;
}

static double scaler_clip(const leat_scaler *s, double z)
{
	double least = s->kind == LEAT_MIN_MAX ? 0 : -s->clip;
	double most = s->kind == LEAT_MIN_MAX ? 1 : s->clip;

	if (s->clip == 0)
		return z;
	return z < least ? least : z > most ? most : z;
}

/* What is far counts as here; what else is too far apart is divided first. */
static double scaler_z(const leat_scaler *s, double x, double center,
    double scale)
{
	double d = x - center;

	if (s->kind == LEAT_STANDARDISE && !(fabs(d) <= SCALER_HUGE))
		return d > 0 ? SCALER_MOST : -SCALER_MOST;
	return d - d == 0 ? d / scale : x / scale - center / scale;
}

void leat_scaler_transform(const leat_scaler *scaler, const double *x,
    double *z_out)
{
	const leat_scaler *s = scaler;

	LEAT_ASSERT(s && x && z_out);
	for (size_t i = 0; i < s->n; i++) {
		double scale = scaler_scale(s, i);
		z_out[i] = scale > 0
		    ? scaler_clip(s, scaler_z(s, x[i], s->first[i], scale))
		    : 0;
	}
}

void leat_scaler_inverse(const leat_scaler *scaler, const double *z,
    double *x_out)
{
	const leat_scaler *s = scaler;

	LEAT_ASSERT(s && z && x_out);
	for (size_t i = 0; i < s->n; i++)
		x_out[i] = s->first[i] + z[i] * scaler_scale(s, i);
}

void leat_scaler_parameters(const leat_scaler *scaler, double *center_out,
    double *scale_out)
{
	const leat_scaler *s = scaler;

	LEAT_ASSERT(s);
	for (size_t i = 0; i < s->n; i++) {
		if (center_out)
			center_out[i] = s->pushed > 0 ? s->first[i] : NAN;
		if (scale_out)
			scale_out[i] = scaler_scale(s, i);
	}
}

/* ---------------- as bytes, and joined --------------------------------- */

/*
 * Minimum and maximum are values; a mean and what values deviate from it may
 * have overflowed. Of no samples both are 0.
 */
static int column_fits(const leat_scaler *s, double first, double second)
{
	if (s->pushed == 0)
		return first == 0 && second == 0;
	if (s->kind == LEAT_MIN_MAX)
		return -DBL_MAX <= first && first <= second &&
		    second <= DBL_MAX;
	return !(second < 0);
}

static void tape_scaler(struct leat_tape *t, void *object)
{
	leat_scaler *s = object;
	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_same(t, (uint64_t)s->kind, "kind");
	leat_tape_same(t, s->n, "n_features");
	leat_tape_same_double(t, s->clip, "clip");
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_number(t, &s->pushed, LEAT_TAPE_PUSHES);
	leat_tape_doubles(t, s->first, s->n);
	leat_tape_doubles(t, s->second, s->n);
	for (size_t i = 0; i < s->n; i++)
		leat_tape_expect(t, column_fits(s, s->first[i], s->second[i]));
}

int leat_scaler_save(const leat_scaler *scaler, leat_writer *writer)
{
	LEAT_ASSERT(scaler && writer);
	return leat_tape_to(writer, LEAT_OBJECT_SCALER, tape_scaler, scaler);
}

int leat_scaler_load(leat_scaler **scaler_out,
    const leat_scaler_options *options, leat_reader *reader)
{
	leat_scaler *s;
	int err;

	LEAT_ASSERT(scaler_out && options && reader);
	if ((err = leat_scaler_new(&s, options)))
		return err;
	err = leat_tape_from(reader, LEAT_OBJECT_SCALER, tape_scaler, s);
	if (err)
		leat_scaler_free(s);
	else
		*scaler_out = s;
	return err;
}

/* Means and squares of n and of m samples: Chan, Golub and LeVeque (1983). */
static void join_moments(leat_scaler *s, const leat_scaler *o)
{
	double n = (double)s->pushed, m = (double)o->pushed;
	double share = m / (n + m);

	for (size_t i = 0; i < s->n; i++) {
		double d = o->first[i] - s->first[i];
		s->second[i] = scaler_squares(s->second[i] + o->second[i] +
		    d * (d * share * n));
		if (d - d == 0)
			s->first[i] += d * share;
		else /* further apart than a number can say */
			s->first[i] += o->first[i] * share -
			    s->first[i] * share;
	}
}

static void join_extrema(leat_scaler *s, const leat_scaler *o)
{
	for (size_t i = 0; i < s->n; i++) {
		if (o->first[i] < s->first[i])
			s->first[i] = o->first[i];
		if (o->second[i] > s->second[i])
			s->second[i] = o->second[i];
	}
}

int leat_scaler_merge(leat_scaler *scaler, const leat_scaler *other)
{
	LEAT_ASSERT(scaler && other);
	if (scaler == other)
		return LEAT_EINVAL;
	if (scaler->kind != other->kind || scaler->n != other->n ||
	    !(scaler->clip == other->clip))
		return LEAT_EOPTIONS;
	if (other->pushed == 0)
		return LEAT_OK;
	if (scaler->pushed == 0) {
		memcpy(scaler->first, other->first, scaler->n * sizeof(double));
		memcpy(scaler->second, other->second,
		    scaler->n * sizeof(double));
	} else if (scaler->kind == LEAT_MIN_MAX) {
		join_extrema(scaler, other);
	} else {
		join_moments(scaler, other);
	}
	scaler->pushed += other->pushed;
	return LEAT_OK;
}

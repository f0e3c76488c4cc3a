/*
 * model.h - models, and what watches over them
 *
 * Every object here is one block of memory (core/block.c): the struct,
 * then its arrays.
 */
#ifndef LEAT_MODEL_H
#define LEAT_MODEL_H

#include "../core/core.h"

/* ------------------------------------------------------------------ */
/* Metrics: metric.c, auc.c                                           */
/* ------------------------------------------------------------------ */

/* ------------------------------------------------------------------ */
/* Drift: drift.c, page_hinkley.c, adwin.c, chart.c                   */
/* ------------------------------------------------------------------ */

#endif

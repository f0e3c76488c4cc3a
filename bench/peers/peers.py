"""Rolling statistics of an array by leat, bottleneck and TA-Lib.

usage: peers.py ROLLING.SO

All work on the same array in this process, in turn within each round; figures
are the best rounds, in ns of CPU time a value, and each allocates its results.
Results have to agree but for rounding. The others subtract what leaves, so
their sums drift: by one rounding of the largest sum a push, at most. Time
never makes this fail: it depends on the machine. ABOVE marks a sum that takes
more than BOUND times what the faster of the others takes.
"""

import ctypes
import sys
import time

import bottleneck
import numpy
import talib

N = 1000000
ROUNDS = 7
SIZES = (16, 100, 4096)
BOUND = 1.2

DOUBLES = ctypes.POINTER(ctypes.c_double)

STATS = {
    "sum": (bottleneck.move_sum, talib.SUM),
    "mean": (bottleneck.move_mean, talib.SMA),
    "min": (bottleneck.move_min, talib.MIN),
}


def leat_of(path):
    """Returns a function of a statistic's name, an array and a size."""
    rolling = ctypes.CDLL(path).rolling
    rolling.argtypes = (ctypes.c_char_p, ctypes.c_uint64, DOUBLES,
                        ctypes.c_size_t, DOUBLES)

    def call(stat, x, size):
        out = numpy.empty_like(x)
        error = rolling(stat.encode(), size, x.ctypes.data_as(DOUBLES),
                        len(x), out.ctypes.data_as(DOUBLES))
        if error:
            sys.exit("peers: leat: error %d" % error)
        return out

    return call


def fastest(functions):
    """Returns the results and the least times, in ns a value."""
    results, best = [None] * len(functions), [float("inf")] * len(functions)
    for _ in range(ROUNDS):
        for i, function in enumerate(functions):
            start = time.process_time()
            results[i] = function()
            spent = time.process_time() - start
            best[i] = min(best[i], spent / N * 1e9)
    return results, best


def disagreement(stat, x, size, ours, theirs):
    """Returns by how many times what is allowed they differ."""
    ours, theirs = ours[size - 1:], theirs[size - 1:]
    if not numpy.array_equal(numpy.isnan(ours), numpy.isnan(theirs)):
        return float("inf")
    difference = numpy.nanmax(numpy.abs(ours - theirs))
    if stat == "min":
        return 0 if difference == 0 else float("inf")
    largest = numpy.nanmax(numpy.abs(x)) * (size if stat == "sum" else 1)
    return difference / (len(x) * 2.0 ** -52 * largest)


def compare(leat, stat, x, size):
    """Prints a line and returns whether results agree."""
    in_bottleneck, in_talib = STATS[stat]
    results, best = fastest([
        lambda: leat(stat, x, size),
        lambda: in_bottleneck(x, size, min_count=1),
        lambda: in_talib(x, size),
    ])
    off = max(disagreement(stat, x, size, results[0], theirs)
              for theirs in results[1:])
    ratio = best[0] / min(best[1:])
    print("  %-6s %6d %8.2f %10.2f %8.2f %8.2f%s%s" % (
        stat, size, *best, ratio,
        " ABOVE" if stat == "sum" and ratio > BOUND else "",
        " RESULTS DIFFER" if off > 1 else ""))
    return off <= 1


def compare_gaps(leat, stat, x, size):
    """Returns whether results agree where values are missing."""
    theirs = STATS[stat][0](x, size, min_count=1)
    off = disagreement(stat, x, size, leat(stat, x, size), theirs)
    if off > 1:
        print("  %s %d, values missing: RESULTS DIFFER" % (stat, size))
    return off <= 1


def main():
    leat = leat_of(sys.argv[1])
    random = numpy.random.default_rng(1)
    x = random.normal(100, 10, N)
    gaps = numpy.where(random.uniform(size=N) < 0.01, numpy.nan, x)
    print("rolling statistics of %d values, ns a value (bottleneck %s, "
          "TA-Lib %s)" % (N, bottleneck.__version__, talib.__version__))
    print("  %-6s %6s %8s %10s %8s %8s" % (
        "", "window", "leat", "bottleneck", "TA-Lib", "ratio"))
    agree = [compare(leat, stat, x, size) and
             compare_gaps(leat, stat, gaps, size)
             for stat in STATS for size in SIZES]
    print("%d compared, %d disagree" % (len(agree), agree.count(False)))
    sys.exit(not all(agree))


main()

/* What both C programs share: clock, memory, the normal quantile, p95, and the line of results. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

typedef uint64_t u64;
typedef int64_t i64;
typedef struct { double wait[2], sojourn; i64 visits[2]; } Sums;

static inline double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

/* Fresh memory with the same advice that NumPy gives for large arrays. */
static inline void *rows_of(size_t bytes)
{
    size_t page = 1 << 21;
    void *p = aligned_alloc(page, (bytes + page - 1) / page * page);
    if (!p) exit((fputs("no memory\n", stderr), 1));
#ifdef __linux__
    madvise(p, (bytes + page - 1) / page * page, MADV_HUGEPAGE);
#endif
    return p;
}

/* 128 bins an octave, from the bits of the double (relative error below 0.8 %) */
static i64 bins[128 * 128];
static inline void count_time(double x)
{
    union { double d; u64 u; } v = { x };
    i64 b = (i64)(v.u >> 45) - ((i64)(1023 - 64) << 7);
    bins[b < 0 ? 0 : b < 128 * 128 ? b : 128 * 128 - 1]++;
}
static inline double histogram_95(i64 n)
{
    i64 seen = 0, b = 0;
    while (b < 128 * 128 - 1 && (seen += bins[b]) < 0.95 * n) b++;
    union { u64 u; double d; } v = { ((u64)(b + ((i64)(1023 - 64) << 7)) << 45) + (1ULL << 44) };
    memset(bins, 0, sizeof bins);
    return v.d;
}

static inline double select_95(double *x, i64 n)
{
    if (n == 0) return NAN;
    i64 low = 0, high = n - 1, k = (i64)(0.95 * (n - 1));
    while (low < high) { /* quickselect, Hoare */
        double pivot = x[(low + high) / 2];
        i64 i = low, j = high;
        while (i <= j) {
            while (x[i] < pivot) i++;
            while (x[j] > pivot) j--;
            if (i <= j) { double t = x[i]; x[i++] = x[j]; x[j--] = t; }
        }
        if (k <= j) high = j; else if (k >= i) low = i; else break;
    }
    return x[k];
}

/* Wichura 1988, algorithm AS 241, PPND16 */
static inline double horner(const double *c, double r)
{
    double v = c[0];
    for (int i = 1; i < 8; i++) v = v * r + c[i];
    return v;
}
static double normal_quantile(double p)
{
    static const double a[8] = { 2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608 };
    static const double b[8] = { 5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0 };
    static const double c[8] = { 7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
        1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734 };
    static const double d[8] = { 1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
        0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0 };
    static const double e[8] = { 2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
        0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772 };
    static const double f[8] = { 2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
        7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0 };
    double q = p - 0.5;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * horner(a, r) / horner(b, r);
    }
    double r = sqrt(-log(q < 0 ? p : 1.0 - p));
    int near = r <= 5.0;
    r -= near ? 1.6 : 5.0;
    double top = near ? horner(c, r) : horner(e, r), low = near ? horner(d, r) : horner(f, r);
    return q < 0 ? -top / low : top / low;
}

static inline void report(double seconds, i64 requests, const Sums *s, double hours, double p95)
{
    printf("{\"seconds\": %.9f, \"requests\": %lld, \"wait_a\": %.17g, \"wait_b\": %.17g, \"backlog\": %.17g, \"p95\": %.17g}\n",
           seconds, (long long)requests, s->wait[0] / s->visits[0], s->wait[1] / s->visits[1], s->sojourn / hours, p95);
}

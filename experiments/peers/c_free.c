/* The same network in C, free of changeflow's law: xoshiro256+ in the order of events, ziggurat or polar method,
 * dispatch at once. It shows what the law costs, and it is the yardstick of the checks (many short runs).
 *
 * usage: c_free MODE LAW HOURS SEED RUNS A1 A2 B1 B2     one line of results a run
 * MODE records (arrived, wait, sojourn, loops of each request) or stream; laws as in c_law. */
#define _GNU_SOURCE
#include "common.h"

enum { SERVERS = 8, RING = 1 << 16 };

typedef struct { double arrived, entered, wait; i64 number; int loops; } Request;
typedef struct { double arrived, wait, sojourn; i64 loops; } Row;

static u64 s0, s1, s2, s3;
static inline u64 rotl(u64 x, int k) { return x << k | x >> (64 - k); }
static inline u64 next(void)
{
    u64 r = s0 + s3, t = s1 << 17;
    s2 ^= s0; s3 ^= s1; s1 ^= s2; s0 ^= s3; s2 ^= t; s3 = rotl(s3, 45);
    return r;
}
static u64 split(u64 *x)
{
    u64 z = *x += 0x9E3779B97F4A7C15ULL;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL; z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
    return z ^ z >> 31;
}
static inline double uniform(void) { return ((next() >> 11) + 0.5) * 0x1p-53; }

static double zx[257], zf[257]; /* Marsaglia and Tsang 2000, 256 layers */
static void ziggurat(void)
{
    const double r = 7.69711747013104972, v = 0.0039496598225815571993;
    zx[0] = v / exp(-r); zx[1] = r;
    for (int i = 1; i < 255; i++) zx[i + 1] = -log(exp(-zx[i]) + v / zx[i]);
    zx[256] = 0;
    for (int i = 0; i <= 256; i++) zf[i] = exp(-zx[i]);
}
static inline double exponential(void)
{
    double shift = 0;
    for (;;) {
        u64 u = next();
        int i = u >> 3 & 255;
        double x = ((u >> 11) + 0.5) * 0x1p-53 * zx[i];
        if (x < zx[i + 1]) return shift + x;
        if (i == 0) shift += zx[1];
        else if (zf[i] + uniform() * (zf[i + 1] - zf[i]) < exp(-x)) return shift + x;
    }
}
static double normal(void)
{
    static double spare;
    static int has;
    if (has) return has = 0, spare;
    double x, y, q;
    do x = 2 * uniform() - 1, y = 2 * uniform() - 1, q = x * x + y * y; while (q >= 1 || q == 0);
    double f = sqrt(-2 * log(q) / q);
    spare = y * f; has = 1;
    return x * f;
}

static int lognormal, records;
static double law[2][2];
static inline double service(int s) { return lognormal ? exp(law[s][0] + law[s][1] * normal()) : law[s][0] * exponential(); }

static void one_run(double end)
{
    static Request queue[2][RING];
    const int first[2] = {0, 3};
    const double rework[2] = {0.15, 0.25};
    double begin = cpu_seconds(), done[SERVERS];
    Row *rows = records ? rows_of(((size_t)(1.1 * end) + 4096) * sizeof(Row)) : 0;
    Request at[SERVERS];
    int idle[2] = {3, 5};
    i64 head[2] = {0, 0}, tail[2] = {0, 0}, number = 0, closed = 0;
    Sums sums = {0};
    for (int i = 0; i < SERVERS; i++) done[i] = INFINITY;
    double arrival = exponential();
    for (;;) {
        double now = arrival;
        int who = -1, s;
        for (int i = 0; i < SERVERS; i++)
            if (done[i] < now) now = done[i], who = i;
        if (!(now < end)) break;
        Request r;
        if (who >= 0) {
            s = who >= first[1];
            r = at[who];
            done[who] = INFINITY;
            idle[s]++;
            if (uniform() < rework[s]) {
                r.entered = now;
                r.loops++;
                queue[s][tail[s]++ & (RING - 1)] = r;
            } else {
                closed++;
                sums.sojourn += now - r.arrived;
                if (records) rows[r.number] = (Row){ r.arrived, r.wait, now - r.arrived, r.loops };
                else count_time(now - r.arrived);
            }
        } else {
            s = uniform() < 0.7 ? 0 : 1;
            r = (Request){ now, now, 0, number, 0 };
            if (records) rows[number].sojourn = NAN;
            number++;
            arrival = now + exponential();
            queue[s][tail[s]++ & (RING - 1)] = r;
        }
        if (tail[s] - head[s] >= RING) exit((fputs("c_free: queue full\n", stderr), 1));
        if (idle[s] && head[s] < tail[s]) {
            int i = first[s];
            while (done[i] != INFINITY) i++;
            at[i] = queue[s][head[s]++ & (RING - 1)];
            at[i].wait += now - at[i].entered;
            sums.wait[s] += now - at[i].entered;
            sums.visits[s]++;
            done[i] = now + service(s);
            idle[s]--;
        }
    }
    double p95;
    if (records) {
        double *sojourn = rows_of((closed + 1) * sizeof(double));
        i64 n = 0;
        for (i64 i = 0; i < number; i++)
            if (rows[i].sojourn == rows[i].sojourn) sojourn[n++] = rows[i].sojourn;
        p95 = select_95(sojourn, n);
        free(sojourn);
        free(rows);
    } else p95 = histogram_95(closed);
    report(cpu_seconds() - begin, number, &sums, end, p95);
}

int main(int argc, char **argv)
{
    if (argc != 10) return fputs("c_free: 9 arguments, see the source\n", stderr), 2;
    records = !strcmp(argv[1], "records");
    lognormal = !strcmp(argv[2], "lognormal");
    u64 seed = strtoull(argv[4], 0, 10);
    s0 = split(&seed); s1 = split(&seed); s2 = split(&seed); s3 = split(&seed);
    for (int i = 0; i < 4; i++) law[i / 2][i % 2] = atof(argv[6 + i]);
    ziggurat();
    for (int run = atoi(argv[5]); run > 0; run--) one_run(atof(argv[3]));
    return 0;
}

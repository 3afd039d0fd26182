/* The work item in C under the same law as changeflow, to the bit: Philox4x32-10 keyed by (run, request, stage,
 * purpose, pass), two uniforms a block, inversion, re-entries after completions, dispatch at the end of the instant.
 *
 * usage: c_law MODE LAW HOURS RUN_KEY SOURCE_KEY STAGE_A STAGE_B A1 A2 B1 B2
 * MODE  records: visit rows as wide as changeflow's, arrived and closed of each request
 *       trace:   and all that changeflow's request rows hold, drawn difficulty included
 *       stream:  no rows; means, and p95 from a log-linear histogram
 * LAW   exponential (A1, B1: means) or lognormal (A1 A2, B1 B2: mu and sigma); keys are decimal numbers.
 * Build: cc -O3 -march=native -ffp-contract=off (a fused multiply-add would change last bits). */
#define _GNU_SOURCE
#include "common.h"

enum { WORK = 0, ROUTE = 1, ATTRIBUTES = 2, GAP = 4, BLOCK = 1024, SERVERS = 8, RING = 1 << 20 };

typedef struct { double arrived, entered, work, luck; i64 number; int visit; } Request;
typedef struct {
    i64 request; int visit; short stage; int pass, attempt; short station; int server;
    double entered, joined, started, finished, work; short outcome;
} Visit;
typedef struct { double arrived, closed; } Times;
typedef struct {
    i64 number; u64 key; i64 parent; short cause, source, category, component;
    double arrived, closed; short outcome; double difficulty, quality;
} Row;

static inline __attribute__((always_inline)) void
uniforms(u64 run, u64 subject, u64 stage, u64 block, u64 pass, double *one, double *two)
{
    u64 c0 = (uint32_t)subject, c1 = subject >> 32, c2 = stage, c3 = block << 24 | pass;
    u64 k0 = (uint32_t)run, k1 = run >> 32;
    for (int i = 0; i < 10; i++) {
        u64 p0 = 0xD2511F53ULL * c0, p1 = 0xCD9E8D57ULL * c2;
        c0 = (p1 >> 32) ^ c1 ^ k0; c1 = (uint32_t)p1;
        c2 = (p0 >> 32) ^ c3 ^ k1; c3 = (uint32_t)p0;
        k0 = (uint32_t)(k0 + 0x9E3779B9ULL); k1 = (uint32_t)(k1 + 0xBB67AE85ULL);
    }
    double top = 1.0 - 0x1p-53;
    double u = ((double)(i64)((c0 << 32 | c1) >> 11) + 0.5) * 0x1p-53;
    double v = ((double)(i64)((c2 << 32 | c3) >> 11) + 0.5) * 0x1p-53;
    *one = u < top ? u : top;
    *two = v < top ? v : top;
}

static int lognormal, records, trace;
static double law[2][2];
static u64 run_key, source_key, stage_key[2];

static inline double service(int station, double u)
{
    if (!lognormal) return -law[station][0] * log1p(-u);
    return exp(law[station][0] + law[station][1] * normal_quantile(u));
}

/* what a block of requests knows before it arrives; gaps, places and first luck in loops that vectorise */
static double arrival[BLOCK], place_u[BLOCK], work_u[BLOCK], luck_u[BLOCK], hard_u[BLOCK];
static u64 stage_of[BLOCK];
static double sum_of_gaps;

static void next_block(i64 first)
{
    double spare[BLOCK];
    for (int i = 0; i < BLOCK; i++) uniforms(run_key, source_key | (u64)(first + i), 0, GAP, 0, &arrival[i], &spare[i]);
    for (int i = 0; i < BLOCK; i++) arrival[i] = sum_of_gaps += -log1p(-arrival[i]);
    for (int i = 0; i < BLOCK; i++) uniforms(run_key, source_key | (u64)(first + i), 0, ROUTE, 0, &place_u[i], &spare[i]);
    for (int i = 0; i < BLOCK; i++) stage_of[i] = place_u[i] < 0.7 ? stage_key[0] : stage_key[1];
    for (int i = 0; i < BLOCK; i++)
        uniforms(run_key, source_key | (u64)(first + i), stage_of[i], WORK, 0, &work_u[i], &luck_u[i]);
    if (trace)
        for (int i = 0; i < BLOCK; i++)
            uniforms(run_key, source_key | (u64)(first + i), 0, ATTRIBUTES, 0, &spare[i], &hard_u[i]);
}

int main(int argc, char **argv)
{
    if (argc != 12) return fputs("c_law: 11 arguments, see the source\n", stderr), 2;
    trace = !strcmp(argv[1], "trace"); records = trace || !strcmp(argv[1], "records");
    lognormal = !strcmp(argv[2], "lognormal");
    double end = atof(argv[3]);
    run_key = strtoull(argv[4], 0, 10); source_key = strtoull(argv[5], 0, 10);
    for (int s = 0; s < 2; s++) {
        stage_key[s] = strtoull(argv[6 + s], 0, 10);
        for (int k = 0; k < 2; k++) law[s][k] = atof(argv[8 + 2 * s + k]);
    }
    double begin = cpu_seconds();
    size_t room = (size_t)(1.1 * end) + 4096;
    Visit *visits = records ? rows_of(room * 3 / 2 * sizeof(Visit)) : 0;
    Times *times = records ? rows_of(room * sizeof(Times)) : 0;
    Row *rows = trace ? rows_of(room * sizeof(Row)) : 0;
    Request *queue[2] = { rows_of(RING * sizeof(Request)), rows_of(RING * sizeof(Request)) };
    i64 head[2] = {0, 0}, tail[2] = {0, 0};
    const int first[3] = {0, 3, 8};
    const double rework[2] = {0.15, 0.25};
    double done[SERVERS], started[SERVERS];
    Request at[SERVERS];
    int idle[2] = {3, 5};
    for (int i = 0; i < SERVERS; i++) done[i] = INFINITY;
    i64 number = 0, written = 0, closed = 0;
    int in_block = 0;
    Sums sums = {0};
    next_block(0);
    for (;;) {
        double now = arrival[in_block];
        int who = -1;
        for (int i = 0; i < SERVERS; i++)
            if (done[i] < now) now = done[i], who = i;
        if (!(now < end)) break;
        if (who >= 0)
            for (int i = who; i < SERVERS; i++) { /* a tie ends in the same instant */
                if (done[i] != now) continue;
                int s = i >= first[1];
                Request r = at[i];
                done[i] = INFINITY;
                idle[s]++;
                int again = r.luck < rework[s];
                sums.wait[s] += started[i] - r.entered;
                sums.visits[s]++;
                if (records) {
                    Visit *v = &visits[written++];
                    v->request = r.number; v->visit = v->pass = r.visit; v->attempt = r.visit + 1;
                    v->stage = v->station = s; v->server = i - first[s];
                    v->entered = v->joined = r.entered; v->started = started[i]; v->finished = now;
                    v->work = r.work; v->outcome = 1 + again;
                }
                if (again) {
                    double u;
                    r.visit++;
                    uniforms(run_key, source_key | (u64)r.number, stage_key[s], WORK, r.visit, &u, &r.luck);
                    r.work = service(s, u);
                    r.entered = now;
                    queue[s][tail[s]++ & (RING - 1)] = r;
                } else {
                    closed++;
                    sums.sojourn += now - r.arrived;
                    if (!records) count_time(now - r.arrived);
                    else times[r.number].closed = now;
                    if (trace) {
                        Row *row = &rows[r.number];
                        row->number = r.number; row->key = source_key | (u64)r.number; row->parent = -1;
                        row->cause = row->source = row->category = 0; row->component = -1;
                        row->arrived = r.arrived; row->closed = now; row->outcome = 1; row->quality = NAN;
                    }
                }
            }
        while (arrival[in_block] == now) {
            int s = place_u[in_block] < 0.7 ? 0 : 1;
            Request r = { now, now, service(s, work_u[in_block]), luck_u[in_block], number, 0 };
            if (records) times[number].arrived = now, times[number].closed = NAN;
            if (trace) rows[number].difficulty = hard_u[in_block];
            queue[s][tail[s]++ & (RING - 1)] = r;
            number++;
            if (++in_block == BLOCK) next_block(number), in_block = 0;
        }
        for (int s = 0; s < 2; s++) {
            if (tail[s] - head[s] >= RING) return fputs("c_law: queue full\n", stderr), 1;
            while (idle[s] && head[s] < tail[s]) {
                int i = first[s];
                while (done[i] != INFINITY) i++;
                at[i] = queue[s][head[s]++ & (RING - 1)];
                started[i] = now;
                done[i] = now + at[i].work;
                idle[s]--;
            }
        }
    }
    double p95;
    if (records) {
        double *sojourn = rows_of((closed + 1) * sizeof(double));
        i64 n = 0;
        for (i64 i = 0; i < number; i++)
            if (times[i].closed == times[i].closed) sojourn[n++] = times[i].closed - times[i].arrived;
        p95 = select_95(sojourn, n);
    } else p95 = histogram_95(closed);
    report(cpu_seconds() - begin, number, &sums, end, p95);
    return visits && visits[written / 2].request < 0; /* rows are used */
}

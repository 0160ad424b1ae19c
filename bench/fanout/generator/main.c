/* Commands, one a line on standard input; each is answered by one line of JSON.

     open COUNT PARALLEL     connect until COUNT clients are ready, PARALLEL handshakes at a time; clients that were
                             closed come back with their cursor, and are ready when they have caught up
     close KEEP              close all clients but the first KEEP
     run SENDERS IN_FLIGHT WARM SECONDS     each sender keeps IN_FLIGHT messages under way that not all have got
     rate PER_SECOND SECONDS                one sender, by the clock
     send COUNT IN_FLIGHT                   one sender, COUNT messages

   While no command runs, pings are answered. Usage:
     load DIALECT PORT PATH ROOM TOKENS_FILE BODY_SIZE SUBSCRIBE      ("-" for no room, no tokens) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

#define OPEN_SECONDS 60
#define DRAIN_SECONDS 20
#define SILENT_SECONDS 4 /* when nothing has come for so long, nothing more will */

options opt;

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static void send_one(uint32_t sender) {
    static const char words[] = "the quick brown fox jumps over the lazy dog while the team watches its own room ";
    char body[20000], payload[21000];
    uint32_t number = tally_next_number(sender);
    int size = snprintf(body, sizeof body, "load:%u:%u: ", sender, number);
    for (; size < (int)opt.body_size; size++) body[size] = words[size % (sizeof words - 1)];
    body[size - 1] = '.';
    body[size] = 0;
    size_t length = opt.dialect->message(payload, body, sender);
    tally_sent(sender, number);
    client_send(&clients[sender], payload, length);
}

static void pump(unsigned senders, unsigned window) {
    for (uint32_t s = 0; s < senders; s++)
        while (clients[s].state == READY && in_flight[s] < window) send_one(s);
}

static void drain(void) {
    double until = clock_now() + DRAIN_SECONDS, heard = clock_now();
    uint64_t due = unfinished;
    while (unfinished && clock_now() < until && clock_now() < heard + SILENT_SECONDS) {
        loop_step(until);
        if (unfinished != due) heard = clock_now();
        due = unfinished;
    }
}

/* What was counted since recording began; what is still missing after the drain. */
static void report(double seconds, double cpu) {
    counts.recording = false;
    drain();
    printf("{\"seconds\": %.4f, \"messages\": %lu, \"deliveries\": %lu, \"frames\": %lu, \"p50_ms\": %.2f, "
           "\"p99_ms\": %.2f, \"cpu\": %.3f, \"missing\": %lu, \"lost\": %lu, \"doubled\": %lu, \"stray\": %lu, "
           "\"refused\": %lu, \"broken\": %zu}\n",
           seconds, counts.messages, counts.deliveries, counts.frames, tally_percentile_ms(0.5),
           tally_percentile_ms(0.99), cpu / seconds, unfinished, counts.lost, counts.doubled, counts.stray,
           counts.refused, broken_count);
    tally_forget();
}

static void run(unsigned senders, unsigned window, double warm, double seconds) {
    double from = clock_now() + warm, until = from + seconds, began = 0, cpu = 0;
    if (senders > SENDERS_MAX || senders > client_count) die("more senders than clients");
    tally_reset();
    while (clock_now() < until) {
        if (!counts.recording && clock_now() >= from) {
            counts.recording = true;
            began = clock_now();
            cpu = cpu_seconds();
        }
        pump(senders, window);
        loop_step(counts.recording ? until : from);
    }
    report(clock_now() - began, cpu_seconds() - cpu);
}

static void rate(double per_second, double seconds) {
    double began = clock_now(), due = began, until = began + seconds, cpu = cpu_seconds();
    tally_reset();
    counts.recording = true;
    while (clock_now() < until) {
        if (clock_now() >= due) {
            send_one(0);
            due += 1 / per_second;
        }
        loop_step(due);
    }
    report(clock_now() - began, cpu_seconds() - cpu);
}

static void send_count(unsigned count, unsigned window) {
    double began = clock_now(), cpu = cpu_seconds();
    uint32_t last = tally_next_number(0) + count;
    tally_reset();
    counts.recording = true;
    while (tally_next_number(0) < last) {
        if (in_flight[0] < window) send_one(0);
        else loop_step(clock_now() + 1);
    }
    drain();
    report(clock_now() - began, cpu_seconds() - cpu);
}

static void open_clients(size_t count, size_t parallel) {
    double began = clock_now(), cpu = cpu_seconds();
    size_t tried = 0, broken = broken_count;
    clients_grow(count);
    while (clock_now() < began + OPEN_SECONDS && (tried < count || shaking_count)) {
        for (; tried < count && shaking_count < parallel; tried++)
            if (clients[tried].state == CLOSED) client_connect(&clients[tried]);
        loop_step(began + OPEN_SECONDS);
    }
    double seconds = clock_now() - began;
    printf("{\"seconds\": %.4f, \"ready\": %zu, \"failed\": %zu, \"broken\": %zu, \"cpu\": %.3f}\n", seconds, ready_count,
           count - ready_count, broken_count - broken, (cpu_seconds() - cpu) / seconds);
}

static void close_clients(size_t keep) {
    for (size_t n = keep; n < client_count; n++) client_close(&clients[n]);
    printf("{\"ready\": %zu}\n", ready_count);
}

static void obey(const char *line) {
    double a = 0, b = 0, c = 0, d = 0;
    char verb[16] = "";
    sscanf(line, "%15s %lf %lf %lf %lf", verb, &a, &b, &c, &d);
    if (!strcmp(verb, "open")) open_clients(a, b);
    else if (!strcmp(verb, "close")) close_clients(a);
    else if (!strcmp(verb, "run")) run(a, b, c, d);
    else if (!strcmp(verb, "rate")) rate(a, b);
    else if (!strcmp(verb, "send")) send_count(a, b);
    else die("no such command");
    fflush(stdout);
}

static void read_tokens(const char *path) {
    char line[300];
    FILE *file = fopen(path, "r");
    if (!file) die("cannot read the tokens");
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        opt.tokens = realloc(opt.tokens, (opt.token_count + 1) * sizeof *opt.tokens);
        opt.tokens[opt.token_count++] = strdup(line);
    }
    fclose(file);
}

int main(int argc, char **argv) {
    char line[200];
    if (argc != 8) die("usage: load DIALECT PORT PATH ROOM TOKENS_FILE BODY_SIZE SUBSCRIBE");
    opt = (options){.dialect = dialect_named(argv[1]), .port = atoi(argv[2]), .path = argv[3], .room = argv[4]};
    if (strcmp(argv[5], "-")) read_tokens(argv[5]);
    opt.body_size = atoi(argv[6]);
    opt.subscribe = atoi(argv[7]);
    srandom(getpid() ^ (unsigned)(clock_now() * 1e6)); /* a client_id that was used before is a retry, and sends nothing */
    loop_start();
    for (;;) {
        if (!loop_step(clock_now() + 1)) continue;
        ssize_t size = read(0, line, sizeof line - 1);
        if (size <= 0) return 0;
        line[size] = 0;
        obey(line);
    }
}

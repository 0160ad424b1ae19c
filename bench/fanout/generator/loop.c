/* One epoll loop for all sockets and the commands on standard input. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

#include "load.h"

#define STDIN UINT32_MAX
#define SWEEP_SECONDS 0.05 /* how often we look for acks that are due */

double now;
static int loop;

double clock_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

void die(const char *sentence) {
    fprintf(stderr, "load: %s.\n", sentence);
    exit(1);
}

void loop_start(void) {
    struct epoll_event on_input = {.events = EPOLLIN, .data.u32 = STDIN};
    loop = epoll_create1(0);
    epoll_ctl(loop, EPOLL_CTL_ADD, 0, &on_input);
}

void loop_watch(client *c, bool writable) {
    struct epoll_event e = {.events = writable ? EPOLLOUT : EPOLLIN, .data.u32 = c->index};
    if (epoll_ctl(loop, writable ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, c->fd, &e)) die("epoll refused a socket");
}

static void ack_what_is_due(void) {
    static double swept;
    if (now - swept < SWEEP_SECONDS) return;
    swept = now;
    for (size_t n = 0; n < client_count; n++) {
        client *c = &clients[n];
        if (c->state != CLOSED && c->unacked && now - c->unacked_since > ACK_SECONDS - SWEEP_SECONDS) ack(c);
    }
}

bool loop_step(double until) {
    struct epoll_event events[256];
    bool command = false;
    double wait = until - clock_now();
    if (wait > SWEEP_SECONDS) wait = SWEEP_SECONDS;
    int count = epoll_wait(loop, events, 256, wait > 0 ? (int)(wait * 1000) : 0);
    now = clock_now();
    for (int n = 0; n < count; n++) {
        if (events[n].data.u32 == STDIN) command = true;
        else if (clients[events[n].data.u32].state != CLOSED) client_readable(&clients[events[n].data.u32]);
    }
    ack_what_is_due();
    return command;
}

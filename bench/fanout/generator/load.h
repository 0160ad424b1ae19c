/* The load generator: many WebSocket clients in one thread, every delivery counted and checked. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SENDERS_MAX 64     /* connections that may send; the first ones of all */
#define FRAME_MAX (8 << 20) /* bytes; more than any peer puts into one frame */
#define ACK_EVENTS 64      /* the contract: an ack at least every 64 events ... */
#define ACK_SECONDS 0.95   /* ... or every second, whichever is first */

enum state { CLOSED, CONNECTING, SHAKING, OPEN, READY };

typedef struct client {
    int index, fd;
    enum state state;
    char *rest; /* the beginning of a frame whose end has not arrived */
    size_t rest_size;
    uint64_t seq, target; /* last event handled; ready only when seq has reached target */
    uint32_t unacked;
    double unacked_since;
    uint32_t next[SENDERS_MAX]; /* the number expected next from each sender */
} client;

enum kind { EVENT, HELLO, SUBSCRIBED, REPLY, REFUSED, REJECTED, BYE, OTHER };

typedef struct item {
    enum kind kind;
    uint64_t seq; /* of SUBSCRIBED: the head */
    bool marked;  /* an event that carries one of our messages: sender and number hold */
    uint32_t sender, number;
} item;

typedef struct batch {
    const item *items;
    size_t count;
} batch;

typedef struct dialect {
    const char *name;
    void (*opened)(client *c);                                      /* the handshake is done */
    void (*text)(client *c, const char *payload, size_t size);      /* a text frame came */
    size_t (*message)(char *out, const char *body, uint32_t sender); /* payload that the server is to broadcast */
} dialect;

typedef struct options {
    const dialect *dialect;
    int port;
    const char *path, *room;
    char **tokens;
    size_t token_count;
    unsigned body_size;
    bool subscribe;
} options;

extern options opt;
extern double now; /* seconds, CLOCK_MONOTONIC, read after every recv */

/* clients.c */
extern client *clients;
extern size_t client_count, ready_count, shaking_count, broken_count;
void clients_grow(size_t count);
void client_connect(client *c);
void client_close(client *c);
void client_ready(client *c);
void client_readable(client *c);
void client_send(client *c, const char *payload, size_t size);

/* frames.c */
void frame_send(client *c, int opcode, const char *payload, size_t size);
size_t frames_read(client *c, char *data, size_t size);

/* items.c */
batch items_read(const char *payload, size_t size);
bool marker_read(const char *text, size_t size, item *out);

/* dialects.c */
extern char epoch[128];
const dialect *dialect_named(const char *name);
void ack(client *c);

/* tally.c */
typedef struct tally {
    uint64_t messages, deliveries, frames, lost, doubled, stray, refused;
    bool recording;
} tally;
extern tally counts;
extern unsigned in_flight[SENDERS_MAX];
extern uint64_t unfinished; /* deliveries still due */
void tally_reset(void);
void tally_sent(uint32_t sender, uint32_t number);
uint32_t tally_next_number(uint32_t sender);
void tally_delivery(client *c, const item *i);
void tally_forget(void);
double tally_percentile_ms(double share);

/* loop.c */
void loop_start(void);
void loop_watch(client *c, bool writable);
bool loop_step(double until); /* true: a command waits on standard input */
double clock_now(void);
_Noreturn void die(const char *sentence);

#endif

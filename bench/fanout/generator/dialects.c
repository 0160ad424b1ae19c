/* What each kind of peer says over its WebSocket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

char epoch[128];

/* Node ws and the Channels tutorial: what one client sends, all get. */

static size_t raw_message(char *out, const char *body, uint32_t sender) {
    (void)sender;
    return sprintf(out, "%s", body);
}

static size_t tutorial_message(char *out, const char *body, uint32_t sender) {
    (void)sender;
    return sprintf(out, "{\"message\": \"%s\"}", body);
}

static void plain_text(client *c, const char *payload, size_t size) {
    item i = {0};
    if (marker_read(payload, size, &i)) tally_delivery(c, &i);
}

/* Socket.IO 4: Engine.IO's packet types, and an event as a JSON array. */

static size_t socketio_message(char *out, const char *body, uint32_t sender) {
    (void)sender;
    return sprintf(out, "42[\"message\",\"%s\"]", body);
}

static void silent(client *c) {
    (void)c;
}

static void socketio_text(client *c, const char *payload, size_t size) {
    if (payload[0] == '0') client_send(c, "40", 2);
    else if (payload[0] == '2') client_send(c, "3", 1);
    else if (size > 1 && payload[0] == '4' && payload[1] == '0') client_ready(c);
    else plain_text(c, payload, size);
}

/* Watchroom: a frame is an array of items; a client acknowledges what it has handled. Compact JSON, as browsers write. */

static size_t watchroom_message(char *out, const char *body, uint32_t sender) {
    return sprintf(out,
                   "{\"type\":\"message.send\",\"id\":\"c%u\",\"data\":{\"room\":%s,\"body\":\"%s\","
                   "\"client_id\":\"%08lx-%04lx-4%03lx-a%03lx-%08lx%04lx\"}}",
                   sender, strchr(opt.room, '.') + 1, body, random(), random() & 0xffff, random() & 0xfff,
                   random() & 0xfff, random(), random() & 0xffff);
}

static void subscribe(client *c) {
    char text[300];
    int size = c->seq ? snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"cursor\":\"%s/%s:%lu\"}", epoch,
                                 opt.room, c->seq)
                      : snprintf(text, sizeof text, "{\"type\":\"subscribe\",\"cursor\":\"%s\"}", opt.room);
    client_send(c, text, size);
}

void ack(client *c) {
    char text[300];
    int size = snprintf(text, sizeof text, "{\"type\":\"ack\",\"cursor\":\"%s/%s:%lu\"}", epoch, opt.room, c->seq);
    c->unacked = 0;
    client_send(c, text, size);
}

static void ready_when_caught_up(client *c) {
    if (c->state == OPEN && c->seq >= c->target) client_ready(c);
}

static void take_event(client *c, const item *i) {
    if (i->seq <= c->seq) counts.doubled++;
    else counts.lost += i->seq - c->seq - 1;
    c->seq = i->seq;
    if (i->marked) tally_delivery(c, i);
    if (!c->unacked++) c->unacked_since = now;
    ready_when_caught_up(c);
}

static void take_item(client *c, const item *i, const char *payload, size_t size) {
    if (i->kind == HELLO) {
        if (opt.subscribe) subscribe(c);
        else client_ready(c);
    } else if (i->kind == SUBSCRIBED) {
        if (!c->seq) c->seq = i->seq;
        c->target = i->seq;
        ready_when_caught_up(c);
    } else if (i->kind == REFUSED || i->kind == REJECTED || i->kind == BYE) {
        if (!counts.refused++) fprintf(stderr, "load: the first refusal: %.*s\n", (int)size, payload);
    }
}

static void watchroom_text(client *c, const char *payload, size_t size) {
    batch b = items_read(payload, size);
    for (size_t n = 0; n < b.count && c->state != CLOSED; n++) {
        if (b.items[n].kind == EVENT) take_event(c, &b.items[n]);
        else take_item(c, &b.items[n], payload, size);
    }
    if (c->state != CLOSED && c->unacked >= ACK_EVENTS) ack(c);
}

static const dialect dialects[] = {
    {"raw", client_ready, plain_text, raw_message},
    {"tutorial", client_ready, plain_text, tutorial_message},
    {"socketio", silent, socketio_text, socketio_message},
    {"watchroom", silent, watchroom_text, watchroom_message},
};

const dialect *dialect_named(const char *name) {
    for (size_t n = 0; n < sizeof dialects / sizeof *dialects; n++)
        if (!strcmp(dialects[n].name, name)) return &dialects[n];
    die("no such dialect");
}

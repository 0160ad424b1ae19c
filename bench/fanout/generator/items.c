/* Reading what the server sent.

   A broadcast gives a thousand receivers the same bytes. A payload is taken apart once, and a later one that is equal
   byte for byte (memcmp) has the same items: so every delivery is checked, at the price of a comparison. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define MEMO_SLOTS 512

typedef struct memo {
    char *payload;
    size_t size;
    item *items;
    size_t count, room;
} memo;

static memo memos[MEMO_SLOTS];

static const char MARK[] = "load:";

bool marker_read(const char *text, size_t size, item *out) {
    const char *at = memmem(text, size, MARK, sizeof MARK - 1);
    if (!at) return false;
    char *end;
    out->sender = strtoul(at + sizeof MARK - 1, &end, 10);
    if (*end != ':' || out->sender >= SENDERS_MAX) die("a message came back with a broken marker");
    out->number = strtoul(end + 1, &end, 10);
    out->marked = true;
    return true;
}

static const char *string_end(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '\\') at++;
        else if (*at == '"') return at;
    }
    die("a JSON string has no end");
}

static bool is(const char *text, size_t size, const char *word) {
    return size == strlen(word) && !memcmp(text, word, size);
}

static enum kind kind_of(const char *type, size_t size) {
    if (is(type, size, "hello")) return HELLO;
    if (is(type, size, "subscribed")) return SUBSCRIBED;
    if (is(type, size, "reply")) return REPLY;
    if (is(type, size, "bye")) return BYE;
    if (is(type, size, "reset") || is(type, size, "denied") || is(type, size, "revoked")) return REJECTED;
    return OTHER;
}

static const char *skip_space(const char *at) {
    while (*at == ' ') at++;
    return at;
}

/* One member of an item, at its outermost level: `key` up to `key_end`, its value at `value`. */
static void take_member(item *i, const char *key, size_t key_size, const char *value, const char *end) {
    if (is(key, key_size, "type")) {
        const char *stop = string_end(value, end);
        enum kind kind = kind_of(value + 1, stop - value - 1);
        if (i->kind == OTHER) i->kind = kind;
    } else if (is(key, key_size, "seq")) {
        i->kind = EVENT;
        i->seq = strtoull(value, NULL, 10);
    } else if (is(key, key_size, "head")) {
        i->seq = strtoull(value, NULL, 10);
    } else if (is(key, key_size, "ok") && *value == 'f') {
        i->kind = REFUSED;
    } else if (is(key, key_size, "epoch") && !epoch[0]) {
        const char *stop = string_end(value, end);
        snprintf(epoch, sizeof epoch, "%.*s", (int)(stop - value - 1), value + 1);
    } else if (is(key, key_size, "stream")) {
        const char *stop = string_end(value, end);
        if (!is(value + 1, stop - value - 1, opt.room)) counts.stray++;
    }
}

static void add(memo *m, item found) {
    if (m->count == m->room) {
        m->room = m->room ? 2 * m->room : 64;
        m->items = realloc(m->items, m->room * sizeof *m->items);
    }
    m->items[m->count++] = found;
}

static void take_apart(memo *m) {
    const char *end = m->payload + m->size, *begin = NULL;
    int depth = 0;
    item found = {0};
    m->count = 0;
    for (const char *at = m->payload; at < end; at++) {
        if (*at == '{' || *at == '[') {
            if (++depth == 2) {
                begin = at;
                found = (item){.kind = OTHER};
            }
        } else if (*at == '}' || *at == ']') {
            if (--depth == 1) {
                if (found.kind == EVENT) marker_read(begin, at - begin, &found);
                add(m, found);
            }
        } else if (*at == '"') {
            const char *stop = string_end(at, end), *after = skip_space(stop + 1);
            if (depth == 2 && *after == ':')
                take_member(&found, at + 1, stop - at - 1, skip_space(after + 1), end);
            at = stop;
        }
    }
    if (depth) die("a frame is not a whole JSON array");
}

/* The items of one frame. They hold until the next call. */
batch items_read(const char *payload, size_t size) {
    uint32_t hash = size;
    for (size_t n = 0; n < size && n < 64; n++) hash = hash * 31 + (unsigned char)payload[n];
    memo *m = &memos[hash % MEMO_SLOTS];
    if (m->size != size || memcmp(m->payload, payload, size)) {
        m->payload = realloc(m->payload, size + 1);
        memcpy(m->payload, payload, size);
        m->payload[size] = 0;
        m->size = size;
        take_apart(m);
    }
    return (batch){m->items, m->count};
}

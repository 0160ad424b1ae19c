/* RFC 6455, as little of it as a client needs that is sent whole, unmasked frames. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "load.h"

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

void frame_send(client *c, int opcode, const char *payload, size_t size) {
    static unsigned char frame[70000];
    size_t at = 0;
    if (size + 14 > sizeof frame) die("a frame of ours is too long");
    frame[at++] = 0x80 | opcode;
    if (size < 126) {
        frame[at++] = 0x80 | size;
    } else {
        frame[at++] = 0x80 | 126;
        frame[at++] = size >> 8;
        frame[at++] = size;
    }
    uint32_t mask = random();
    unsigned char *key = (unsigned char *)&mask;
    memcpy(frame + at, key, 4);
    at += 4;
    for (size_t n = 0; n < size; n++) frame[at + n] = payload[n] ^ key[n & 3];
    at += size;
    /* The kernel takes megabytes on loopback: a server that has let so much gather is not alive. */
    if (send(c->fd, frame, at, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)at) {
        broken_count++;
        client_close(c);
    }
}

void client_send(client *c, const char *payload, size_t size) {
    frame_send(c, TEXT, payload, size);
}

static void take(client *c, int opcode, char *payload, size_t size) {
    if (opcode == TEXT) {
        counts.frames += counts.recording;
        opt.dialect->text(c, payload, size);
    } else if (opcode == PING) {
        frame_send(c, PONG, payload, size);
    } else if (opcode == CLOSE) {
        broken_count++;
        client_close(c);
    } else if (opcode != PONG) {
        die("a peer sent a fragment or a binary frame");
    }
}

/* Handles the whole frames in `data`; how many bytes they were. */
size_t frames_read(client *c, char *data, size_t size) {
    size_t at = 0;
    while (c->state != CLOSED && size - at >= 2) {
        unsigned char *head = (unsigned char *)data + at;
        size_t header = 2, length = head[1] & 0x7f;
        if (length == 126) header = 4;
        if (length == 127) header = 10;
        if (size - at < header) break;
        if (header > 2) {
            length = 0;
            for (size_t n = 2; n < header; n++) length = length << 8 | head[n];
        }
        if (length > FRAME_MAX) die("a frame is longer than any frame should be");
        if (size - at < header + length) break;
        if (!(head[0] & 0x80)) die("a peer sent a fragment");
        take(c, head[0] & 0x0f, data + at + header, length);
        at += header + length;
    }
    return at;
}

/* The sockets: connecting, the handshake, reading, closing. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

client *clients;
size_t client_count, ready_count, shaking_count, broken_count;

static char inbox[FRAME_MAX + (1 << 19)];

void clients_grow(size_t count) {
    if (count <= client_count) return;
    clients = realloc(clients, count * sizeof *clients);
    memset(clients + client_count, 0, (count - client_count) * sizeof *clients);
    for (size_t n = client_count; n < count; n++) clients[n].index = n;
    client_count = count;
}

void client_connect(client *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(opt.port)};
    int yes = 1;
    for (uint32_t s = 0; s < SENDERS_MAX && !c->seq; s++) c->next[s] = tally_next_number(s); /* no cursor: live only */
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (c->fd < 0) die("no more sockets: raise ulimit -n");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        die("cannot connect to the server");
    c->state = CONNECTING;
    shaking_count++;
    loop_watch(c, true);
}

void client_close(client *c) {
    if (c->state == CLOSED) return;
    if (c->state == READY) ready_count--;
    else shaking_count--;
    close(c->fd);
    free(c->rest);
    c->rest = NULL;
    c->rest_size = c->unacked = 0;
    c->state = CLOSED;
}

void client_ready(client *c) {
    c->state = READY;
    shaking_count--;
    ready_count++;
}

/* The socket is connected: ask for the upgrade. */
static void request(client *c) {
    char text[1024], authorization[300] = "";
    if (opt.token_count)
        snprintf(authorization, sizeof authorization, "Authorization: Bearer %s\r\n",
                 opt.tokens[c->index % opt.token_count]);
    int size = snprintf(text, sizeof text,
                        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                        opt.path, opt.port, authorization);
    if (send(c->fd, text, size, MSG_NOSIGNAL) != size) {
        broken_count++;
        client_close(c);
        return;
    }
    loop_watch(c, false);
}

static size_t answer_read(client *c, const char *data, size_t size) {
    const char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (memcmp(data, "HTTP/1.1 101", 12)) {
        broken_count++;
        client_close(c);
        return 0;
    }
    c->state = OPEN;
    opt.dialect->opened(c);
    return end + 4 - data;
}

static void keep_rest(client *c, const char *data, size_t size) {
    c->rest = size ? realloc(c->rest, size) : (free(c->rest), NULL);
    if (size) memcpy(c->rest, data, size);
    c->rest_size = size;
}

/* Called by the loop when the socket can be read, or, while it connects, written. */
void client_readable(client *c) {
    if (c->state == CONNECTING) {
        c->state = SHAKING;
        request(c);
        return;
    }
    if (c->rest_size) memcpy(inbox, c->rest, c->rest_size);
    ssize_t got = recv(c->fd, inbox + c->rest_size, sizeof inbox - c->rest_size, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        broken_count++;
        client_close(c);
        return;
    }
    now = clock_now();
    size_t size = c->rest_size + got, used = 0;
    if (c->state == SHAKING) used = answer_read(c, inbox, size);
    if (c->state == OPEN || c->state == READY) used += frames_read(c, inbox + used, size - used);
    if (c->state != CLOSED) keep_rest(c, inbox + used, size - used);
}

/* What was sent, what came, and how long it took. */
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define BUCKET_SECONDS 0.00002
#define BUCKETS 500000 /* up to 10 s; what is slower counts as 10 s */

typedef struct message {
    double sent;
    uint32_t due; /* receivers that have not got it */
} message;

static struct {
    message *messages;
    uint32_t count, room;
} sent[SENDERS_MAX];

static uint32_t histogram[BUCKETS];

tally counts;
unsigned in_flight[SENDERS_MAX];
uint64_t unfinished;

void tally_reset(void) {
    counts.messages = counts.deliveries = counts.frames = 0;
    memset(histogram, 0, sizeof histogram);
}

uint32_t tally_next_number(uint32_t sender) {
    return sent[sender].count;
}

void tally_sent(uint32_t sender, uint32_t number) {
    if (number == sent[sender].room) {
        sent[sender].room = number ? 2 * number : 1024;
        sent[sender].messages = realloc(sent[sender].messages, sent[sender].room * sizeof(message));
    }
    sent[sender].messages[number] = (message){clock_now(), ready_count};
    sent[sender].count = number + 1;
    in_flight[sender]++;
    unfinished += ready_count;
}

void tally_delivery(client *c, const item *i) {
    uint32_t *next = &c->next[i->sender];
    if (i->number >= sent[i->sender].count) die("a message came that was never sent");
    if (i->number < *next) {
        counts.doubled++;
        return;
    }
    counts.lost += i->number - *next;
    *next = i->number + 1;

    message *m = &sent[i->sender].messages[i->number];
    if (m->due) {
        unfinished--;
        if (--m->due == 0) {
            in_flight[i->sender]--;
            counts.messages += counts.recording;
        }
    }
    if (!counts.recording) return;
    counts.deliveries++;
    size_t bucket = (now - m->sent) / BUCKET_SECONDS;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

/* What has not come by now is missing, and no later measurement waits for it. */
void tally_forget(void) {
    for (uint32_t s = 0; s < SENDERS_MAX; s++) {
        for (uint32_t n = 0; in_flight[s] && n < sent[s].count; n++) sent[s].messages[n].due = 0;
        in_flight[s] = 0;
    }
    unfinished = 0;
}

double tally_percentile_ms(double share) {
    uint64_t seen = 0, wanted = share * counts.deliveries;
    for (size_t n = 0; n < BUCKETS; n++) {
        seen += histogram[n];
        if (seen > wanted) return n * BUCKET_SECONDS * 1000;
    }
    return 0;
}

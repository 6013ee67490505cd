// Open-loop load for `countersign serve`, with the ERP and the receiver of confirmations in the same process.
//
// One clock sees everything: when an order was due to be sent, when it was answered 2xx, when the ERP created it and
// when its confirmation arrived. Orders are due at Poisson instants whatever the server does, and latency counts from
// the instant an order was due, so a server that stalls is charged for the wait (no coordinated omission).
//
//   handoff_bench --port P --rate ORDERS_PER_S --orders N [--path /webhooks/shopify] [--secret S] [--connections 64]
//                 [--erp-port 19101] [--sink-port 19102] [--erp-ms 5] [--seconds 120]
//
// Rate 0 sends as fast as the connections allow. Prints one JSON object.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BASE = 500000000, BUFFER = 16384, MAX_CONNECTIONS = 1024 };

typedef struct { int64_t due, answered, created, confirmed; int creates, confirms, sends; } Order;
typedef struct { int fd; long order; size_t sent, length, got; char out[BUFFER], in[BUFFER]; } Client;
typedef struct { int fd; int is_sink; size_t got; char in[BUFFER]; } Peer;
typedef struct { int64_t due; int fd, generation; long order; } Reply;

static Order *orders;
static long order_count = 10000;
static int port = 8080, erp_port = 19101, sink_port = 19102, connections = 64;
static double rate = 741, erp_ms = 5, limit_seconds = 120;
static const char *path = "/webhooks/shopify", *secret = "bench-secret";
static volatile int done;
static long early, lookups;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint64_t state = 88172645463325252ULL;
static double uniform(void) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return ((state >> 11) + 1) / 9007199254740993.0;
}

static int loopback_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static struct sockaddr_in loopback(int to) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(to), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  return a;
}

static long content_length(const char *head) {
  const char *field = strcasestr(head, "\r\ncontent-length:");
  return field ? atol(field + 17) : 0;
}

// The order number inside a body or query: the first run of digits after a key, less the base.
static long order_after(const char *text, const char *key) {
  const char *at = strstr(text, key);
  if (!at) return -1;
  for (at += strlen(key); *at && (*at < '0' || *at > '9'); at++) {}
  long number = atol(at) - BASE;
  return number >= 0 && number < order_count ? number : -1;
}

// ---- ERP and sink -------------------------------------------------------------------------------------------------

static int peer_epoll, generations[65536];
static Peer *peers[65536];
static Reply queue[65536];
static unsigned queue_head, queue_tail;

static void answer(int fd, const char *status, const char *body) {
  char text[512];
  int length = snprintf(text, sizeof text,
    "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
  if (write(fd, text, length) != length) {}
}

static void close_peer(int fd) { close(fd); free(peers[fd]); peers[fd] = NULL; generations[fd]++; }

static void handle_peer(int fd, Peer *peer, char *head, char *body) {
  if (peer->is_sink) {
    long order = order_after(body, "\"orderId\"");
    if (order >= 0) {
      if (!orders[order].created) early++;
      if (!orders[order].confirms++) orders[order].confirmed = now();
    }
    answer(fd, "200 OK", "{}");
  } else if (!strncmp(head, "GET ", 4)) {
    long order = order_after(head, "externalId=");
    lookups++;
    char text[64];
    snprintf(text, sizeof text, "{\"internalId\":\"%ld\",\"status\":\"accepted\"}", order + 1);
    if (order >= 0 && orders[order].created) answer(fd, "200 OK", text); else answer(fd, "404 Not Found", "{}");
  } else {
    long order = order_after(body, "\"externalId\"");
    if (order < 0) { answer(fd, "400 Bad Request", "{}"); return; }
    queue[queue_tail++ % 65536] = (Reply){now() + (int64_t)(erp_ms * 1e6), fd, generations[fd], order};
  }
}

static void read_peer(int fd) {
  Peer *peer = peers[fd];
  for (;;) {
    ssize_t count = read(fd, peer->in + peer->got, BUFFER - 1 - peer->got);
    if (count == 0 || (count < 0 && errno != EAGAIN)) { close_peer(fd); return; }
    if (count < 0) return;
    peer->got += count;
    peer->in[peer->got] = 0;
    char *end = strstr(peer->in, "\r\n\r\n");
    if (!end) continue;
    size_t whole = end + 4 - peer->in + content_length(peer->in);
    if (peer->got < whole) continue;
    handle_peer(fd, peer, peer->in, end + 4);
    memmove(peer->in, peer->in + whole, peer->got - whole);
    peer->got -= whole;
  }
}

static int listen_on(int at) {
  int fd = loopback_socket(), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = loopback(at);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 1024)) { perror("bind"); exit(3); }
  struct epoll_event event = {EPOLLIN, {.fd = fd}};
  epoll_ctl(peer_epoll, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

static void *serve_peers(void *unused) {
  int erp = listen_on(erp_port), sink = listen_on(sink_port);
  struct epoll_event events[256];
  while (!done) {
    int64_t at = now();
    while (queue_head != queue_tail && queue[queue_head % 65536].due <= at) {
      Reply reply = queue[queue_head++ % 65536];
      Order *order = &orders[reply.order];
      if (!order->creates++) order->created = now();
      char text[64];
      snprintf(text, sizeof text, "{\"internalId\":\"%ld\",\"status\":\"accepted\"}", reply.order + 1);
      if (peers[reply.fd] && generations[reply.fd] == reply.generation) answer(reply.fd, "201 Created", text);
    }
    struct timespec wait = {0, 20000000};
    if (queue_head != queue_tail) {
      int64_t left = queue[queue_head % 65536].due - now();
      wait.tv_nsec = left > 0 && left < 20000000 ? left : left <= 0 ? 0 : 20000000;
    }
    int count = epoll_pwait2(peer_epoll, events, 256, &wait, NULL);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd != erp && fd != sink) { if (peers[fd]) read_peer(fd); continue; }
      for (int made; (made = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        if (made >= 65536) { close(made); continue; }
        int one = 1;
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peers[made] = calloc(1, sizeof(Peer));
        peers[made]->is_sink = fd == sink;
        struct epoll_event event = {EPOLLIN, {.fd = made}};
        epoll_ctl(peer_epoll, EPOLL_CTL_ADD, made, &event);
      }
    }
  }
  return unused;
}

// ---- the storefront -----------------------------------------------------------------------------------------------

static int client_epoll;
static Client clients[MAX_CONNECTIONS];
static int idle[MAX_CONNECTIONS], idle_count;
static long *waiting, wait_head, wait_tail, wait_size;
static long answered, refused, failures;

static void wait_in_line(long order) { waiting[wait_tail++ % wait_size] = order; }

// Seconds of the day's clock at an instant of the monotonic one: an order is placed when it is due, to the second, as
// Shopify writes it, and a repetition says the same.
static time_t placed(int64_t due) {
  static int64_t ahead;
  if (!ahead) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    ahead = t.tv_sec * 1000000000LL + t.tv_nsec - now();
  }
  return (due + ahead) / 1000000000;
}

static size_t order_body(long number, char *to) {
  long id = BASE + number;
  char at[32];
  struct tm parts;
  time_t seconds = placed(orders[number].due);
  strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts));
  int n = sprintf(to,
    "{\"id\":%ld,\"name\":\"#%ld\",\"email\":\"buyer%ld@example.com\",\"created_at\":\"%s\","
    "\"updated_at\":\"%s\",\"currency\":\"USD\",\"total_price\":\"%ld.50\","
    "\"total_tax\":\"0.00\","
    "\"financial_status\":\"paid\",\"source_name\":\"web\",\"customer\":{\"id\":%ld,\"first_name\":\"Grace\","
    "\"last_name\":\"Customer\"},\"shipping_address\":{\"first_name\":\"Grace\",\"last_name\":\"Customer\","
    "\"address1\":\"7 Quay Road\",\"city\":\"Portland\",\"zip\":\"97201\",\"province_code\":\"OR\","
    "\"country_code\":\"US\"},"
    "\"line_items\":[", id, 1000 + number, number % 5000, at, at, 30 + number % 90, 700000 + number % 5000);
  for (int i = 0; i < 3; i++)
    n += sprintf(to + n,
      "%s{\"id\":%ld,\"sku\":\"SKU-%05ld\",\"title\":\"Wool jumper, size %d\",\"quantity\":%d,\"price\":\"10.%02d\","
      "\"taxable\":true,\"requires_shipping\":true,\"fulfillment_service\":\"manual\",\"vendor\":\"House brand\"}",
      i ? "," : "", id * 10 + i, (number * 31 + i * 977) % 20000, i + 1, 1 + i, i * 25);
  n += sprintf(to + n, "],\"note_attributes\":[{\"name\":\"cart\",\"value\":\"");
  memset(to + n, 'c', 300);
  n += 300;
  return n + sprintf(to + n, "\"}]}");
}

static void drop(Client *client) {
  close(client->fd);
  client->fd = -1;
  failures++;
  wait_in_line(client->order);
  idle[idle_count++] = client - clients;
}

static void push(Client *client) {
  while (client->sent < client->length) {
    ssize_t count = send(client->fd, client->out + client->sent, client->length - client->sent, MSG_NOSIGNAL);
    if (count < 0) { if (errno != EAGAIN && errno != ENOTCONN) drop(client); return; }
    client->sent += count;
  }
}

static void begin(Client *client, long number) {
  char body[BUFFER / 2], code[64];
  unsigned char digest[32];
  unsigned size = 0;
  size_t length = order_body(number, body);
  HMAC(EVP_sha256(), secret, (int)strlen(secret), (unsigned char *)body, length, digest, &size);
  EVP_EncodeBlock((unsigned char *)code, digest, 32);
  client->length = sprintf(client->out,
    "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nX-Shopify-Topic: orders/create\r\n"
    "X-Shopify-Shop-Domain: bench.myshopify.com\r\nX-Shopify-Webhook-Id: delivery-%ld\r\n"
    "X-Shopify-Hmac-Sha256: %s\r\nContent-Length: %zu\r\n\r\n", path, port, number, code, length);
  memcpy(client->out + client->length, body, length);
  client->length += length;
  client->sent = client->got = 0;
  client->order = number;
  orders[number].sends++;
  if (client->fd < 0) {
    client->fd = loopback_socket();
    struct sockaddr_in a = loopback(port);
    if (connect(client->fd, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS) { drop(client); return; }
    struct epoll_event event = {EPOLLIN | EPOLLOUT | EPOLLET, {.u32 = client - clients}};
    epoll_ctl(client_epoll, EPOLL_CTL_ADD, client->fd, &event);
  } else {
    push(client);
  }
}

static void pull(Client *client) {
  for (;;) {
    ssize_t count = recv(client->fd, client->in + client->got, BUFFER - 1 - client->got, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) { drop(client); return; }
    if (count < 0) return;
    client->got += count;
    client->in[client->got] = 0;
    char *end = strstr(client->in, "\r\n\r\n");
    if (!end || client->got < (size_t)(end + 4 - client->in) + content_length(client->in)) continue;
    Order *order = &orders[client->order];
    int status = atoi(client->in + 9);
    if (status >= 200 && status < 300) {
      if (!order->answered) { order->answered = now(); answered++; }
    } else {
      refused++;
      wait_in_line(client->order);
    }
    idle[idle_count++] = client - clients;
    return;
  }
}

static void send_orders(void) {
  int64_t start = now() + 20000000, at = start, end = start + (int64_t)(limit_seconds * 1e9);
  for (long i = 0; i < order_count; i++) {
    if (rate > 0) at += (int64_t)(-log(uniform()) / rate * 1e9);
    orders[i].due = rate > 0 ? at : 0;
  }
  struct epoll_event events[256];
  for (long next = 0; answered < order_count && now() < end;) {
    int64_t t = now();
    if (rate > 0) {
      while (next < order_count && orders[next].due <= t) wait_in_line(next++);
    } else {
      while (next < order_count && wait_tail - wait_head < idle_count) { orders[next].due = t; wait_in_line(next++); }
    }
    while (idle_count && wait_head < wait_tail) begin(&clients[idle[--idle_count]], waiting[wait_head++ % wait_size]);
    struct timespec pause = {0, 500000};
    int count = epoll_pwait2(client_epoll, events, 256, &pause, NULL);
    for (int i = 0; i < count; i++) {
      Client *client = &clients[events[i].data.u32];
      if (client->fd < 0) continue;
      if (events[i].events & EPOLLOUT) push(client);
      if (client->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && client->length) pull(client);
    }
  }
}

// ---- figures ------------------------------------------------------------------------------------------------------

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_quantiles(const char *name, double *values, long count) {
  qsort(values, count, sizeof *values, ascending);
  double q[4] = {0.5, 0.99, 0.999, 1};
  printf("\"%s\":[", name);
  for (int i = 0; i < 4; i++) {
    long index = (long)(count * q[i]);
    printf("%s%.2f", i ? "," : "", count ? values[index < count ? index : count - 1] : 0.0);
  }
  printf("],");
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    char *key = argv[i], *value = argv[i + 1];
    if (!strcmp(key, "--port")) port = atoi(value);
    else if (!strcmp(key, "--path")) path = value;
    else if (!strcmp(key, "--secret")) secret = value;
    else if (!strcmp(key, "--rate")) rate = atof(value);
    else if (!strcmp(key, "--orders")) order_count = atol(value);
    else if (!strcmp(key, "--connections")) connections = atoi(value);
    else if (!strcmp(key, "--erp-port")) erp_port = atoi(value);
    else if (!strcmp(key, "--sink-port")) sink_port = atoi(value);
    else if (!strcmp(key, "--erp-ms")) erp_ms = atof(value);
    else if (!strcmp(key, "--seconds")) limit_seconds = atof(value);
    else { fprintf(stderr, "handoff_bench: unknown option %s\n", key); return 2; }
  }
  if (connections < 1 || connections > MAX_CONNECTIONS || order_count < 1) {
    fprintf(stderr, "handoff_bench: 1 to %d connections, at least 1 order\n", MAX_CONNECTIONS);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  orders = calloc(order_count, sizeof *orders);
  wait_size = order_count + MAX_CONNECTIONS;
  waiting = calloc(wait_size, sizeof *waiting);
  peer_epoll = epoll_create1(0);
  client_epoll = epoll_create1(0);
  for (int i = 0; i < connections; i++) { clients[i].fd = -1; idle[idle_count++] = i; }
  pthread_t thread;
  pthread_create(&thread, NULL, serve_peers, NULL);
  send_orders();
  // What was answered must be confirmed; ten seconds without any further confirmation end the run.
  long confirmed = 0, last = -1;
  for (int64_t moved = now(); now() - moved < 10000000000LL;) {
    confirmed = 0;
    for (long i = 0; i < order_count; i++) confirmed += orders[i].confirmed != 0;
    if (confirmed >= answered) break;
    if (confirmed != last) { last = confirmed; moved = now(); }
    usleep(20000);
  }
  done = 1;
  pthread_join(thread, NULL);
  double *ingest = calloc(order_count, sizeof(double)), *gate = calloc(order_count, sizeof(double));
  long a = 0, g = 0, twice_erp = 0, twice_told = 0, lost = 0;
  int64_t first = INT64_MAX, final = 0;
  for (long i = 0; i < order_count; i++) {
    Order *order = &orders[i];
    if (order->due && order->due < first) first = order->due;
    if (order->answered) ingest[a++] = (order->answered - order->due) / 1e6;
    if (order->confirmed) gate[g++] = (order->confirmed - order->due) / 1e6;
    if (order->confirmed > final) final = order->confirmed;
    if (order->creates > 1) twice_erp++;
    if (order->confirms > 1) twice_told++;
    if (order->answered && !order->confirmed) lost++;
  }
  printf("{\"offered\":%.0f,\"orders\":%ld,\"answered\":%ld,\"confirmed\":%ld,\"orders_per_s\":%.0f,", rate,
    order_count, answered, confirmed, final > first ? g / ((final - first) / 1e9) : 0.0);
  print_quantiles("ingest_ms_p50_p99_p999_max", ingest, a);
  print_quantiles("due_to_confirmed_ms_p50_p99_p999_max", gate, g);
  printf("\"lost\":%ld,\"twice_in_erp\":%ld,\"twice_told\":%ld,\"told_before_erp\":%ld,\"lookups\":%ld,\"not_2xx\":%ld,"
    "\"connection_failures\":%ld}\n", lost, twice_erp, twice_told, early, lookups, refused, failures);
  return lost || twice_erp || early ? 1 : 0;
}

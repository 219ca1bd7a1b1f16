// The least that a kernel and one thread can do: epoll, one recv per readable socket, no library. Opens CLIENTS
// connections to the reference protocol's server on PORT, RATE a second, subscribes each to channel 0, says
// "connected", and from then on checks the sequence of each message and counts its two latencies in buckets.
// On end of input it prints how many came in order. Expects that a frame arrives whole.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTING, ASKED, UPGRADED, SUBSCRIBED };
enum { AT_SEQUENCE = 16, AT_INTENDED = 24, AT_SENT = 32, MOST = 40000 };

static struct {
  char state;
  uint32_t next;
} clients[MOST];
static unsigned intended[65536], service[65536];
static unsigned char buffer[65536];
static int poller, port;
static unsigned long in_order;

static double now_micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void watch(int how, int socket, unsigned events) {
  struct epoll_event event = {events, {.fd = socket}};
  epoll_ctl(poller, how, socket, &event);
}

static void open_one(void) {
  int one = 1, client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connect(client, (void *)&address, sizeof address);
  clients[client].state = CONNECTING;
  clients[client].next = 1;
  watch(EPOLL_CTL_ADD, client, EPOLLOUT);
}

static void ask(int client) {
  char request[256];
  int length = sprintf(request,
                       "GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                       port);
  send(client, request, length, 0);
  clients[client].state = ASKED;
  watch(EPOLL_CTL_MOD, client, EPOLLIN);
}

static void subscribe(int client) {
  static const char text[] = "{\"op\":\"subscribe\",\"channels\":[0]}";
  unsigned char frame[64] = {0x81, 0x80 | (sizeof text - 1), 1, 2, 3, 4};
  for (unsigned i = 0; i < sizeof text - 1; i++)
    frame[6 + i] = text[i] ^ frame[2 + (i & 3)];
  send(client, frame, 6 + sizeof text - 1, 0);
  clients[client].state = UPGRADED;
}

static void count(unsigned *buckets, double micros) {
  unsigned bucket = micros < 0 ? 0 : (unsigned)micros >> 6;
  buckets[bucket & 65535]++;
}

static int take_frame(int client, const unsigned char *frame, double now) {
  int length = frame[1], start = 2;
  if (length == 126) {
    length = frame[2] << 8 | frame[3];
    start = 4;
  }
  if (frame[0] == 0x82) {
    const unsigned char *message = frame + start;
    uint32_t sequence = *(const uint32_t *)(message + AT_SEQUENCE);
    in_order += sequence == clients[client].next;
    clients[client].next = sequence + 1;
    count(intended, now - *(const double *)(message + AT_INTENDED));
    count(service, now - *(const double *)(message + AT_SENT));
  }
  return start + length;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  port = atoi(argv[1]);
  int total = atoi(argv[2]), opened = 0, subscribed = 0;
  double rate = atof(argv[3]), start = now_micros();
  struct epoll_event events[1024];
  poller = epoll_create1(0);
  watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN);
  for (;;) {
    while (opened < total && opened < (now_micros() - start) * rate / 1e6) {
      open_one();
      opened++;
    }
    int ready = epoll_wait(poller, events, 1024, opened < total ? 5 : -1);
    for (int i = 0; i < ready; i++) {
      int client = events[i].data.fd;
      if (client == STDIN_FILENO) {
        printf("delivered %lu\n", in_order);
        return 0;
      }
      if (clients[client].state == CONNECTING) {
        ask(client);
        continue;
      }
      int bytes = recv(client, buffer, sizeof buffer, 0);
      if (bytes <= 0) return 1;
      if (clients[client].state == ASKED) {
        subscribe(client);
        continue;
      }
      if (clients[client].state == UPGRADED) {
        clients[client].state = SUBSCRIBED;
        if (++subscribed == total) {
          puts("connected");
          fflush(stdout);
        }
      }
      for (int position = 0; position < bytes;)
        position += take_frame(client, buffer + position, now_micros());
    }
  }
}

/*
 * A thousand connections at once, most of them bad company:
 *
 *      crowd PORT CONNECTIONS SECONDS
 *
 * One in ten is honest: it sends lines of its own key as fast as they are
 * taken. Half are slow: a byte a second. The others, in turn, send half a line
 * and are gone, or binary noise, or a line without an end. Who is gone, or was
 * thrown out, comes again. Honest and slow ones end with a whole line; then
 * "KEY LINES" is printed for each of them, for a comparison with what was
 * counted.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum kind { HONEST, SLOW, DROPPER, NOISE, ENDLESS };

struct member {
	enum kind kind;
	char line[32]; /* honest and slow ones' */
	size_t len, at;
	unsigned long lines;
	double next; /* slow ones: when to send */
	int done;
};

static unsigned long long bits = 88172645463325252u;

static unsigned long long random_bits(void)
{
	bits ^= bits << 13;
	bits ^= bits >> 7;
	bits ^= bits << 17;
	return bits;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int join(int port)
{
	struct sockaddr_in at = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_family = AF_INET;
	at.sin_port = htons((unsigned short)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

/* Half a line, and gone, sometimes with a reset. */
static void drop(int fd)
{
	struct linger at_once = { 1, 0 };

	if (write(fd, "dropped 12", 10) < 0)
		return;
	if (random_bits() % 2)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Returns -1 if the connection is over. */
static int send_bytes(int fd, const char *bytes, size_t n)
{
	ssize_t done = write(fd, bytes, n);

	if (done < 0)
		return errno == EAGAIN ? 0 : -1;
	return (int)done;
}

static int send_noise(int fd, int endless)
{
	char bytes[4096];

	for (size_t i = 0; i < sizeof bytes; i += 8) {
		unsigned long long x = endless ? 0x7878787878787878u
					       : random_bits();

		memcpy(bytes + i, &x, 8);
	}
	return send_bytes(fd, bytes, sizeof bytes) < 0 ? -1 : 0;
}

/* Sends so many bytes of the member's line, over and over. */
static int send_lines(struct member *m, int fd, size_t most)
{
	char bytes[8192];
	size_t n = 0;
	int done;

	while (n < most && n < sizeof bytes) {
		bytes[n] = m->line[(m->at + n) % m->len];
		n++;
	}
	done = send_bytes(fd, bytes, n);
	if (done < 0)
		return -1;
	m->at += (size_t)done;
	m->lines += m->at / m->len;
	m->at %= m->len;
	return 0;
}

static int act(struct member *m, int fd, int ends)
{
	switch (m->kind) {
	case HONEST:
	case SLOW:
		if (m->kind == SLOW && !ends && now() < m->next)
			return 0;
		m->next = now() + 1;
		if (ends && m->at == 0) {
			m->done = 1;
			return -1;
		}
		return send_lines(m, fd,
		    ends                  ? m->len - m->at
			: m->kind == SLOW ? 1
					  : 8192);
	case DROPPER:
		drop(fd);
		return -1;
	case NOISE:
	case ENDLESS:
		return send_noise(fd, m->kind == ENDLESS);
	}
	return -1;
}

static void make_member(struct member *m, int i)
{
	static const enum kind kinds[] = { HONEST, SLOW, SLOW, SLOW, SLOW, SLOW,
		DROPPER, NOISE, DROPPER, DROPPER };

	memset(m, 0, sizeof *m);
	m->kind = i == 7 ? ENDLESS : kinds[i % 10];
	m->len = (size_t)snprintf(m->line, sizeof m->line, "%c%d 1\n",
	    m->kind == HONEST ? 'h' : 's', i);
}

/* The kernel decides whom a connection is in the way of. */
static int wanted(const struct member *m, int ends)
{
	return m->kind == SLOW && !ends && now() < m->next ? POLLIN
							   : POLLIN | POLLOUT;
}

static int is_good(const struct member *m)
{
	return m->kind == HONEST || m->kind == SLOW;
}

static int has_ended(int fd)
{
	char rest[4096];
	ssize_t n = read(fd, rest, sizeof rest);

	return n == 0 || (n < 0 && errno != EAGAIN);
}

static void turn(struct member *m, struct pollfd *p, int port, int ends)
{
	if (m->done || (ends && !is_good(m))) {
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
		m->done = 1;
		return;
	}
	if (p->fd < 0) {
		p->fd = join(port);
		return;
	}
	if (p->revents & POLLIN && has_ended(p->fd)) {
		close(p->fd);
		p->fd = -1;
	} else if (p->revents & POLLOUT && act(m, p->fd, ends) < 0) {
		if (is_good(m) && !m->done)
			fprintf(stderr, "crowd: %.8s was thrown out\n",
			    m->line);
		shutdown(p->fd, SHUT_WR);
		close(p->fd);
		p->fd = -1;
	}
}

int main(int argc, char **argv)
{
	int port = argc == 4 ? atoi(argv[1]) : 0;
	int n = argc == 4 ? atoi(argv[2]) : 0, open = n;
	struct member *members = calloc((size_t)n + 1, sizeof *members);
	struct pollfd *polled = calloc((size_t)n + 1, sizeof *polled);
	double end = now() + (argc == 4 ? atof(argv[3]) : 0);

	if (n <= 0 || !members || !polled)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < n; i++) {
		make_member(&members[i], i);
		polled[i].fd = -1;
	}
	while (open > 0) {
		int ends = now() > end;

		open = 0;
		for (int i = 0; i < n; i++) {
			turn(&members[i], &polled[i], port, ends);
			polled[i].events = (short)wanted(&members[i], ends);
			polled[i].revents = 0;
			open += !members[i].done;
		}
		if (open > 0)
			poll(polled, (nfds_t)n, 50);
	}
	for (int i = 0; i < n; i++)
		if (is_good(&members[i]))
			printf("%.*s %lu\n", (int)members[i].len - 3,
			    members[i].line, members[i].lines);
	free(members);
	free(polled);
	return 0;
}

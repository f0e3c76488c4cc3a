/*
 * Sends lines to socket_ingest as fast as it takes them, or as many a second
 * as asked for: a load for it.
 *
 *      send_lines tcp HOST PORT LINES CONNECTIONS
 *      send_lines udp HOST PORT LINES LINES_A_SECOND DATAGRAM
 *
 * A line is 24 bytes: one of 1000 keys, a blank, a number, a line end. They
 * are made beforehand, a few megabytes of them, and sent again and again, so
 * that sending costs the sender little beside what the kernel takes. Over TCP
 * it ends when the other side has closed each connection, having read it to
 * its end. Lines a second: 0 is full blast.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 24, KEYS = 1000, MADE = 100000, PIECE = LINE * 2048 };

static char lines[MADE * LINE + 1];

static int fail(const char *what)
{
	fprintf(stderr, "send_lines: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

static void make_lines(void)
{
	unsigned long long bits = 88172645463325252u;

	for (int i = 0; i < MADE; i++) {
		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		snprintf(lines + (size_t)i * LINE, LINE + 1,
		    "sensor%04u %07u.%04u\n", (unsigned)(bits % KEYS),
		    (unsigned)(bits >> 20) % 10000000u,
		    (unsigned)(bits >> 44) % 10000u);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int open_socket(int type, const char *host, const char *port)
{
	struct sockaddr_in at = { 0 };
	int fd = socket(AF_INET, type, 0);

	at.sin_family = AF_INET;
	at.sin_port = htons((uint16_t)atoi(port));
	if (fd < 0 || inet_pton(AF_INET, host, &at.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return -1;
	return fd;
}

/* ---- TCP ---- */

struct link {
	size_t left; /* bytes to be sent */
	size_t at;   /* in lines */
};

/* Returns 0, or -1 when the connection has ended. */
static int serve(struct pollfd *p, struct link *l)
{
	if (l->left == 0) {
		char byte;

		return read(p->fd, &byte, 1) > 0 ? 0 : -1;
	}
	while (l->left > 0) {
		size_t n = sizeof lines - 1 - l->at;
		ssize_t done;

		n = n < PIECE ? n : PIECE;
		n = n < l->left ? n : l->left;
		done = write(p->fd, lines + l->at, n);
		if (done < 0)
			return errno == EAGAIN ? 0 : -1;
		l->left -= (size_t)done;
		l->at = (l->at + (size_t)done) % (sizeof lines - 1);
		if ((size_t)done < n)
			return 0;
	}
	shutdown(p->fd, SHUT_WR);
	p->events = POLLIN;
	return 0;
}

static int send_tcp(const char *host, const char *port, size_t n, size_t links)
{
	struct pollfd *polled = calloc(links, sizeof *polled);
	struct link *link = calloc(links, sizeof *link);
	size_t open = links;

	if (!polled || !link)
		return fail("memory");
	for (size_t i = 0; i < links; i++) {
		polled[i].fd = open_socket(SOCK_STREAM, host, port);
		if (polled[i].fd < 0)
			return fail("connect");
		fcntl(polled[i].fd, F_SETFL, O_NONBLOCK);
		polled[i].events = POLLOUT;
		link[i].left = (n / links + (i < n % links)) * LINE;
		link[i].at = i * LINE * 499 % (sizeof lines - 1);
	}
	while (open > 0) {
		if (poll(polled, links, -1) < 0)
			return fail("poll");
		for (size_t i = 0; i < links; i++) {
			if (!polled[i].revents ||
			    serve(&polled[i], &link[i]) == 0)
				continue;
			if (link[i].left > 0)
				return fail("write");
			close(polled[i].fd);
			polled[i].fd = -1;
			open--;
		}
	}
	free(polled);
	free(link);
	return EXIT_SUCCESS;
}

/* ---- UDP ---- */

/* Sends in portions of a millisecond. */
static int send_udp(const char *host, const char *port, size_t n, double rate,
    size_t datagram)
{
	int fd = open_socket(SOCK_DGRAM, host, port);
	size_t each = datagram / LINE, sent = 0, at = 0;
	struct timespec pause = { 0, 500000000 };
	double start = now();

	if (fd < 0)
		return fail("connect");
	while (sent < n) {
		size_t some = n - sent < each ? n - sent : each;

		if (at + some * LINE > sizeof lines - 1)
			at = 0;
		if (send(fd, lines + at, some * LINE, 0) < 0)
			return fail("send");
		at += some * LINE;
		sent += some;
		if (rate > 0 && (double)sent > (now() - start) * rate) {
			struct timespec nap = { 0, 1000000 };

			nanosleep(&nap, NULL);
		}
	}
	printf("%.0f\n", (double)n / (now() - start));
	/* The option makes the kernel report dropped datagrams. */
	nanosleep(&pause, NULL);
	return send(fd, "\n", 1, 0) < 0 ? fail("send") : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	make_lines();
	if (argc == 6 && strcmp(argv[1], "tcp") == 0)
		return send_tcp(argv[2], argv[3], (size_t)atoll(argv[4]),
		    (size_t)atoll(argv[5]));
	if (argc == 7 && strcmp(argv[1], "udp") == 0)
		return send_udp(argv[2], argv[3], (size_t)atoll(argv[4]),
		    atof(argv[5]), (size_t)atoll(argv[6]));
	fprintf(stderr,
	    "usage: send_lines tcp HOST PORT LINES CONNECTIONS\n"
	    "       send_lines udp HOST PORT LINES LINES_A_SECOND DATAGRAM\n");
	return EXIT_FAILURE;
}

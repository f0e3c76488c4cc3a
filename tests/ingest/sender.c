/*
 * A sender that loses nothing and repeats nothing, as socket_ingest(1) has it
 * under --ack:
 *
 *      sender PORT NAME LINES
 *
 * Line i is "kM i", M being i modulo 10, for i from 1. It connects, as often
 * as it must, goes on where it is told to, and ends when all has been saved.
 * What it is told is checked: what has been saved stays saved, and nobody has
 * more than was sent. Between two pieces it waits a little, so that there is
 * a middle in which something can happen.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 400, PATIENCE = 60 };

struct sender {
	const char *name;
	unsigned long long lines, next, saved, sent;
	char text[256]; /* bytes that have come, up to a line end */
	size_t len;
};

static void nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static int open_link(int port)
{
	struct sockaddr_in at = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_family = AF_INET;
	at.sin_port = htons((unsigned short)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

static void lie(const char *line, const struct sender *s)
{
	fprintf(stderr, "sender: told \"%s\" with %llu sent, %llu saved\n",
	    line, s->sent, s->saved);
	exit(2);
}

static void take_line(struct sender *s, const char *line)
{
	unsigned long long n;

	if (sscanf(line, "start %llu", &n) == 1) {
		if (n < s->saved || n > s->sent)
			lie(line, s);
		s->next = n + 1;
	} else if (sscanf(line, "saved %llu", &n) == 1) {
		if (n < s->saved || n > s->sent)
			lie(line, s);
		s->saved = n;
	} else {
		lie(line, s);
	}
}

/* Returns -1 when the connection has ended. */
static int take(struct sender *s, int fd)
{
	ssize_t n = read(fd, s->text + s->len, sizeof s->text - 1 - s->len);
	char *end;

	if (n <= 0)
		return -1;
	s->len += (size_t)n;
	s->text[s->len] = '\0';
	while ((end = strchr(s->text, '\n')) != NULL) {
		*end = '\0';
		take_line(s, s->text);
		s->len -= (size_t)(end + 1 - s->text);
		memmove(s->text, end + 1, s->len + 1);
	}
	return 0;
}

static int send_piece(struct sender *s, int fd)
{
	char bytes[PIECE * 64];
	size_t len = 0;

	for (int i = 0; i < PIECE && s->next <= s->lines; i++, s->next++)
		len += (size_t)snprintf(bytes + len, sizeof bytes - len,
		    "k%llu %llu\n", s->next % 10, s->next);
	if (s->next - 1 > s->sent)
		s->sent = s->next - 1;
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, bytes + done, len - done);

		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

/* Serves a connection until it ends or all is saved. */
static void speak(struct sender *s, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char hello[300];
	int n = snprintf(hello, sizeof hello, "sender %s\n", s->name);

	s->next = 0;
	s->len = 0;
	if (write(fd, hello, (size_t)n) != n)
		return;
	while (s->saved < s->lines) {
		int sends = s->next > 0 && s->next <= s->lines;

		if (poll(&p, 1, sends ? 1 : 1000) > 0 && take(s, fd) < 0)
			return;
		if (sends && send_piece(s, fd) < 0)
			return;
	}
}

int main(int argc, char **argv)
{
	struct sender s = { 0 };
	time_t start = time(NULL);

	if (argc != 4)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	s.name = argv[2];
	s.lines = strtoull(argv[3], NULL, 10);
	while (s.saved < s.lines) {
		int fd = open_link(atoi(argv[1]));

		if (fd >= 0) {
			speak(&s, fd);
			close(fd);
		} else {
			nap(10);
		}
		if (time(NULL) - start > PATIENCE * 10) {
			fprintf(stderr, "sender: no end in sight\n");
			return 1;
		}
	}
	return 0;
}

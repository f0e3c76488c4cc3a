/*
 * Connections that are held, from an address of this machine's loopback:
 *
 *      hold PORT FROM N [FILE [MILLISECONDS]]
 *
 * Each sends the file's bytes, once, or again so often; nothing is read. When
 * all of them have been made and have sent, "ready" is printed. Connections
 * that are closed are not made again. It ends with a signal. FROM may be an
 * address of IPv6.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_v4(const char *from, unsigned short port)
{
	struct sockaddr_in at = { 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_family = AF_INET;
	if (inet_pton(AF_INET, from, &at.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return -1;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons(port);
	return connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ? -1 : fd;
}

static int connect_v6(const char *from, unsigned short port)
{
	struct sockaddr_in6 at = { 0 };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	at.sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, from, &at.sin6_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return -1;
	at.sin6_addr = in6addr_loopback;
	at.sin6_port = htons(port);
	return connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ? -1 : fd;
}

/* A connection that the other side has closed stays closed. */
static void say(int *fds, int n, const char *bytes, size_t len)
{
	for (int i = 0; i < n; i++)
		if (fds[i] >= 0 &&
		    send(fds[i], bytes, len, MSG_NOSIGNAL) != (ssize_t)len) {
			close(fds[i]);
			fds[i] = -1;
		}
}

static size_t read_file(const char *path, char *bytes, size_t size)
{
	FILE *file = path ? fopen(path, "r") : NULL;
	size_t n = file ? fread(bytes, 1, size, file) : 0;

	if (file)
		fclose(file);
	return n;
}

int main(int argc, char **argv)
{
	static char bytes[1 << 16];
	unsigned short port = (unsigned short)(argc > 3 ? atoi(argv[1]) : 0);
	int n = argc > 3 ? atoi(argv[3]) : 0;
	int pause = argc > 5 ? atoi(argv[5]) : -1;
	size_t len = read_file(argc > 4 ? argv[4] : NULL, bytes, sizeof bytes);
	int *fds = calloc((size_t)n + 1, sizeof *fds);

	if (n <= 0 || !fds)
		return 2;
	for (int i = 0; i < n; i++) {
		fds[i] = strchr(argv[2], ':') ? connect_v6(argv[2], port)
					      : connect_v4(argv[2], port);
		if (fds[i] < 0) {
			perror("hold");
			return 1;
		}
		say(fds + i, 1, bytes, len);
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(NULL, 0, pause);
		say(fds, n, bytes, len);
	}
}

/*
 * Opens a page in Chromium, waits until an expression there has a value, and
 * takes a picture:
 *
 *      browser CHROMIUM URL EXPRESSION VALUE PICTURE.png
 *
 * It speaks the DevTools protocol over a pipe: messages in JSON, each ended by
 * a NUL, from the browser on descriptor 4 and to it on 3. Of the answers no
 * more is read than what is needed: the text after a name. Ends with 0 if the
 * value was seen within half a minute.
 */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 16 << 20, PATIENCE = 60 };

struct browser {
	pid_t pid;
	int to, from;
	int id;
	char *bytes; /* bytes of the message that is coming, or has come */
	size_t len;
	char session[200];
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void start(struct browser *b, const char *program, const char *folder)
{
	int to[2], from[2];
	char profile[200];

	snprintf(profile, sizeof profile, "--user-data-dir=%s", folder);
	if (pipe(to) < 0 || pipe(from) < 0)
		exit(2);
	b->pid = fork();
	if (b->pid == 0) {
		int log = open("/dev/null", O_RDWR);
		int in = fcntl(to[0], F_DUPFD, 10);
		int out = fcntl(from[1], F_DUPFD, 10);

		dup2(in, 3);
		dup2(out, 4);
		dup2(log, 0);
		dup2(log, 1);
		dup2(log, 2);
		for (int fd = 5; fd < 64; fd++)
			close(fd);
		execlp(program, program, "--headless=new", "--no-sandbox",
		    "--disable-gpu", "--disable-dev-shm-usage",
		    "--no-first-run", "--no-proxy-server",
		    "--disable-background-networking",
		    "--disable-component-update", "--disable-sync",
		    "--disable-extensions", "--window-size=420,800", profile,
		    "--remote-debugging-pipe", "about:blank", (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	b->to = to[1];
	b->from = from[0];
}

/* Reads a message. Returns -1 when there is none in time. */
static int receive(struct browser *b, double until)
{
	struct pollfd p = { b->from, POLLIN, 0 };

	b->len = 0;
	for (;;) {
		int wait = (int)(1000 * (until - now()));

		if (wait <= 0 || poll(&p, 1, wait) <= 0 || b->len + 1 >= MOST ||
		    read(b->from, b->bytes + b->len, 1) != 1)
			return -1;
		if (b->bytes[b->len] == '\0')
			return 0;
		b->len++;
	}
}

/* The text after "name":", if there is one. */
static int find(const struct browser *b, const char *name, char *text,
    size_t size)
{
	char pattern[64];
	const char *at;
	size_t n;

	snprintf(pattern, sizeof pattern, "\"%s\":\"", name);
	at = strstr(b->bytes, pattern);
	if (!at)
		return -1;
	at += strlen(pattern);
	n = strcspn(at, "\"");
	if (n >= size)
		return -1;
	memcpy(text, at, n);
	text[n] = '\0';
	return 0;
}

/* Sends a command and waits for its answer. */
static int ask(struct browser *b, const char *method, const char *params,
    double until)
{
	char message[4096], answer[40];
	int n = snprintf(message, sizeof message,
	    "{\"id\":%d,\"method\":\"%s\",%s%s%s\"params\":{%s}}", ++b->id,
	    method, *b->session ? "\"sessionId\":\"" : "", b->session,
	    *b->session ? "\"," : "", params);

	if (n >= (int)sizeof message ||
	    write(b->to, message, (size_t)n + 1) < 0)
		return -1;
	snprintf(answer, sizeof answer, "{\"id\":%d,", b->id);
	while (receive(b, until) == 0)
		if (strncmp(b->bytes, answer, strlen(answer)) == 0)
			return 0;
	return -1;
}

static int open_page(struct browser *b, const char *url, double until)
{
	char params[1024], target[200];

	snprintf(params, sizeof params, "\"url\":\"%s\"", url);
	if (ask(b, "Target.createTarget", params, until) < 0 ||
	    find(b, "targetId", target, sizeof target) < 0)
		return -1;
	snprintf(params, sizeof params, "\"targetId\":\"%s\",\"flatten\":true",
	    target);
	if (ask(b, "Target.attachToTarget", params, until) < 0)
		return -1;
	return find(b, "sessionId", b->session, sizeof b->session);
}

static int await_value(struct browser *b, const char *expression,
    const char *value, double until)
{
	struct timespec nap = { 0, 100000000 };
	char params[2048], seen[1000] = "nothing";

	snprintf(params, sizeof params,
	    "\"returnByValue\":true,\"expression\":\"%s\"", expression);
	while (now() < until) {
		if (ask(b, "Runtime.evaluate", params, until) < 0)
			break;
		if (find(b, "value", seen, sizeof seen) == 0 &&
		    strcmp(seen, value) == 0)
			return 0;
		nanosleep(&nap, NULL);
	}
	fprintf(stderr, "browser: %s, not %s\n", seen, value);
	return -1;
}

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int take_picture(struct browser *b, const char *path, double until)
{
	char *text = malloc(MOST);
	FILE *file = fopen(path, "wb");
	unsigned bits = 0;
	int n_bits = 0, err = -1;

	if (text && file && ask(b, "Page.captureScreenshot", "", until) == 0 &&
	    find(b, "data", text, MOST) == 0) {
		for (const char *p = text; digit(*p) >= 0; p++) {
			bits = (bits << 6 | (unsigned)digit(*p)) & 0xffffff;
			n_bits += 6;
			if (n_bits >= 8) {
				n_bits -= 8;
				putc((int)(bits >> n_bits & 255), file);
			}
		}
		err = 0;
	}
	if (file && fclose(file) != 0)
		err = -1;
	free(text);
	return err;
}

int main(int argc, char **argv)
{
	struct browser b = { 0 };
	char folder[] = "/tmp/browser.XXXXXX", command[300];
	double until = now() + PATIENCE;
	int bad;

	b.bytes = malloc(MOST);
	if (argc != 6 || !b.bytes || !mkdtemp(folder))
		return 2;
	signal(SIGPIPE, SIG_IGN);
	start(&b, argv[1], folder);
	bad = open_page(&b, argv[2], until) < 0;
	if (bad)
		fprintf(stderr, "browser: the page does not open\n");
	bad = bad || await_value(&b, argv[3], argv[4], until) < 0;
	bad = take_picture(&b, argv[5], until) < 0 || bad;
	kill(b.pid, SIGTERM);
	waitpid(b.pid, NULL, 0);
	/* Processes of the browser's own may write there a little longer. */
	snprintf(command, sizeof command,
	    "for i in 1 2 3 4 5 6 7 8 9; do rm -rf %s 2>/dev/null && exit; "
	    "sleep 1; done; rm -rf %s",
	    folder, folder);
	free(b.bytes);
	return system(command) != 0 || bad;
}

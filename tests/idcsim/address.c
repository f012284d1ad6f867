/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding to an address.  Numeric only: a simulator that asks a resolver
 * where to listen would depend on what it stands in for.
 */
#include "tests/idcsim/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "common/own.h"

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} at;
	socklen_t len;
	char host[48];
};

static int parse(const char *text, struct address *ret)
{
	const char *colon = strrchr(text, ':');
	struct sockaddr_in6 *six = &ret->at.six;
	struct sockaddr_in *four = &ret->at.four;
	const bool is_six = text[0] == '[';
	uint64_t port;
	int len;

	memset(ret, 0, sizeof(*ret));
	if (colon == NULL || aw_num_u64(colon + 1, 0, 65535, &port) != 0)
		return -EINVAL;
	len = (int)(colon - text);
	if (is_six && (len < 3 || text[len - 1] != ']'))
		return -EINVAL;
	if (aw_fmt(ret->host, sizeof(ret->host), "%.*s", is_six ? len - 2 : len,
		text + is_six) != 0)
		return -EINVAL;
	if (is_six) {
		ret->len = sizeof(*six);
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		return inet_pton(AF_INET6, ret->host, &six->sin6_addr) == 1
			   ? 0
			   : -EINVAL;
	}
	ret->len = sizeof(*four);
	four->sin_family = AF_INET;
	four->sin_port = htons((uint16_t)port);
	return inet_pton(AF_INET, ret->host, &four->sin_addr) == 1 ? 0
								   : -EINVAL;
}

static int open_listener(struct address *at, int *ret_fd)
{
	aw_own_fd int fd = -1;
	const int yes = 1;

	fd = socket(at->at.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    bind(fd, &at->at.any, at->len) < 0 || listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, &at->at.any, &at->len) < 0)
		return -errno;
	*ret_fd = aw_take_fd(&fd);
	return 0;
}

int aw_sim_address_listen(
    const char *text, int *ret_fd, char *buf, size_t size, struct aw_diag *diag)
{
	struct address at;
	unsigned port;
	int fd;
	int r;

	r = parse(text, &at);
	if (r < 0) {
		aw_diag_set(diag, "%s: not an address and port", text);
		return r;
	}
	r = open_listener(&at, &fd);
	if (r < 0) {
		aw_diag_set(diag, "%s: %s", text, strerror(-r));
		return r;
	}
	/* The port is at the same place in both kinds of address. */
	port = ntohs(at.at.four.sin_port);
	r = aw_fmt(
	    buf, size, text[0] == '[' ? "[%s]:%u" : "%s:%u", at.host, port);
	*ret_fd = fd;
	return r;
}

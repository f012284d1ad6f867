/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: whether any user of this host can fetch the keys of its role.
 * Somebody with no rights tries to connect, and says nothing.
 */
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso/doctor.h"
#include "common/own.h"
#include "common/text.h"

#define NAME     "imds"
#define NOBODY   65534
#define WAIT_MS  1000
#define ADDRESS  "169.254.169.254"
#define ADDRESS6 "fd00:ec2::254"
#define FIX                                                                \
	"nft -f /usr/share/doc/awssso/examples/nft/imds.nft (and have it " \
	"loaded at boot)"

static bool become_nobody(void)
{
	return setgroups(0, NULL) == 0 &&
	       setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

static bool connects(const struct addrinfo *to)
{
	const int fd = socket(
	    to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0;

	if (fd < 0)
		return false;
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
		return true;
	return errno == EINPROGRESS && poll(&wait, 1, WAIT_MS) == 1 &&
	       getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 &&
	       error == 0;
}

/* 1: an ordinary user gets there; 0: not; or a negative errno. */
static int try_as_nobody(const struct addrinfo *to, bool is_root)
{
	const pid_t pid = fork();
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		if (is_root && !become_nobody())
			_exit(2);
		_exit(connects(to) ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && WEXITSTATUS(status) < 2
		   ? WEXITSTATUS(status)
		   : -EPERM;
}

void aw_doctor_try_imds(
    struct aw_doctor *doctor, const char *host, const char *port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *to;
	int r;

	if (getaddrinfo(host, port, &hints, &to) != 0)
		return;
	r = try_as_nobody(to, doctor->is_root);
	freeaddrinfo(to);
	if (r < 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "nobody could be asked to try: %s", strerrordesc_np(-r));
	else if (r > 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, FIX,
		    "any user of this host reaches the instance metadata at "
		    "%s, and with it the keys of its role",
		    host);
	else
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "an ordinary user does not reach %s", host);
}

void aw_doctor_check_imds(struct aw_doctor *doctor)
{
	if (doctor->is_offline)
		return;
	aw_doctor_try_imds(doctor, ADDRESS, "80");
	if (doctor->conf->imds_mode == AW_IMDS_IPV6)
		aw_doctor_try_imds(doctor, ADDRESS6, "80");
}

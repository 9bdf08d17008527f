// SPDX-License-Identifier: BSD-2-Clause
/* Owns running control_open() in a child. */
#include "harness/control_child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

static void on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	(void)signal_number;
	(void)what;
	event_base_loopbreak(arg);
}

static int serve(const char *path, control_handler handler, void *arg, int ready)
{
	struct event_base *base = event_base_new();
	struct event *stop = evsignal_new(base, SIGTERM, on_stop, base);
	struct control *control;
	int err = control_open(base, path, handler, arg, &control);

	if (err)
		return 1;
	event_add(stop, NULL);
	if (write(ready, "r", 1) != 1)
		return 1;
	event_base_dispatch(base);
	control_close(control);
	event_free(stop);
	event_base_free(base);
	return 0;
}

pid_t control_child_start(const char *path, control_handler handler, void *arg)
{
	int ready[2];
	char octet;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		_exit(serve(path, handler, arg, ready[1]));
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	return pid;
}

int control_child_stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

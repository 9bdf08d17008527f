// SPDX-License-Identifier: BSD-2-Clause
/* Owns the process: options, the start ladder of either role, the loop, the unwinding. */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>

#include "base/in6.h"
#include "base/keyed_hash.h"
#include "base/log.h"
#include "base/random.h"
#include "config/config.h"
#include "control/show.h"
#include "crypto/secret.h"
#include "dar/dar.h"
#include "mn/mn.h"

enum { OPTION_CHECK = 256, OPTION_VERSION, OPTION_HELP };

struct options {
	const char *config;
	bool check_only;
};

static void print_usage(FILE *to)
{
	fputs("usage: famad -c FILE            run in the foreground\n"
	      "       famad --check-config FILE  read FILE, say what is wrong with it\n"
	      "       famad --version | --help\n"
	      "exit:  0 ok, 64 usage, 69 busy or missing, 77 no permission, 78 bad configuration\n",
	      to);
}

/* True: go on with *out. False: exit with *code. */
static bool parse_options(int argc, char **argv, struct options *out, int *code)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"check-config", required_argument, NULL, OPTION_CHECK},
		{"version", no_argument, NULL, OPTION_VERSION},
		{"help", no_argument, NULL, OPTION_HELP},
		{NULL, 0, NULL, 0},
	};
	int option;

	*code = 0;
	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case OPTION_CHECK:
			out->check_only = true;
			out->config = optarg;
			break;
		case 'c':
			out->config = optarg;
			break;
		case OPTION_VERSION:
			puts("famad " FAMA_VERSION);
			return false;
		case OPTION_HELP:
			print_usage(stdout);
			return false;
		default:
			*code = EX_USAGE;
			print_usage(stderr);
			return false;
		}
	}
	if (out->config && optind == argc)
		return true;
	*code = EX_USAGE;
	print_usage(stderr);
	return false;
}

static void signal_received(evutil_socket_t number, short what, void *base)
{
	(void)what;
	log_info("signal", "number=%d", (int)number);
	event_base_loopexit(base, NULL);
}

/* The role in force: exactly one pointer is set. */
struct agent {
	struct dar *dar;
	struct mn *mn;
	struct control *control;
};

static bool start_role(struct event_base *base, const struct config *config, struct agent *agent,
		       int *code, char *why, size_t why_size)
{
	switch (config->role) {
	case ROLE_DAR:
		agent->dar = dar_start(base, config, code, why, why_size);
		break;
	case ROLE_MN:
		agent->mn = mn_start(base, config, code, why, why_size);
		break;
	}
	return agent->dar || agent->mn;
}

static int start_control(struct event_base *base, const struct config *config, struct agent *agent,
			 char *why, size_t why_size)
{
	control_handler handler = agent->dar ? show_dar : show_mn;
	void *role = agent->dar ? (void *)agent->dar : (void *)agent->mn;
	int err = control_open(base, config->control, handler, role, &agent->control);

	if (!err)
		return 0;
	if (err == -EADDRINUSE)
		snprintf(why, why_size, "control %s is in use by another famad; stop it first",
			 config->control);
	else
		snprintf(why, why_size, "control %s: %s", config->control, strerror(-err));
	return err == -EACCES || err == -EPERM ? EX_NOPERM : EX_UNAVAILABLE;
}

static void stop_role(struct agent *agent, bool started)
{
	if (agent->dar && started)
		dar_stop(agent->dar);
	else if (agent->dar)
		dar_abandon(agent->dar);
	if (agent->mn)
		mn_stop(agent->mn);
}

/* What the operator must not forget having allowed. */
static void warn_of_legacy(const struct config *config)
{
	unsigned int count = config->security.legacy_count;

	if (count)
		log_warn("security.legacy",
			 "hoas=%u warning=\"may be registered WITHOUT PROOF of ownership\"", count);
	for (unsigned int i = 0; i < count; i++)
		log_warn("security.legacy", "hoa=%s coa_prefixes=%u",
			 in6_text(&config->security.legacy[i].hoa).s,
			 config->security.legacy[i].coa_count);
}

static int run_loop(struct event_base *base, const struct config *config)
{
	struct event *terminate = evsignal_new(base, SIGTERM, signal_received, base);
	struct event *interrupt = evsignal_new(base, SIGINT, signal_received, base);
	struct agent agent = {NULL, NULL, NULL};
	char why[512] = "";
	int code = 0;

	event_add(terminate, NULL);
	event_add(interrupt, NULL);
	if (start_role(base, config, &agent, &code, why, sizeof(why)))
		code = start_control(base, config, &agent, why, sizeof(why));
	if (code)
		fprintf(stderr, "famad: %s\n", why);
	else
		event_base_dispatch(base);
	if (agent.control)
		control_close(agent.control);
	stop_role(&agent, code == 0);
	event_free(terminate);
	event_free(interrupt);
	return code;
}

static int run(const struct config *config)
{
	struct event_base *base;
	uint8_t key[16];
	const char *why;
	int code;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_DUMPABLE, 0); /* secrets never reach a core file */
	random_octets(key, sizeof(key));
	keyed_hash_start(key);
	if (crypto_start(&why)) {
		fprintf(stderr, "famad: %s\n", why);
		return EX_UNAVAILABLE;
	}
	base = event_base_new();
	if (!base) {
		fputs("famad: no event loop: out of memory or file descriptors\n", stderr);
		return EX_UNAVAILABLE;
	}
	code = run_loop(base, config);
	event_base_free(base);
	crypto_stop();
	return code;
}

int main(int argc, char **argv)
{
	struct options options = {NULL, false};
	struct config *config;
	int code;

	if (!parse_options(argc, argv, &options, &code))
		return code;
	config = config_load(options.config);
	if (!config)
		return EX_CONFIG;
	if (!options.check_only) {
		log_configure(config->log_level, config->log_format);
		warn_of_legacy(config);
		code = run(config);
	}
	config_free(config);
	return code;
}

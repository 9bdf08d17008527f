// SPDX-License-Identifier: BSD-2-Clause
/* Owns famactl's commands and options. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/in6.h"
#include "cli/client.h"
#include "cli/print.h"

struct options {
	const char *socket; /* NULL: the only one there is */
	bool is_json;
};

struct command {
	const char *verb, *object;
	const char *argument; /* NULL: takes none; else an address */
	enum control_code (*function)(const struct command *command, const struct options *options,
				      const char *argument);
	const char *help;
};

static enum control_code ask_and_print(const struct command *command, const struct options *options,
				       const char *argument)
{
	char found[CLIENT_PATH_MAX];
	const char *path = options->socket;
	enum control_code code = CONTROL_OK;
	json_t *result = NULL;
	int fd;

	if (!path) {
		code = client_find_socket(found);
		path = found;
	}
	if (code == CONTROL_OK)
		code = client_connect(path, &fd);
	if (code != CONTROL_OK)
		return code;
	code = client_ask(fd, command->verb, command->object, argument, &result);
	close(fd);
	if (code == CONTROL_OK && options->is_json)
		print_json(result);
	else if (code == CONTROL_OK)
		print_text(command->object, result);
	json_decref(result);
	return code;
}

static const struct command commands[] = {
	{"show", "bindings", NULL, ask_and_print, "mobile nodes that are away, their tunnels"},
	{"show", "binding", "HOA", ask_and_print, "one of them in full"},
	{"show", "status", NULL, ask_and_print, "what runs, since when"},
	{"show", "stats", NULL, ask_and_print, "signalling by outcome"},
	{"show", "drops", NULL, ask_and_print, "packets dropped, by interface and reason"},
	{"show", "interfaces", NULL, ask_and_print, "interfaces and how programs are attached"},
	{"show", "prefixes", NULL, ask_and_print, "anchored prefixes"},
	{"show", "config", NULL, ask_and_print, "every key and its value in force"},
	{"show", "bul", NULL, ask_and_print, "mobile node: its Binding Update List"},
	{"show", "addresses", NULL, ask_and_print, "mobile node: its home addresses"},
	{"binding", "delete", "HOA", ask_and_print, "end a binding and its tunnel"},
	{"address", "keep", "HOA", ask_and_print, "mobile node: keep an address over moves"},
	{"address", "drop", "HOA", ask_and_print, "mobile node: let an older address go"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), HELP_COLUMN = 24 };

static void print_help(FILE *to)
{
	fprintf(to, "usage: famactl [-s SOCKET] [--json] COMMAND\n\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];
		int len = fprintf(to, "  %s %s%s%s", c->verb, c->object, c->argument ? " " : "",
				  c->argument ? c->argument : "");

		fprintf(to, "%*s%s\n", HELP_COLUMN - len, "", c->help);
	}
	fprintf(to, "\n"
		    "  -s, --socket SOCKET   default: the only one in " CONTROL_DIRECTORY "\n"
		    "  -j, --json            print the result as JSON\n"
		    "  -h, --help\n"
		    "  -V, --version\n\n"
		    "exit: 0 ok, 1 refused, 2 usage, 3 famad not reachable, 4 no such object,\n"
		    "      5 no permission\n");
}

static const struct command *find_command(const char *verb, const char *object)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].verb, verb) == 0 && strcmp(commands[i].object, object) == 0)
			return &commands[i];
	return NULL;
}

static enum control_code run_command(int count, char **words, const struct options *options)
{
	const char *object = count > 1 ? words[1] : "";
	const struct command *command = find_command(words[0], object);
	struct in6_addr address;

	if (!command) {
		fprintf(stderr, "famactl: unknown command '%s%s%s'; famactl --help lists them\n",
			words[0], *object ? " " : "", object);
		return CONTROL_USAGE;
	}
	if (count != (command->argument ? 3 : 2)) {
		fprintf(stderr, "famactl: usage: famactl %s %s%s%s\n", command->verb, object,
			command->argument ? " " : "", command->argument ? command->argument : "");
		return CONTROL_USAGE;
	}
	if (!command->argument)
		return command->function(command, options, NULL);
	if (inet_pton(AF_INET6, words[2], &address) != 1) {
		fprintf(stderr, "famactl: '%s' is not an IPv6 address\n", words[2]);
		return CONTROL_USAGE;
	}
	return command->function(command, options, in6_text(&address).s);
}

/* What was printed may have gone nowhere: a full disk. */
static int exit_code(enum control_code code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return (int)code;
	fprintf(stderr, "famactl: the output cannot be written\n");
	return CONTROL_REFUSED;
}

int main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	struct options options = {.socket = NULL};
	int option;

	while ((option = getopt_long(argc, argv, "s:jhV", long_options, NULL)) != -1) {
		switch (option) {
		case 's':
			options.socket = optarg;
			break;
		case 'j':
			options.is_json = true;
			break;
		case 'h':
			print_help(stdout);
			return exit_code(CONTROL_OK);
		case 'V':
			printf("famactl %s\n", FAMA_VERSION);
			return exit_code(CONTROL_OK);
		default:
			return CONTROL_USAGE; /* getopt has said why */
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return CONTROL_USAGE;
	}
	return exit_code(run_command(argc - optind, argv + optind, &options));
}

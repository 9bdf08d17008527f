/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the protocol between famactl and famad: one JSON object a line, both ways.
 *
 *   request  {"version": 1, "verb": "show", "object": "bindings", "argument": "2001:db8::1"}
 *   reply    {"version": 1, "code": 0, "result": ...}
 *            {"version": 1, "code": 4, "error": "no binding for 2001:db8::1"}
 *
 * "object" and "argument" are strings and may be absent. "code" is famactl's exit code.
 * One reply follows each request; a line over CONTROL_REQUEST_MAX ends the connection.
 */
#ifndef FAMA_CONTROL_H
#define FAMA_CONTROL_H

enum {
	CONTROL_VERSION = 1,
	CONTROL_REQUEST_MAX = 65536, /* octets, newline included */
	CONTROL_CLIENTS_MAX = 32,
	CONTROL_IDLE_S = 5, /* a client that neither asks nor reads is let go */
};

enum control_code {
	CONTROL_OK = 0,
	CONTROL_REFUSED = 1,
	CONTROL_USAGE = 2,
	CONTROL_UNREACHABLE = 3, /* made by famactl only */
	CONTROL_NO_OBJECT = 4,
	CONTROL_PERMISSION = 5,
};

#define CONTROL_DIRECTORY "/run/fama"

#endif

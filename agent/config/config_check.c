// SPDX-License-Identifier: BSD-2-Clause
/* Owns the checks of everything but the interfaces. */
#include "config/config_check.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "config/config_keys.h"

enum { BINDING_MAX_DAR = 65536, BINDING_MAX_MN = 64 };

static const struct {
	const char *path;
	enum config_role role;
} role_keys[] = {
	{"binding.accept", ROLE_DAR},
	{"binding.max_lifetime", ROLE_DAR},
	{"binding.durability", ROLE_DAR},
	{"security", ROLE_DAR},
	{"stop", ROLE_DAR},
	{"mobility", ROLE_MN},
};

bool key_is_of_role(const char *path, enum config_role role)
{
	for (size_t i = 0; i < sizeof(role_keys) / sizeof(role_keys[0]); i++) {
		size_t len = strlen(role_keys[i].path);

		if (strncmp(role_keys[i].path, path, len) == 0 && (!path[len] || path[len] == '.'))
			return role_keys[i].role == role;
	}
	return true;
}

static int check_role(struct document *d, enum config_role role)
{
	for (size_t i = 0; i < sizeof(role_keys) / sizeof(role_keys[0]); i++)
		if (role_keys[i].role != role && document_at(d, role_keys[i].path))
			return document_refuse(d, role_keys[i].path, "only for role %s",
					       role_keys[i].role == ROLE_DAR ? "dar" : "mn");
	return 0;
}

int check_name(struct document *d, const char *key, const char *name, size_t size)
{
	if (!name)
		return document_refuse(d, key, "missing");
	if (strlen(name) >= size)
		return document_refuse(d, key, "too long; at most %zu characters", size - 1);
	for (const char *c = name; *c; c++)
		if (!isascii((unsigned char)*c) ||
		    (!isalnum((unsigned char)*c) && !strchr("._-", *c)))
			return document_refuse(d, key, "'%s' may have A-Z a-z 0-9 . _ - only",
					       name);
	if (*name == '.' || *name == '-')
		return document_refuse(d, key, "'%s' may not begin with '%c'", name, *name);
	return 0;
}

/* It becomes part of paths, and an option to nobody. */
static int take_name(struct document *d, const char *name, struct config *config)
{
	int err = check_name(d, "name", name, sizeof(config->name));

	if (!err)
		strcpy(config->name, name);
	return err;
}

static int take_path(struct document *d, const char *key, const char *given,
		     char path[static CONFIG_PATH_MAX])
{
	if (*given != '/')
		return document_refuse(d, key, "'%s' is not an absolute path", given);
	if (strlen(given) >= CONFIG_PATH_MAX)
		return document_refuse(d, key, "too long; at most %d octets", CONFIG_PATH_MAX - 1);
	for (const char *c = given; *c; c++)
		if (iscntrl((unsigned char)*c))
			return document_refuse(d, key, "has a control character");
	strcpy(path, given);
	return 0;
}

static int take_paths(struct document *d, const struct config_text *text, struct config *config)
{
	int err = 0;

	snprintf(config->control, sizeof(config->control), "/run/fama/%s.sock", config->name);
	snprintf(config->state_dir, sizeof(config->state_dir), "/var/lib/fama/%s", config->name);
	snprintf(config->bpffs, sizeof(config->bpffs), "/sys/fs/bpf/fama/%s", config->name);
	if (text->control)
		err = take_path(d, "control", text->control, config->control);
	if (!err && text->state_dir)
		err = take_path(d, "state_dir", text->state_dir, config->state_dir);
	if (!err && text->bpffs)
		err = take_path(d, "bpffs", text->bpffs, config->bpffs);
	return err;
}

/* Keys with text of which one value is built. */
static int check_unbuilt(struct document *d, const struct config_text *text)
{
	if (text->metrics && strcmp(text->metrics, "off") != 0)
		return document_refuse(d, "metrics", "not built yet; use off");
	if (text->security.sec_accept && strcmp(text->security.sec_accept, "0..2") != 0)
		return document_refuse(d, "security.sec_accept", "not built yet; use 0..2");
	return 0;
}

static int check_bits(struct document *d, const char *key, uint32_t bits)
{
	if (bits % 8 == 0)
		return 0;
	return document_refuse(d, key, "%u is not a multiple of 8", bits);
}

int config_check(struct document *d, const struct config_text *text, struct config *config)
{
	int err;

	if (!text->role)
		return document_refuse(d, "role", "missing; dar | mn");
	err = check_role(d, *text->role);
	if (!err)
		err = take_name(d, text->name, config);
	if (!err)
		err = take_paths(d, text, config);
	if (!err)
		err = check_unbuilt(d, text);
	if (!err)
		err = keys_take(d, text, config);
	if (!err)
		err = check_bits(d, "security.rsa_min", config->security.rsa_min);
	if (!err)
		err = check_bits(d, "identity.rsa_bits", config->identity.rsa_bits);
	if (!err)
		err = interfaces_check(d, text, config);
	if (!err && config->role == ROLE_DAR)
		err = security_check(d, &text->security, config);
	if (!config->binding.max)
		config->binding.max = config->role == ROLE_DAR ? BINDING_MAX_DAR : BINDING_MAX_MN;
	return err;
}

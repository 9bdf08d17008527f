// SPDX-License-Identifier: BSD-2-Clause
/* Owns the security contexts on disk (`replay: seq`), by SQLite: it survives a loss of power. */
#include "store/context_store.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char file_name[] = "contexts.db";

static const char prepare_file[] =
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"PRAGMA trusted_schema = OFF;"
	"CREATE TABLE IF NOT EXISTS context ("
	" hoa BLOB PRIMARY KEY NOT NULL, key_id BLOB NOT NULL, sequence INTEGER NOT NULL"
	") WITHOUT ROWID;";

struct context_store {
	sqlite3 *file;
	sqlite3_stmt *put;
};

struct context_store *context_store_open(const char *state_dir, char *why, size_t why_size)
{
	struct context_store *store = calloc(1, sizeof(*store));
	char path[PATH_MAX];
	mode_t mask;
	int err;

	if (!store) {
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/%s", state_dir, file_name);
	mask = umask(077);
	err = sqlite3_open_v2(path, &store->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (!err)
		err = sqlite3_exec(store->file, prepare_file, NULL, NULL, NULL);
	umask(mask);
	if (!err)
		err = sqlite3_prepare_v3(
			store->file,
			"INSERT INTO context VALUES (?1, ?2, ?3) ON CONFLICT(hoa) DO "
			"UPDATE SET key_id = ?2, sequence = ?3",
			-1, SQLITE_PREPARE_PERSISTENT, &store->put, NULL);
	if (!err)
		return store;
	snprintf(why, why_size, "%s: %s; mend or remove the file", path,
		 store->file ? sqlite3_errmsg(store->file) : sqlite3_errstr(err));
	context_store_close(store);
	return NULL;
}

void context_store_close(struct context_store *store)
{
	if (!store)
		return;
	sqlite3_finalize(store->put);
	sqlite3_close(store->file);
	free(store);
}

int context_store_put(struct context_store *store, const struct context_row *row)
{
	int err = sqlite3_bind_blob(store->put, 1, &row->hoa, sizeof(row->hoa), SQLITE_STATIC);

	if (!err)
		err = sqlite3_bind_blob(store->put, 2, row->key_id, sizeof(row->key_id),
					SQLITE_STATIC);
	if (!err)
		err = sqlite3_bind_int(store->put, 3, row->sequence);
	if (!err)
		err = sqlite3_step(store->put);
	sqlite3_reset(store->put);
	return err == SQLITE_DONE ? 0 : -EIO;
}

static int read_row(sqlite3_stmt *select, struct context_row *row)
{
	if (sqlite3_column_bytes(select, 0) != sizeof(row->hoa) ||
	    sqlite3_column_bytes(select, 1) != sizeof(row->key_id))
		return -EIO;
	memcpy(&row->hoa, sqlite3_column_blob(select, 0), sizeof(row->hoa));
	memcpy(row->key_id, sqlite3_column_blob(select, 1), sizeof(row->key_id));
	row->sequence = (uint16_t)sqlite3_column_int(select, 2);
	return 0;
}

int context_store_each(struct context_store *store,
		       int (*each)(const struct context_row *row, void *arg), void *arg)
{
	sqlite3_stmt *select = NULL;
	struct context_row row;
	int step, ret = 0;

	if (sqlite3_prepare_v2(store->file, "SELECT hoa, key_id, sequence FROM context", -1,
			       &select, NULL))
		return -EIO;
	while (!ret && (step = sqlite3_step(select)) == SQLITE_ROW) {
		ret = read_row(select, &row);
		if (!ret)
			ret = each(&row, arg);
	}
	if (!ret && step != SQLITE_DONE)
		ret = -EIO;
	sqlite3_finalize(select);
	return ret;
}

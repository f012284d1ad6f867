/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request log.  A line is one write(2), so that a reader who tails the
 * file sees whole lines; a line that cannot be written is lost, not waited for.
 */
#include "tests/idcsim/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <json-c/json.h>

#include "common/buf.h"
#include "common/text.h"
#include "tests/idcsim/call.h"
#include "tests/idcsim/sim.h"

void aw_sim_log_init(struct aw_sim_log *log)
{
	log->fd = -1;
	log->lines = json_object_new_array();
}

void aw_sim_log_done(struct aw_sim_log *log)
{
	if (log->fd >= 0)
		(void)close(log->fd);
	log->fd = -1;
	(void)json_object_put(log->lines);
	log->lines = NULL;
}

int aw_sim_log_open(struct aw_sim_log *log, const char *path)
{
	log->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	return log->fd < 0 ? -errno : 0;
}

void aw_sim_log_time(int64_t ms, bool is_fine, char ret[32])
{
	const time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[24];

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		text[0] = '\0';
	if (is_fine)
		aw_ignore(aw_fmt(ret, 32, "%s.%03dZ", text, (int)(ms % 1000)));
	else
		aw_ignore(aw_fmt(ret, 32, "%sZ", text));
}

static void put(struct json_object *line, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		(void)json_object_object_add(
		    line, key, json_object_new_string(value));
}

static struct json_object *line_of(const struct aw_sim_call *call)
{
	struct json_object *line = json_object_new_object();
	char time_text[32];

	aw_sim_log_time(aw_sim_now_ms(call->sim), true, time_text);
	put(line, "time", time_text);
	put(line, "host", aw_sim_req_header(call->req, "Host"));
	put(line, "method", call->req->method);
	/* Never the query: next_token aside, it is where secrets would be. */
	put(line, "path", call->req->path);
	put(line, "service", call->service ? call->service->name : NULL);
	put(line, "operation", call->op ? call->op->name : NULL);
	(void)json_object_object_add(line, "status",
	    json_object_new_int64(
		call->effect.on[AW_SIM_CLOSE] ? 0 : call->status));
	if (call->region == call->sim->second_region)
		put(line, "region", call->region);
	put(line, "error", call->error);
	put(line, "request_id", call->request_id);
	put(line, "client", call->client);
	put(line, "user_code", call->user_code);
	put(line, "user", call->user);
	return line;
}

static void write_line(int fd, const char *text)
{
	struct aw_buf line = AW_BUF_INIT(16384);

	aw_buf_fmt(&line, "%s\n", text);
	if (aw_buf_error(&line) == 0 && write(fd, line.data, line.len) < 0)
		line.error = -errno;
	aw_buf_done(&line);
}

void aw_sim_log_call(struct aw_sim_log *log, const struct aw_sim_call *call)
{
	struct json_object *line = line_of(call);
	const char *text = json_object_to_json_string_ext(
	    line, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (log->fd >= 0)
		write_line(log->fd, text);
	if (log->to_stderr)
		write_line(STDERR_FILENO, text);
	if (json_object_array_length(log->lines) == AW_SIM_LOG_KEEP)
		(void)json_object_array_del_idx(log->lines, 0, 1);
	(void)json_object_array_add(log->lines, line);
}

void aw_sim_log_print(const struct aw_sim_log *log, struct aw_buf *out)
{
	for (size_t i = 0; i < json_object_array_length(log->lines); i++)
		aw_buf_fmt(out, "%s\n",
		    json_object_to_json_string_ext(
			json_object_array_get_idx(log->lines, i),
			JSON_C_TO_STRING_PLAIN |
			    JSON_C_TO_STRING_NOSLASHESCAPE));
}

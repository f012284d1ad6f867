/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: the cost of the directory, who else hands out our ids, the
 * settings, and the command itself.
 * covers: hour.3, dir.1, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "awssso/doctor.h"
#include "common/proto.h"
#include "tests/unit/awssso/cli.h"

static struct cli_result result;

static void costs(void **state)
{
	static const struct {
		uint64_t requests, rate, interval, hosts;
		uint64_t seconds, permille;
	} rows[] = {
		{ 216, 1, 21600, 1, 216, 0 },
		{ 216, 1, 21600, 100, 216, 50 },
		{ 216, 1, 21600, 1000, 216, 500 },
		{ 216, 20, 21600, 1000, 11, 500 }, /* the same, only faster */
		{ 43200, 1, 21600, 1, 43200, 50 }, /* it never rests */
		{ 43200, 1, 21600, 20, 43200, 1000 },
		{ 3, 2, 10, 1, 2, 15 },
	};
	struct aw_doctor_cost cost;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_doctor_cost(rows[i].requests, rows[i].rate, rows[i].interval,
		    rows[i].hosts, &cost);
		if (cost.seconds != rows[i].seconds ||
		    cost.permille != rows[i].permille)
			fail_msg("row %zu: %llu s, %llu", i,
			    (unsigned long long)cost.seconds,
			    (unsigned long long)cost.permille);
	}
	assert_int_equal(aw_doctor_requests(0, 0, 0), 2);
	assert_int_equal(aw_doctor_requests(101, 100, 99), 2 + 1 + 100);
	assert_int_equal(aw_doctor_requests(1000, 1, 100000), 10 + 1 + 1000);
}

static uint64_t requests;

static void say_status(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_STATUS_IS, in->request);
	aw_wire_put_num(&out, AW_TAG_USERS, 20000);
	aw_wire_put_num(&out, AW_TAG_GROUPS, 400);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, 100);
	aw_wire_put_num(&out, AW_TAG_RATE, 1);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, requests);
	cli_send(fd, &out);
}

#define AWS "awssso/awssso.conf"
#define CONF                                                               \
	"[identity-center]\nstart_url = https://d-0123456789.awsapps.com/" \
	"start\nregion = us-east-1\nidentity_store_id = d-0123456789\n"
#define SSSD "sssd/sssd.conf"
#define HIMM "himmelblau/himmelblau.conf"
#define SUDO "pam.d/sudo"
#define GATE "account required pam_awssso.so permission_set=Admin\n"

static int make(void **state)
{
	const int r = cli_make(state);

	return r || mkdir("awssso", 0755) || mkdir("sssd", 0755) ||
		       mkdir("himmelblau", 0755) || mkdir("pam.d", 0755) ||
		       mkdir("sudoers.d", 0755)
		   ? -1
		   : 0;
}

static int remove_all(void **state)
{
	(void)unlink(AWS);
	(void)rmdir("awssso");
	(void)rmdir("sssd");
	(void)rmdir("himmelblau");
	(void)rmdir("pam.d");
	(void)rmdir("sudoers.d");
	return cli_remove(state);
}

static const struct {
	const char *file, *text; /* NULL: none besides our own */
	const char *hosts;
	uint64_t requests;
	const char *only, *says;
} found[] = {
	{ NULL, NULL, "1", 0, "cost",
	    "ok       sweep              604 requests, takes 10 min" },
	{ NULL, NULL, "1", 720, "cost",
	    "720 requests, takes 12 min, every 6 h" },
	{ NULL, NULL, "1", 30000, "cost", "longer than its interval" },
	{ NULL, NULL, "1", 30000, "cost",
	    "-> set a longer sweep_interval or a scope" },
	{ NULL, NULL, "150", 720, "cost",
	    "ok       aws-share          150 hosts use 25.0 %" },
	{ NULL, NULL, "151", 720, "cost",
	    "warning  aws-share          151 hosts" },
	{ NULL, NULL, "151", 720, "cost", "awssso publish" },
	{ SSSD, "[domain/x]\nid_provider = ad\n", "1", 9, "ranges",
	    "warning  sssd               domain/x hands out ids from "
	    "200000" },
	{ SSSD, "[domain/x]\nid_provider = ldap\n", "1", 9, "ranges",
	    "maps no ids" },
	{ SSSD,
	    "[domain/x]\nid_provider = ad\nldap_idmap_range_max = "
	    "1879048191\n",
	    "1", 9, "ranges", "to 1879048191\n" },
	{ SSSD,
	    "[domain/x]\nid_provider = ad\nldap_idmap_range_max = "
	    "1879048191\n[domain/y]\nldap_id_mapping = true\n",
	    "1", 9, "ranges",
	    "warning  sssd               domain/y hands out" },
	{ HIMM, "[global]\nidmap_range = 5000000-5999999\n", "1", 9, "ranges",
	    "from 5000000 to 5999999\n" },
	{ HIMM, "[global]\nidmap_range = 200000-2000200000\n", "1", 9, "ranges",
	    "which ours overlap" },
	{ HIMM, "[global]\n", "1", 9, "ranges",
	    "warning  himmelblau         ./himmelblau/himmelblau.conf "
	    "sets no idmap_range" },
	{ HIMM, "idmap_range = 1-x\n", "1", 9, "ranges",
	    "cannot be understood" },
};

static void findings(void **state)
{
	(void)state;
	cli_write(AWS, CONF);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		const char *const words[] = { "doctor", "--hosts",
			found[i].hosts, "--only", found[i].only, "--etc", ".",
			"--run-dir", ".", NULL };

		if (found[i].file)
			cli_write(found[i].file, found[i].text);
		requests = found[i].requests;
		cli_run(words, "ctl.sock", say_status, &result);
		if (result.status != AW_EXIT_OK ||
		    !strstr(result.out, found[i].says))
			fail_msg("row %zu: %d: %s%s", i, result.status,
			    result.out, result.err);
		if (found[i].file)
			assert_int_equal(unlink(found[i].file), 0);
	}
}

/* What hides from sudo's gate who asks. */
static void sudo_without_a_gate(void **state)
{
	static const struct {
		const char *stack, *file, *text;
		const char *says;
	} rows[] = {
		{ GATE, "sudoers", "Defaults rootpw\n", "line 1: rootpw" },
		{ GATE, "sudoers", "#\n\tDefaults:%x insults, targetpw\n",
		    "line 2: targetpw" },
		{ GATE, "sudoers.d/x", "Defaults@here\trunaspw",
		    "./sudoers.d/x, line 1: runaspw" },
		{ GATE, "sudoers", "Defaults !rootpw, !targetpw\n",
		    "tells PAM who" },
		{ GATE, "sudoers", "# Defaults rootpw\nrootpw ALL = ALL\n",
		    "tells PAM who" },
		{ GATE, "sudoers", "Defaults insults # rootpw\n",
		    "tells PAM who" },
		{ GATE, "sudoers", "Defaults #rootpw\nDefaults rootpw_x\n",
		    "tells PAM who" },
		{ GATE, "sudoers.d/x.old", "Defaults rootpw\n",
		    "tells PAM who" },
		{ "account required pam_unix.so\n", "sudoers",
		    "Defaults rootpw\n", "asks for no permission set" },
		{ "auth required pam_awssso.so permission_set=Admin\n",
		    "sudoers", "Defaults rootpw\n",
		    "asks for no permission set" },
	};
	static const char *const words[] = { "doctor", "--only", "sudo",
		"--etc", ".", "--run-dir", ".", NULL };

	(void)state;
	cli_write(AWS, CONF);
	requests = 720;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool is_finding = strstr(rows[i].says, "line");

		cli_write(SUDO, rows[i].stack);
		cli_write(rows[i].file, rows[i].text);
		cli_run(words, "ctl.sock", say_status, &result);
		assert_int_equal(unlink(rows[i].file), 0);
		assert_int_equal(unlink(SUDO), 0);
		if (result.status !=
			(is_finding ? AW_EXIT_FAILED : AW_EXIT_OK) ||
		    !strstr(result.out, rows[i].says))
			fail_msg("row %zu: %d: %s%s", i, result.status,
			    result.out, result.err);
	}
}

/* A SCIM endpoint knows no scope, and its limits are not the Identity Store's:
 * neither is spoken of. */
static void of_scim(void **state)
{
	static const char *const words[] = { "doctor", "--hosts=5000", "--only",
		"cost", "--etc", ".", "--run-dir", ".", NULL };

	(void)state;
	cli_write(AWS, CONF "[directory]\nsource = scim\n"
			    "scim_url = https://scim.example.com/\n");
	requests = 30000;
	cli_run(words, "ctl.sock", say_status, &result);
	cli_write(AWS, CONF);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(strstr(result.out, "set a longer sweep_interval\n"));
	assert_null(strstr(result.out, "5000 hosts"));
}

/* Nothing of a host is looked at that does not stand in the folder. */
static void for_programs(void **state)
{
	static const char *const words[] = { "doctor", "--json", "--only",
		"cost", "--hosts=5000", "--etc", ".", "--run-dir", ".", NULL };
	static const struct {
		const char *key;
		int64_t value;
	} rows[] = {
		{ "hosts", 5000 },
		{ "ok", 1 },
		{ "warning", 1 },
		{ "broken", 0 },
	};
	struct json_object *object, *value;

	(void)state;
	requests = 720;
	cli_run(words, "ctl.sock", say_status, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	object = json_tokener_parse(result.out);
	assert_non_null(object);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(
		    json_object_object_get_ex(object, rows[i].key, &value));
		assert_int_equal(json_object_get_int64(value), rows[i].value);
	}
	assert_true(json_object_object_get_ex(object, "checks", &value));
	assert_int_equal(json_object_array_length(value), 2);
	value = json_object_array_get_idx(value, 1);
	assert_true(json_object_object_get_ex(value, "fix", &value));
	json_object_put(object);
}

/* A daemon that is away, or says nonsense, is one line of many. */
static void without_awsssod(void **state)
{
	static const char *const words[] = { "doctor", "--only", "awsssod",
		"--etc", ".", "--run-dir", ".", NULL };
	static const struct {
		cli_play_fn *play;
		const char *says;
	} rows[] = {
		{ NULL, "ctl.sock: awsssod is not running" },
		{ cli_forget_the_outcome, "sent a message of kind" },
		{ say_status, "answers, but nobody listens at auth.sock" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_run(words, "ctl.sock", rows[i].play, &result);
		assert_int_equal(result.status, AW_EXIT_FAILED);
		assert_string_equal(result.err, "");
		if (!strstr(result.out, "broken   awsssod  ") ||
		    !strstr(result.out, rows[i].says))
			fail_msg("row %zu: %s", i, result.out);
	}
}

static void of_settings(void **state)
{
	static const struct {
		const char *text;
		int status;
		const char *says;
	} rows[] = {
		{ CONF, AW_EXIT_OK,
		    "warning  settings           ./awssso/"
		    "awssso.conf: nobody may log in" },
		{ CONF "[access]\nallow_groups = x\n", AW_EXIT_OK,
		    "ok       settings           ./awssso/awssso.conf is "
		    "good" },
		{ CONF "colour = blue\n", AW_EXIT_FAILED, "awssso.conf:5: " },
		{ "[access]\nallow_groups = x\n", AW_EXIT_FAILED,
		    "start_url is not set" },
		{ CONF "[access]\nallow_groups = x\n[network]\nca_bundle = "
		       "/nowhere/x\n",
		    AW_EXIT_FAILED, "awssso.conf:8: ca_bundle: /nowhere/x" },
		{ NULL, AW_EXIT_FAILED, "-> write it" },
	};
	static const char *const words[] = { "doctor", "--only", "settings",
		"--etc", ".", "--run-dir", ".", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].text)
			cli_write(AWS, rows[i].text);
		else
			assert_int_equal(unlink(AWS), 0);
		cli_run(words, NULL, NULL, &result);
		if (result.status != rows[i].status ||
		    !strstr(result.out, rows[i].says))
			fail_msg("row %zu: %d: %s%s", i, result.status,
			    result.out, result.err);
	}
}

static void wrong_words(void **state)
{
	static const char *const rows[][4] = {
		{ "doctor", "--hosts", "0", NULL },
		{ "doctor", "--only", "everything", NULL },
		{ "doctor", "--only", "", NULL },
		{ "doctor", "pam", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_run(rows[i], "ctl.sock", NULL, &result);
		assert_int_equal(result.status, AW_EXIT_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs),
		cmocka_unit_test(findings),
		cmocka_unit_test(sudo_without_a_gate),
		cmocka_unit_test(of_scim),
		cmocka_unit_test(for_programs),
		cmocka_unit_test(without_awsssod),
		cmocka_unit_test(of_settings),
		cmocka_unit_test(wrong_words),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}

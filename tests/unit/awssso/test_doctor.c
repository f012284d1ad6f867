/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: the cost of the directory, and who else hands out our ids.
 * covers: dir.1, R18
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

static void findings(void **state)
{
	static const struct {
		const char *file, *text; /* NULL: none besides our own */
		const char *hosts;
		uint64_t requests;
		int status;
		const char *says;
	} rows[] = {
		{ NULL, NULL, "1", 0, AW_EXIT_OK,
		    "604 requests, takes 10 min" },
		{ NULL, NULL, "1", 720, AW_EXIT_OK,
		    "720 requests, takes 12 min, every 6 h" },
		{ NULL, NULL, "1", 30000, AW_EXIT_FAILED,
		    "longer than its interval" },
		{ NULL, NULL, "150", 720, AW_EXIT_OK, "150 hosts use 25.0 %" },
		{ NULL, NULL, "151", 720, AW_EXIT_FAILED, "awssso publish" },
		{ SSSD, "[domain/x]\nid_provider = ad\n", "1", 9,
		    AW_EXIT_FAILED, "domain/x hands out ids from 200000" },
		{ SSSD, "[domain/x]\nid_provider = ldap\n", "1", 9, AW_EXIT_OK,
		    "maps no ids" },
		{ SSSD,
		    "[domain/x]\nid_provider = ad\nldap_idmap_range_max = "
		    "1879048191\n",
		    "1", 9, AW_EXIT_OK, "to 1879048191\n" },
		{ SSSD,
		    "[domain/x]\nid_provider = ad\nldap_idmap_range_max = "
		    "1879048191\n[domain/y]\nldap_id_mapping = true\n",
		    "1", 9, AW_EXIT_FAILED, "domain/y hands out" },
		{ HIMM, "[global]\nidmap_range = 5000000-5999999\n", "1", 9,
		    AW_EXIT_OK, "from 5000000 to 5999999\n" },
		{ HIMM, "[global]\nidmap_range = 200000-2000200000\n", "1", 9,
		    AW_EXIT_FAILED, "which ours overlap" },
		{ HIMM, "[global]\n", "1", 9, AW_EXIT_OK,
		    "sets no idmap_range" },
		{ HIMM, "idmap_range = 1-x\n", "1", 9, AW_EXIT_OK,
		    "cannot be understood" },
	};

	(void)state;
	cli_write(AWS, CONF);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const words[] = { "doctor", "--hosts",
			rows[i].hosts, "--etc", ".", "--run-dir", ".", NULL };

		if (rows[i].file)
			cli_write(rows[i].file, rows[i].text);
		requests = rows[i].requests;
		cli_run(words, "ctl.sock", say_status, &result);
		if (result.status != rows[i].status ||
		    !strstr(result.out, rows[i].says))
			fail_msg("row %zu: %d: %s%s", i, result.status,
			    result.out, result.err);
		if (rows[i].file)
			assert_int_equal(unlink(rows[i].file), 0);
	}
}

/* What hides from sudo's gate who asks. */
static void sudo_without_a_gate(void **state)
{
	static const struct {
		const char *stack, *file, *text;
		const char *says; /* NULL: nothing about sudo */
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
		    "Defaults rootpw\n", NULL },
	};
	static const char *const words[] = { "doctor", "--etc", ".",
		"--run-dir", ".", NULL };

	(void)state;
	cli_write(AWS, CONF);
	requests = 720;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool is_finding =
		    rows[i].says && strstr(rows[i].says, "line");

		cli_write(SUDO, rows[i].stack);
		cli_write(rows[i].file, rows[i].text);
		cli_run(words, "ctl.sock", say_status, &result);
		assert_int_equal(unlink(rows[i].file), 0);
		assert_int_equal(unlink(SUDO), 0);
		if (result.status !=
			(is_finding ? AW_EXIT_FAILED : AW_EXIT_OK) ||
		    (rows[i].says ? !strstr(result.out, rows[i].says)
				  : strstr(result.out, "sudo") != NULL))
			fail_msg("row %zu: %d: %s%s", i, result.status,
			    result.out, result.err);
	}
}

/* A SCIM endpoint knows no scope, and its limits are not the Identity Store's:
 * neither is spoken of. */
static void of_scim(void **state)
{
	static const char *const words[] = { "doctor", "--hosts=5000", "--etc",
		".", "--run-dir", ".", NULL };

	(void)state;
	cli_write(AWS, CONF "[directory]\nsource = scim\n"
			    "scim_url = https://scim.example.com/\n");
	requests = 30000;
	cli_run(words, "ctl.sock", say_status, &result);
	cli_write(AWS, CONF);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_non_null(strstr(result.out, "set a longer sweep_interval\n"));
	assert_null(strstr(result.out, "5000 hosts"));
}

static void for_programs(void **state)
{
	static const char *const words[] = { "doctor", "--json", "--hosts=5000",
		"--etc", ".", "--run-dir", ".", NULL };
	struct json_object *object, *value;

	(void)state;
	requests = 720;
	cli_run(words, "ctl.sock", say_status, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	object = json_tokener_parse(result.out);
	assert_non_null(object);
	assert_true(json_object_object_get_ex(object, "findings", &value));
	assert_int_equal(json_object_get_int64(value), 1);
	assert_true(json_object_object_get_ex(object, "checks", &value));
	assert_true(json_object_array_length(value) >= 2);
	json_object_put(object);
}

static void wrong_words(void **state)
{
	static const char *const words[] = { "doctor", "--hosts", "0", NULL };

	(void)state;
	cli_run(words, "ctl.sock", NULL, &result);
	assert_int_equal(result.status, AW_EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs),
		cmocka_unit_test(findings),
		cmocka_unit_test(sudo_without_a_gate),
		cmocka_unit_test(of_scim),
		cmocka_unit_test(for_programs),
		cmocka_unit_test(wrong_words),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names: the one judge, and the mapping.  ASCII only by intent: folding or
 * normalising other scripts would give two people one name.
 */
#include "common/name.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

bool aw_name_is_possible(const char *name, size_t len, bool is_group)
{
	bool has_letter = false;

	if (len == 0 || len > AW_NAME_MAX || name[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = name[i];

		if (is_lower(c) || c == '_' || (is_group && is_upper(c)))
			has_letter = true;
		else if (is_digit(c))
			continue;
		else if (i == 0 ||
		    (c != '-' && c != '.' && c != '@' && c != '+'))
			return false;
	}
	return has_letter;
}

/* Sorted, lower case.  What base systems own, and what amounts to root. */
static const char *const reserved[] = { "_apt", "adm", "admin",
	"administrator", "all", "audio", "avahi", "awssso", "awssso-net",
	"backup", "bin", "cdrom", "centos", "chrony", "clock", "crontab",
	"daemon", "dbus", "debian", "default", "dialout", "dip", "disk",
	"docker", "ec2-instance-connect", "ec2-user", "everyone", "fax",
	"fedora", "floppy", "ftp", "fuse", "games", "gnats", "halt", "http",
	"incus", "incus-admin", "input", "irc", "kmem", "kvm", "landscape",
	"libvirt", "libvirtd", "list", "lock", "lp", "lpadmin", "lxc", "lxd",
	"mail", "man", "messagebus", "microk8s", "mock", "mysql",
	"netdev", "news", "nfsnobody", "nobody", "nogroup", "nslcd", "ntp",
	"operator", "plugdev", "podman", "polkitd", "pollinate", "postfix",
	"postgres", "power", "proxy", "rdma", "render", "root", "rpc",
	"rpcuser", "sasl", "sgx", "shadow", "shutdown", "snap_daemon", "src",
	"ssh", "ssh_keys", "sshd", "ssm-user", "sssd", "staff", "statd",
	"storage", "sudo", "sync", "sys", "syslog", "systemd",
	"systemd-coredump", "systemd-journal", "systemd-network",
	"systemd-oom", "systemd-resolve", "systemd-timesync", "tape", "tcpdump",
	"toor", "trusted", "tss", "tty", "ubuntu", "users", "utempter", "utmp",
	"uucp", "uuidd", "vagrant", "video", "voice", "wheel", "www-data" };

bool aw_name_is_reserved(const char *name, size_t len)
{
	size_t low = 0, high = sizeof(reserved) / sizeof(reserved[0]);
	char folded[AW_NAME_SIZE];

	if (len >= sizeof(folded))
		return false;
	for (size_t i = 0; i < len; i++)
		folded[i] = lower(name[i]);
	folded[len] = '\0';
	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const int order = strcmp(folded, reserved[mid]);

		if (order == 0)
			return true;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}

static bool is_domain(const char *text, size_t len)
{
	if (len == 0 || text[0] == '.' || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = lower(text[i]);

		if (!is_lower(c) && !is_digit(c) && c != '-' && c != '.')
			return false;
	}
	return true;
}

static bool is_suffix(const char *text)
{
	for (; *text; text++)
		if (!is_lower(*text) && !is_digit(*text) && *text != '-' &&
		    *text != '_')
			return false;
	return true;
}

int aw_name_rules_add(struct aw_name_rules *rules, const char *entry,
    struct aw_diag *diag)
{
	const char *suffix = strchrnul(entry, ':');
	const size_t len = (size_t)(suffix - entry);
	struct aw_name_domain *add;

	if (*suffix == ':')
		suffix++;
	if (!is_domain(entry, len) || len >= sizeof(add->domain)) {
		aw_diag_set(diag, "\"%s\": not a domain name", entry);
		return -EINVAL;
	}
	if (!is_suffix(suffix) || strlen(suffix) >= sizeof(add->suffix)) {
		aw_diag_set(diag, "\"%s\": a suffix is up to 15 of a-z 0-9 - _",
		    entry);
		return -EINVAL;
	}
	if (rules->n_domains == AW_NAME_DOMAINS_MAX) {
		aw_diag_set(diag, "more than %d domains", AW_NAME_DOMAINS_MAX);
		return -ENOSPC;
	}
	add = &rules->domain[rules->n_domains];
	memset(add, 0, sizeof(*add));
	for (size_t i = 0; i < len; i++)
		add->domain[i] = lower(entry[i]);
	memcpy(add->suffix, suffix, strlen(suffix));
	rules->n_domains++;
	return 0;
}

/* The last word on a finished name. */
static int judge(const char *name, bool is_group, char ret[AW_NAME_SIZE],
    struct aw_diag *diag)
{
	const size_t len = strlen(name);
	char shown[160];

	(void)aw_text_escape(shown, sizeof(shown), name);
	if (len > AW_NAME_MAX) {
		aw_diag_set(diag, "\"%s\": longer than %d bytes", shown,
		    AW_NAME_MAX);
		return AW_DENIED;
	}
	if (!aw_name_is_possible(name, len, is_group)) {
		aw_diag_set(diag, "\"%s\": not usable as a %s name (%s)", shown,
		    is_group ? "group" : "user",
		    "allowed are a-z 0-9 _ - . @ + with a letter, not "
		    "beginning with - . @ + nor ending in .");
		return AW_DENIED;
	}
	if (aw_name_is_reserved(name, len)) {
		aw_diag_set(diag, "\"%s\": reserved for the system", shown);
		return AW_DENIED;
	}
	memcpy(ret, name, len + 1);
	return 0;
}

int aw_name_of_user(const struct aw_name_rules *rules, const char *user_name,
    char ret[AW_NAME_SIZE], struct aw_diag *diag)
{
	const struct aw_name_domain *match = NULL;
	const char *at = strrchr(user_name, '@');
	char name[AW_USER_NAME_MAX + 17];
	size_t len = strlen(user_name);

	if (len > AW_USER_NAME_MAX) {
		aw_diag_set(diag, "longer than %d bytes", AW_USER_NAME_MAX);
		return AW_DENIED;
	}
	for (size_t i = 0; at && !match && i < rules->n_domains; i++)
		if (!strcasecmp(rules->domain[i].domain, at + 1))
			match = &rules->domain[i];
	if (match)
		len = (size_t)(at - user_name);
	for (size_t i = 0; i < len; i++)
		name[i] = lower(user_name[i]);
	name[len] = '\0';
	if (match)
		memcpy(name + len, match->suffix, strlen(match->suffix) + 1);
	return judge(name, false, ret, diag);
}

int aw_name_of_group(const char *display_name, char ret[AW_NAME_SIZE],
    struct aw_diag *diag)
{
	char name[AW_NAME_SIZE + 2];
	bool blank = false;
	size_t len = 0;

	for (const char *p = display_name; *p; p++) {
		if (*p == ' ' || *p == '\t') {
			blank = true;
			continue;
		}
		if (len >= AW_NAME_SIZE) {
			aw_diag_set(diag, "longer than %d bytes", AW_NAME_MAX);
			return AW_DENIED;
		}
		if (blank && len > 0 && name[len - 1] != '-')
			name[len++] = '-';
		blank = false;
		name[len++] = lower(*p);
	}
	name[len] = '\0';
	return judge(name, true, ret, diag);
}

int aw_name_of_set(const char *pattern, const char *set, char ret[AW_NAME_SIZE],
    struct aw_diag *diag)
{
	const char *hole = strstr(pattern, "%s");
	char name[AW_NAME_SIZE];

	if (!hole || strchr(pattern, '%') != hole || strchr(hole + 1, '%')) {
		aw_diag_set(diag, "\"%s\": needs exactly one %%s", pattern);
		return AW_DENIED;
	}
	if (aw_fmt(name, sizeof(name), "%.*s%s%s", (int)(hole - pattern),
		pattern, set, hole + 2) < 0) {
		aw_diag_set(diag, "longer than %d bytes", AW_NAME_MAX);
		return AW_DENIED;
	}
	return judge(name, true, ret, diag);
}

/* Empty, "." or "..": a component that leads elsewhere than it says. */
static bool is_bad_component(const char *text, size_t len)
{
	return len == 0 || (len <= 2 && text[0] == '.' && text[len - 1] == '.');
}

bool aw_name_is_path(const char *path, size_t len)
{
	size_t start = 1; /* of the component being looked at */

	if (len < 2 || path[0] != '/' || !aw_text_is_clean(path, len) ||
	    memchr(path, ':', len))
		return false;
	for (size_t i = 1; i <= len; i++) {
		if (i < len && path[i] != '/')
			continue;
		if (is_bad_component(path + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

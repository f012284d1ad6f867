/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process-wide view of the snapshot: hazard counters over four slots.
 *
 * A reader counts itself into a slot and then looks whether the slot is still
 * the current one; who renews makes another slot current and then looks
 * whether the old one's counters are zero.  Both sides are sequentially
 * consistent, so one of them sees the other: a map that is read is never
 * unmapped.
 */
#include "common/directory.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "common/file.h"
#include "common/snapshot_format.h"

#define LOOK_NS 1000000000u /* between two looks at the path */

struct aw_dir_own {
	struct aw_snap snap;
	struct aw_limits limits;
};

static const struct aw_limits no_limits;

static uint64_t now_ns(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Threads lie far apart; any spreading will do. */
static unsigned my_shard(void)
{
	const uint64_t self = (uint64_t)(uintptr_t)pthread_self();

	return (unsigned)((self >> 6) * 0x9e3779b97f4a7c15u >> 60);
}
static_assert(AW_DIR_SHARDS == 1 << (64 - 60), "shards do not fit the hash");

static void unpin(struct aw_dir *dir, unsigned slot, unsigned shard)
{
	_Atomic uint32_t *pins = &dir->page->shard[shard].pins[slot];

	/* Zero already: we were forked in between, by a signal's handler. */
	if (atomic_fetch_sub(pins, 1) == 0)
		atomic_fetch_add(pins, 1);
}

/* Pin slot @current - 1 if it is the current one and nothing newer is known. */
static inline bool pin_current(
    struct aw_dir *dir, uint32_t current, struct aw_dir_pin *ret)
{
	const unsigned slot = current - 1;
	const unsigned shard = my_shard();
	const struct aw_snap *snap = &dir->snap[slot];

	atomic_fetch_add(&dir->page->shard[shard].pins[slot], 1);
	if (atomic_load(&dir->current) != current ||
	    aw_snap_is_marked(snap->base) ||
	    (snap->needs_limits && !dir->page->has_limits[slot])) {
		unpin(dir, slot, shard);
		return false;
	}
	ret->snap = snap;
	ret->limits =
	    snap->needs_limits ? &dir->page->limits[slot] : &no_limits;
	ret->slot = slot;
	ret->shard = shard;
	ret->own = NULL;
	return true;
}

static bool is_pinned(const struct aw_dir *dir, unsigned slot)
{
	for (unsigned i = 0; i < AW_DIR_SHARDS; i++)
		if (atomic_load(&dir->page->shard[i].pins[slot]) != 0)
			return true;
	return false;
}

/* A fork sees all that was written before, or not this. */
static void set_base(struct aw_snap *snap, const uint8_t *base)
{
	__atomic_store_n(&snap->base, base, __ATOMIC_SEQ_CST);
}

/* Unmap all slots but the current one that nobody holds. */
static void drop_old(struct aw_dir *dir)
{
	const uint32_t current = atomic_load(&dir->current);

	for (unsigned i = 0; i < AW_DIR_SLOTS; i++) {
		struct aw_snap snap = dir->snap[i];

		if (!snap.base || i + 1 == current || is_pinned(dir, i))
			continue;
		/* Forgotten first: see the top of directory.h. */
		set_base(&dir->snap[i], NULL);
		aw_snap_close(&snap);
	}
}

/* Anything wrong with the file means that it allows nothing. */
/* A want of this moment says nothing of what the file allows. */
static bool is_passing(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -EINTR ||
	       r == -EIO;
}

/* 0, with nothing allowed where there is no good file; or a negative errno. */
static int read_limits(const struct aw_dir *dir, struct aw_limits *ret)
{
	char text[AW_LIMITS_FILE_MAX + 1];
	size_t len;
	int r;

	r = aw_file_read(dir->limits_path, dir->root, text, sizeof(text), &len);
	if (r != 0 || aw_limits_parse(text, len, ret, NULL) != 0)
		memset(ret, 0, sizeof(*ret));
	return is_passing(r) ? r : 0;
}

static int load_limits(struct aw_dir *dir, unsigned slot)
{
	int r;

	if (!dir->snap[slot].needs_limits || dir->page->has_limits[slot])
		return 0;
	r = read_limits(dir, &dir->page->limits[slot]);
	if (r == 0)
		atomic_store(&dir->page->has_limits[slot], 1);
	return r;
}

/* The path still leads to @snap, in its full size. */
static bool is_at_path(const struct aw_dir *dir, const struct aw_snap *snap)
{
	struct stat st;

	return stat(dir->path, &st) == 0 && st.st_dev == snap->dev &&
	       st.st_ino == snap->ino && st.st_size == (off_t)snap->size;
}

/* Map what is at the path into a free slot and make it current. */
static int renew(struct aw_dir *dir)
{
	struct aw_snap snap;
	unsigned slot = 0;
	int r;

	while (slot < AW_DIR_SLOTS && dir->snap[slot].base)
		slot++;
	if (slot == AW_DIR_SLOTS)
		return -EBUSY;
	r = aw_snap_open(dir->path, dir->root, &snap);
	if (r == 0) {
		const uint8_t *const base = snap.base;

		snap.base = NULL;
		dir->snap[slot] = snap;
		atomic_store(&dir->page->has_limits[slot], 0);
		r = load_limits(dir, slot);
		/* Whole before it can be seen: see the top of directory.h. */
		if (r == 0) {
			set_base(&dir->snap[slot], base);
		} else {
			snap.base = base;
			aw_snap_close(&snap);
			dir->snap[slot] = snap;
		}
	}
	atomic_store(&dir->error, r);
	atomic_store(&dir->current, r == 0 ? slot + 1 : 0);
	drop_old(dir);
	return r;
}

/* With the lock held: see to it that the current map is right for now. */
static int refresh(struct aw_dir *dir, uint64_t now)
{
	const uint32_t current = atomic_load(&dir->current);
	int r = 0;

	drop_old(dir);
	if (current == 0 || aw_snap_superseded(&dir->snap[current - 1]) ||
	    !is_at_path(dir, &dir->snap[current - 1]))
		r = renew(dir);
	else
		r = load_limits(dir, current - 1);
	if (r != -EBUSY)
		atomic_store(&dir->look_at, now + LOOK_NS);
	return r;
}

static int get_own(const struct aw_dir *dir, struct aw_dir_pin *ret)
{
	struct aw_dir_own *own = mmap(NULL, sizeof(*own),
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int r;

	if (own == MAP_FAILED)
		return -errno;
	r = aw_snap_open(dir->path, dir->root, &own->snap);
	if (r != 0) {
		(void)munmap(own, sizeof(*own));
		return r;
	}
	if (own->snap.needs_limits)
		r = read_limits(dir, &own->limits);
	if (r != 0) {
		aw_snap_close(&own->snap);
		(void)munmap(own, sizeof(*own));
		return r;
	}
	ret->snap = &own->snap;
	ret->limits = &own->limits;
	ret->slot = 0;
	ret->shard = 0;
	ret->own = own;
	return 0;
}

/* Around whatever makes system calls.  A thread that is cancelled in open()
 * must not take a lock along, and nobody's errno is changed. */
struct quiet {
	int cancel;
	int saved;
};

static void quiet_begin(struct quiet *quiet)
{
	quiet->saved = errno;
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &quiet->cancel);
}

static void quiet_end(const struct quiet *quiet)
{
	(void)pthread_setcancelstate(quiet->cancel, NULL);
	errno = quiet->saved;
}

static bool can_wipe(struct aw_dir *dir)
{
	int wipes = atomic_load(&dir->wipes);

	if (wipes == 0) {
		wipes =
		    madvise(dir->page, sizeof(*dir->page), MADV_WIPEONFORK) == 0
			? 1
			: -1;
		atomic_store(&dir->wipes, wipes);
	}
	return wipes > 0;
}

static bool try_lock(_Atomic uint32_t *lock)
{
	uint32_t free_lock = 0;

	return atomic_compare_exchange_strong(lock, &free_lock, 1);
}

static int get_slowly(struct aw_dir *dir, uint64_t now, struct aw_dir_pin *ret)
{
	uint32_t current;
	int r;

	if (!can_wipe(dir))
		return get_own(dir, ret);
	if (try_lock(&dir->page->lock)) {
		r = refresh(dir, now);
		current = atomic_load(&dir->current);
		if (r == 0 && !pin_current(dir, current, ret))
			r = -EBUSY; /* superseded at this very moment */
		atomic_store(&dir->page->lock, 0);
		return r == -EBUSY ? get_own(dir, ret) : r;
	}
	/* Another thread is looking: what it has not condemned is good. */
	current = atomic_load(&dir->current);
	if (current != 0 && pin_current(dir, current, ret))
		return 0;
	return get_own(dir, ret);
}

int aw_dir_get(struct aw_dir *dir, struct aw_dir_pin *ret)
{
	const uint32_t current = atomic_load(&dir->current);
	const uint64_t now = now_ns();
	struct quiet quiet;
	int r;

	if (now < atomic_load_explicit(&dir->look_at, memory_order_relaxed)) {
		if (current != 0 && pin_current(dir, current, ret))
			return 0;
		r = atomic_load(&dir->error);
		if (current == 0 && r != 0)
			return r;
	}
	quiet_begin(&quiet);
	r = get_slowly(dir, now, ret);
	quiet_end(&quiet);
	return r;
}

int aw_dir_put(struct aw_dir *dir, const struct aw_dir_pin *pin)
{
	const bool is_stale = aw_snap_is_marked(pin->snap->base);

	if (pin->own) {
		struct quiet quiet;

		quiet_begin(&quiet);
		aw_snap_close(&pin->own->snap);
		(void)munmap(pin->own, sizeof(*pin->own));
		quiet_end(&quiet);
	} else {
		unpin(dir, pin->slot, pin->shard);
	}
	return is_stale ? AW_STALE : 0;
}

void aw_dir_done(struct aw_dir *dir)
{
	if (!try_lock(&dir->page->lock))
		return;
	atomic_store(&dir->current, 0);
	atomic_store(&dir->error, 0);
	drop_old(dir);
	atomic_store(&dir->page->lock, 0);
}

int aw_dir_is_listed(struct aw_dir *dir, uint32_t id, bool is_group)
{
	const uint64_t now = now_ns();
	struct aw_limits limits;
	struct quiet quiet;
	int r;

	if (now < atomic_load_explicit(&dir->limits_at, memory_order_relaxed))
		return 0;
	quiet_begin(&quiet);
	r = read_limits(dir, &limits);
	quiet_end(&quiet);
	if (r < 0)
		return r;
	if (limits.n_uids == 0 && limits.n_gids == 0)
		atomic_store(&dir->limits_at, now + LOOK_NS);
	return is_group ? aw_limits_gid(&limits, id)
			: aw_limits_uid(&limits, id);
}

bool aw_dir_user_ok(
    const struct aw_dir_pin *pin, const struct aw_snap_user *user)
{
	static const char usual[6] = "/home/";
	const char *const home = user->strings + user->home_at;

	return (aw_id_in_range(user->id) ||
		   aw_limits_uid(pin->limits, user->id)) &&
	       ((user->shell_at - user->home_at > sizeof(usual) &&
		    aw_snap_same(home, usual, sizeof(usual))) ||
		   aw_limits_home(pin->limits, home));
}

bool aw_dir_group_ok(
    const struct aw_dir_pin *pin, const struct aw_snap_group *group)
{
	return aw_dir_gid_ok(pin, group->id);
}

bool aw_dir_trylock(struct aw_dir *dir, unsigned number)
{
	struct quiet quiet;
	bool has_page;

	quiet_begin(&quiet);
	has_page = can_wipe(dir);
	quiet_end(&quiet);
	return has_page && try_lock(&dir->page->user_lock[number]);
}

void aw_dir_unlock(struct aw_dir *dir, unsigned number)
{
	atomic_store(&dir->page->user_lock[number], 0);
}

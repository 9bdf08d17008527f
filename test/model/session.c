// SPDX-License-Identifier: BSD-2-Clause
/* Owns holding the agent's code against the reference model, event by event. */
#include "model/session.h"

#include <stdarg.h>
#include <string.h>

#include "base/in6.h"

#define SECOND    1000000000ULL
#define START_NS  (1000 * SECOND)
#define START_NTP (3900000000ULL << 32)

static bool link_of(const struct in6_addr *hoa, uint8_t link[static 6], void *arg)
{
	const struct session *session = arg;
	int number = reference_link_of(&session->model, hoa);

	memset(link, 0x20 + number, 6);
	return number >= 0;
}

void session_start(struct session *session, const struct reference_rules *rules)
{
	memset(&session->model, 0, sizeof(session->model));
	session->model.rules = *rules;
	session->model.now_ns = START_NS;
	session->model.now_ntp = START_NTP;
	session->dut.link_of = link_of;
	session->dut.arg = session;
	session->waiting_count = 0;
	session->difference[0] = '\0';
	dut_start(&session->dut, rules, START_NS, START_NTP);
}

void session_stop(struct session *session)
{
	dut_stop(&session->dut);
}

__attribute__((format(printf, 2, 3))) static bool differ(struct session *session,
							 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(session->difference, sizeof(session->difference), format, args);
	va_end(args);
	return false;
}

/* ---- verdicts ---- */

static enum reference_end end_of(enum bu_verdict verdict)
{
	if (verdict == BU_REGISTERED)
		return REFERENCE_NEW;
	if (verdict == BU_REFRESHED)
		return REFERENCE_AGAIN;
	if (verdict == BU_DEREGISTERED)
		return REFERENCE_ENDED;
	if (verdict == BU_PROVE)
		return REFERENCE_PROVE;
	if (verdict == BU_TEST_ADDRESS)
		return REFERENCE_TEST;
	return verdict < BU_REFUSE_FIRST ? REFERENCE_SILENCE : REFERENCE_REFUSAL;
}

static const char *name_of(enum bu_verdict verdict)
{
	if (verdict < BU_VERDICT_MAX)
		return bu_verdict_name(verdict);
	return verdict == BU_PROVE ? "prove" : "test_address";
}

static bool same_refusal(const struct reference_outcome *want, const struct bu_decision *got)
{
	return got->status == want->status && got->status == bu_verdict_status(got->verdict) &&
	       got->authenticated == want->authenticated && got->sequence == want->sequence &&
	       (got->status != 144 || got->timestamp == want->timestamp);
}

static bool same_acceptance(const struct reference_bu *bu, const struct reference_outcome *want,
			    const struct bu_decision *got)
{
	if (got->status != want->status || got->sequence != want->sequence ||
	    got->lifetime_s != want->lifetime_s)
		return false;
	/* of a signed BU the edge says which PHKT keys the BA */
	if (bu->layout != REFERENCE_SIGNED && got->authenticated != want->authenticated)
		return false;
	if (want->end == REFERENCE_ENDED)
		return !got->gives_careof_token && !got->refresh_s;
	return (got->state == BINDING_VERIFIED) == want->verified &&
	       got->gives_careof_token == want->gives_token && got->complete == want->complete &&
	       (got->refresh_s != 0) == want->advised &&
	       (!got->refresh_s || got->refresh_s < got->lifetime_s);
}

static bool compare(struct session *session, const struct reference_bu *bu,
		    const struct reference_outcome *want, const struct bu_decision *got)
{
	bool same = end_of(got->verdict) == want->end;

	if (same && want->end == REFERENCE_REFUSAL)
		same = same_refusal(want, got);
	else if (same && want->end <= REFERENCE_ENDED)
		same = same_acceptance(bu, want, got);
	if (session->trace)
		fprintf(session->trace, "    %s status %u\n", name_of(got->verdict), got->status);
	if (same)
		return true;
	return differ(
		session,
		"verdict: model end %d status %u auth %d seq %u lifetime %u verified %d token %d "
		"complete %d advised %d time %llx (step %u); agent %s status %u auth %d seq %u "
		"lifetime %u state %d token %d complete %d refresh %u time %llx",
		want->end, want->status, want->authenticated, want->sequence, want->lifetime_s,
		want->verified, want->gives_token, want->complete, want->advised,
		(unsigned long long)want->timestamp, want->line, name_of(got->verdict), got->status,
		got->authenticated, got->sequence, got->lifetime_s, got->state,
		got->gives_careof_token, got->complete, got->refresh_s,
		(unsigned long long)got->timestamp);
}

/* ---- state ---- */

static bool same_binding(const struct session *session, const struct reference_home *home,
			 const struct bcache_binding *binding)
{
	static const enum binding_auth how[] = {
		[REFERENCE_BY_CGA] = BINDING_AUTH_CGA,
		[REFERENCE_BY_PHKT] = BINDING_AUTH_PHKT,
		[REFERENCE_BY_LEGACY] = BINDING_AUTH_LEGACY,
	};
	uint64_t now = session->model.now_ns;
	bool has_token = binding->careof_token_boot_ns > now;
	bool has_previous = binding->prev_coa_boot_ns > now;

	return in6_equal(&binding->coa, &home->coa) && in6_equal(&binding->dar, &home->dar) &&
	       binding->expires_boot_ns == home->until_ns &&
	       binding->lifetime_s == home->lifetime_s &&
	       (binding->state == BINDING_VERIFIED) == home->verified &&
	       binding->auth == how[home->how] && has_token == (home->token_until_ns > now) &&
	       has_previous == (home->previous_until_ns > now) &&
	       (!has_previous || (in6_equal(&binding->prev_coa, &home->previous) &&
				  binding->prev_coa_boot_ns == home->previous_until_ns));
}

static bool same_context(const struct reference_home *home, const struct bcache_context *context)
{
	uint8_t key_id[BCACHE_KEY_ID_LEN];

	dut_key_id(home->key, key_id);
	return context->has_phkt == home->has_phkt && context->has_key == home->has_key &&
	       (!home->has_key || memcmp(context->key_id, key_id, sizeof(key_id)) == 0) &&
	       context->has_sequence == home->has_sequence && context->sequence == home->sequence &&
	       context->timestamp == home->timestamp &&
	       context->expires_boot_ns == home->context_until_ns;
}

static enum bcache_state state_of(const struct reference_home *home)
{
	return home->bound ? BCACHE_BOUND : home->buried ? BCACHE_DELETED : BCACHE_CONTEXT;
}

static bool compare_home(struct session *session, const struct in6_addr *hoa)
{
	const struct reference_home *home = reference_find(&session->model, hoa);
	const struct bcache_entry *entry = bcache_find(session->dut.bcache, hoa);
	const struct bcache_context *context;

	if (!home != !entry)
		return differ(session, "%s: the %s remembers it", in6_text(hoa).s,
			      home ? "model" : "agent");
	if (!home)
		return true;
	context = &entry->context;
	if (entry->state != state_of(home))
		return differ(session, "%s: state: model %d agent %d", in6_text(hoa).s,
			      state_of(home), entry->state);
	if (home->bound && !same_binding(session, home, &entry->binding))
		return differ(
			session,
			"%s: binding: model until %llu verified %d how %d token %llu previous "
			"%llu; agent until %llu state %d auth %d token %llu previous %llu",
			in6_text(hoa).s, (unsigned long long)home->until_ns, home->verified,
			home->how, (unsigned long long)home->token_until_ns,
			(unsigned long long)home->previous_until_ns,
			(unsigned long long)entry->binding.expires_boot_ns, entry->binding.state,
			entry->binding.auth,
			(unsigned long long)entry->binding.careof_token_boot_ns,
			(unsigned long long)entry->binding.prev_coa_boot_ns);
	if (home->buried && entry->binding.expires_boot_ns != home->until_ns)
		return differ(session, "%s: end of the tombstone", in6_text(hoa).s);
	if (!same_context(home, context))
		return differ(
			session,
			"%s: context: model phkt %d key %d seq %d %u time %llx until %llu; agent "
			"phkt %d key %d seq %d %u time %llx until %llu",
			in6_text(hoa).s, home->has_phkt, home->has_key, home->has_sequence,
			home->sequence, (unsigned long long)home->timestamp,
			(unsigned long long)home->context_until_ns, context->has_phkt,
			context->has_key, context->has_sequence, context->sequence,
			(unsigned long long)context->timestamp,
			(unsigned long long)context->expires_boot_ns);
	return true;
}

static bool compare_state(struct session *session)
{
	for (unsigned int i = 0; i < EVENT_HOMES; i++) {
		struct in6_addr hoa = event_home(i);

		if (!compare_home(session, &hoa))
			return false;
	}
	if (bcache_bound_count(session->dut.bcache) != reference_bound(&session->model) ||
	    bcache_context_count(session->dut.bcache) != reference_unbound(&session->model))
		return differ(session, "counts: model %u bound, %u not; agent %u bound, %u not",
			      reference_bound(&session->model), reference_unbound(&session->model),
			      bcache_bound_count(session->dut.bcache),
			      bcache_context_count(session->dut.bcache));
	return true;
}

/* ---- events ---- */

static void wait_for(struct session *session, const struct reference_bu *bu, bool tests_address)
{
	if (session->waiting_count == SESSION_WAITING)
		return;
	session->waiting[session->waiting_count].bu = *bu;
	session->waiting[session->waiting_count++].tests_address = tests_address;
}

static bool is_tested(const struct session *session, const struct reference_bu *bu)
{
	const struct in6_addr *hoa = bu->has_hao ? &bu->hao : &bu->source;

	for (unsigned int i = 0; i < session->waiting_count; i++)
		if (session->waiting[i].tests_address &&
		    in6_equal(&session->waiting[i].bu.hao, hoa))
			return true;
	return false;
}

static const enum bu_dad dad_states[] = {
	[REFERENCE_UNTESTED] = BU_DAD_NOT_TESTED,
	[REFERENCE_TESTING] = BU_DAD_RUNNING,
	[REFERENCE_FREE] = BU_DAD_FREE,
	[REFERENCE_TAKEN] = BU_DAD_TAKEN,
};

/* Asks both; true with the same answer. */
static bool ask(struct session *session, const struct reference_bu *bu, bool proven,
		enum reference_dad_state dad, struct reference_outcome *outcome)
{
	struct bu_decision decision = dut_judge(&session->dut, bu, proven, dad_states[dad]);

	*outcome = reference_judge(&session->model, bu, proven, dad);
	session->ends[outcome->end]++;
	if (outcome->end == REFERENCE_REFUSAL)
		session->statuses[outcome->status]++;
	if (!compare(session, bu, outcome, &decision))
		return false;
	if (outcome->end <= REFERENCE_ENDED) {
		dut_accept(&session->dut, bu, &decision);
		reference_accept(&session->model, bu, outcome);
	}
	return true;
}

static bool step_bu(struct session *session, const struct reference_bu *bu, bool waits)
{
	enum reference_dad_state dad =
		is_tested(session, bu) ? REFERENCE_TESTING : REFERENCE_UNTESTED;
	struct reference_outcome outcome;

	if (!ask(session, bu, false, dad, &outcome))
		return false;
	if (outcome.end == REFERENCE_PROVE) {
		if (waits && bu->layout == REFERENCE_SIGNED) {
			wait_for(session, bu, false);
			return true;
		}
		if (!ask(session, bu, true, dad, &outcome))
			return false;
	}
	if (outcome.end == REFERENCE_TEST)
		wait_for(session, bu, true);
	return true;
}

static void pass_time(struct session *session, uint64_t ns, int64_t clock_s)
{
	struct reference_model *model = &session->model;

	model->now_ns += ns;
	model->now_ntp += (ns / SECOND << 32) + (ns % SECOND << 32) / SECOND;
	model->now_ntp += (uint64_t)clock_s << 32;
	reference_expire(model);
	dut_time(&session->dut, model->now_ns, model->now_ntp);
}

static bool step_done(struct session *session, const struct event *event)
{
	enum reference_dad_state dad = REFERENCE_UNTESTED;
	struct reference_outcome outcome;
	struct reference_bu bu;

	pass_time(session, event->step_ns, 0);
	if (!session->waiting_count)
		return true;
	bu = session->waiting[0].bu;
	if (session->waiting[0].tests_address)
		dad = event->taken ? REFERENCE_TAKEN : REFERENCE_FREE;
	session->waiting_count--;
	memmove(session->waiting, session->waiting + 1,
		session->waiting_count * sizeof(session->waiting[0]));
	if (dad == REFERENCE_UNTESTED && is_tested(session, &bu))
		dad = REFERENCE_TESTING;
	if (!ask(session, &bu, true, dad, &outcome))
		return false;
	if (outcome.end == REFERENCE_TEST)
		wait_for(session, &bu, true);
	return true;
}

static bool step_coti(struct session *session, const struct in6_addr *from)
{
	uint16_t index = dut_issue_token(&session->dut, from);

	if (reference_token_issued(&session->model, index))
		return true;
	return differ(session, "care-of nonce index %u", index);
}

bool session_step(struct session *session, const struct event *event)
{
	bool same = true;

	if (session->trace)
		event_print(session->trace, event);
	switch (event->kind) {
	case EVENT_BU:
		same = step_bu(session, &event->bu, event->waits);
		break;
	case EVENT_TIME:
		pass_time(session, event->step_ns, 0);
		break;
	case EVENT_COTI:
		same = step_coti(session, &event->address);
		break;
	case EVENT_SEEN:
		reference_saw(&session->model, &event->address, event->link);
		break;
	case EVENT_DONE:
		same = step_done(session, event);
		break;
	case EVENT_CLOCK:
		pass_time(session, 0, event->step_s);
		break;
	case EVENT_RESTART:
		session->waiting_count = 0;
		reference_restart(&session->model);
		dut_restart(&session->dut);
		break;
	}
	/* no two bindings end within what libevent can tell apart */
	pass_time(session, 5000, 0);
	return same && compare_state(session);
}

package journals

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// selectEntries are the columns of an entry. What only one journal shows is looked up for that journal alone. What an entry has kept of the
// decision stands before what the case says now.
const selectEntries = `select e.id, e.journal, e.number, e.year, e.day, e.at, e.case_id, e.about, e.centre_id, e.authority_id, e.asker_id, c.number, ce.name, ce.name_en,
	coalesce(nullif(au.short_name, ''), au.name), coalesce(nullif(au.short_name_en, ''), au.name_en), v.name, v.name_en, v.code, e.taken_back_at,
	(select jsonb_agg(jsonb_build_object('TakenBack', n.kind = 'taken_back', 'At', n.at, 'Who', coalesce(u.full_name, ''), 'Text', n.text) order by n.id)
	 from journals.notes n left join access.users u on u.id = n.person where n.entry_id = e.id),
	case when e.journal <> 'requests' then coalesce(nullif(ap.entity, ''), concat_ws(' ', ap.surname, nullif(ap.given_name, ''), nullif(ap.patronymic, ''))) else '' end,
	coalesce(case e.journal when 'issued' then ev.actor when 'requests' then ru.full_name when 'applications' then rg.actor end, ''),
	coalesce(e.outcome, c.outcome), c.channel, coalesce(r.state, c.state), case e.journal when 'requests' then r.due_on when 'applications' then c.due_on end,
	case when e.journal = 'requests' then r.ended_at when e.outcome is not null then e.decided_at else c.decided_at end,
	coalesce(case e.journal when 'requests' then coalesce(nullif(r.document, ''), r.asked) else coalesce(e.document, d.number) end, ''), coalesce(e.paper, c.issued_paper),
	coalesce(h.recipient, ''), coalesce(h.name, ''), coalesce(h.document, ''), coalesce(h.number, ''), coalesce(r.position, 0),
	coalesce(nullif(ak.short_name, ''), ak.name, ce.name), coalesce(nullif(ak.short_name_en, ''), ak.name_en, ce.name_en)`

// joinEntries is what they are read from beside the entries e.
const joinEntries = ` join cases.cases c on c.id = e.case_id join org.centres ce on ce.id = e.centre_id join org.authorities au on au.id = e.authority_id
	join catalogue.services v on v.id = e.service_id join cases.applicants ap on ap.id = c.applicant_id
	left join requests.requests r on e.journal = 'requests' and r.id = e.about left join access.users ru on ru.id = r.asked_by
	left join org.authorities ak on ak.id = e.asker_id
	left join cases.events ev on e.journal = 'issued' and ev.id = e.about
	left join lateral (select case when x.actor_id is null then '' else x.actor end as actor from cases.events x where e.journal = 'applications' and x.case_id = e.case_id and x.kind = 'registered' order by x.at limit 1) rg on true
	left join lateral (select x.* from cases.handovers x where e.journal = 'issued' and x.case_id = e.case_id and x.at = e.at) h on true
	left join lateral (select x.number from cases.decisions x join documents.files f on f.id = x.file_id
	                   where e.journal = 'arrived' and e.document is null and x.case_id = e.case_id and f.withdrawn_at is null order by x.position desc limit 1) d on true `

func scanEntry(row pgx.CollectableRow) (e Entry, err error) {
	var notes []byte
	err = row.Scan(&e.ID, &e.Journal, &e.Number, &e.Year, &e.Day, &e.At, &e.CaseID, &e.about, &e.centre, &e.authority, &e.asker, &e.Case, &e.Centre.UK, &e.Centre.EN, &e.Authority.UK, &e.Authority.EN,
		&e.Service.UK, &e.Service.EN, &e.ServiceCode, &e.TakenBackAt, &notes, &e.Applicant, &e.Clerk, &e.Outcome, &e.Channel, &e.State, &e.DueOn, &e.EndedAt,
		&e.Document, &e.Paper, &e.Recipient, &e.Name, &e.Identity, &e.IdentityN, &e.Position, &e.Asker.UK, &e.Asker.EN)
	if err == nil && notes != nil {
		err = json.Unmarshal(notes, &e.Notes)
	}
	return e, err
}

// maxSought is how many cases a search may find within reach of its reader and of the other filters. Who searches for what more of them have
// finds nothing and is told to say more.
const maxSought = 1000

// errTooMuch ends what takes a whole journal away by a search that finds too much.
var errTooMuch = fault.New(fault.Invalid, "journals.too_much_found")

// selection is a filter of one reader as SQL: FROM and WHERE over the entries e, once for each place of theirs, so that each part has one
// index in the order of its entries, and no entry comes twice.
type selection struct {
	parts []string
	args  pgx.NamedArgs
	much  bool // the search finds more cases than are looked at
}

// List returns size entries on one side of a place: the older ones behind it, or with newer those before it, the newest first. The actor
// sees the entries of their places.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter, at Place, newer bool, size int) (page Page, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return page, err
	}
	err = s.inMoment(ctx, func(tx pgx.Tx) error {
		q, err := find(ctx, tx, actor, f)
		if err != nil {
			return err
		}
		page.Much = q.much
		if page.Entries, err = q.read(ctx, tx, at, newer, size+1); err != nil {
			return err
		}
		more := len(page.Entries) > size
		page.Entries = page.Entries[:min(size, len(page.Entries))]
		page.Newer, page.Older = at.ID != 0, more
		if newer {
			slices.Reverse(page.Entries)
			page.Newer, page.Older = more, true
		}
		return tx.QueryRow(ctx, q.counting(), q.args).Scan(&page.Total)
	})
	return page, pg.Fault("list journal", err)
}

// Each calls write with every entry of the journal as it is narrowed, in the order of the journal, in pieces: no connection is held while
// write waits for a slow reader. What is entered meanwhile comes as well. A search that finds too much is a fault of kind Invalid.
func (s *Store) Each(ctx context.Context, actor access.Actor, f Filter, write func(Entry) error) error {
	if err := access.RequireEver(actor, View); err != nil {
		return err
	}
	const piece = 1000
	at := Place{Day: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), ID: 1}
	for {
		var list []Entry
		err := s.inTurn(ctx, func(tx pgx.Tx) error {
			q, err := find(ctx, tx, actor, f)
			switch {
			case err != nil:
				return err
			case q.much:
				return errTooMuch
			}
			list, err = q.read(ctx, tx, at, true, piece)
			return err
		})
		if err != nil {
			return pg.Fault("read journal", err)
		}
		for _, e := range list {
			if err := write(e); err != nil {
				return err
			}
			at = e.Place()
		}
		if len(list) < piece {
			return nil
		}
	}
}

// Count counts every entry of the journal as it is narrowed, which may take long.
func (s *Store) Count(ctx context.Context, actor access.Actor, f Filter) (n int64, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, err
	}
	err = s.inTurn(ctx, func(tx pgx.Tx) error {
		q, err := find(ctx, tx, actor, f)
		switch {
		case err != nil:
			return err
		case q.much:
			return errTooMuch
		}
		var parts []string
		for _, p := range q.parts {
			parts = append(parts, `(select from `+p+`)`)
		}
		return tx.QueryRow(ctx, `select count(*) from (`+strings.Join(parts, ` union all `)+`) found`, q.args).Scan(&n)
	})
	return n, pg.Fault("count journal", err)
}

// inTurn is inMoment when few others read a whole journal.
func (s *Store) inTurn(ctx context.Context, fn func(tx pgx.Tx) error) error {
	select {
	case s.long <- struct{}{}:
		defer func() { <-s.long }()
		return s.inMoment(ctx, fn)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// inMoment runs fn in a read-only transaction in which queries are planned for their own values: the best plan depends on place and period.
func (s *Store) inMoment(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{
		BeginQuery: `begin isolation level repeatable read read only; set local plan_cache_mode = force_custom_plan`,
	}, fn)
}

// find returns the selection of a filter for the actor.
func find(ctx context.Context, tx pgx.Tx, actor access.Actor, f Filter) (q selection, err error) {
	scope := access.ScopeOf(actor, View)
	q.args = scope.Args(map[string]any{"journal": f.Journal, "from": f.From, "to": f.To, "centre": f.Centre, "authority": f.Authority, "service": f.Service, "state": f.State})
	from, where, joined := `journals.entries e`, `e.journal = @journal`, false
	request := func(condition string) { // of the request that an entry is of
		if !joined {
			from, joined = from+` join requests.requests q on q.id = e.about`, true
		}
		where += ` and ` + condition
	}
	on := func(asked bool, condition string) {
		if asked {
			where += ` and ` + condition
		}
	}
	on(!f.From.IsZero(), `e.day >= @from`)
	on(!f.To.IsZero(), `e.day <= @to`)
	on(f.Centre != uuid.Nil, `e.centre_id = @centre`)
	on(f.Authority != uuid.Nil, `e.authority_id = @authority`)
	on(f.Service != uuid.Nil, `e.service_id = @service`)
	switch {
	case f.State == Stands:
		where += ` and e.taken_back_at is null`
	case f.State == TakenBack:
		where += ` and e.taken_back_at is not null`
	case f.State != "" && f.Journal == Requests:
		request(`q.state = @state`)
	case f.State == "issued" || f.State == "closed":
		from, where = from+` join cases.cases k on k.id = e.case_id`, where+` and k.state = @state`
	case f.State != "": // few cases are open: their turns say which
		from, where = from+` join cases.turns k on k.case_id = e.case_id`, where+` and k.kind = 'centre' and k.standing <> 'over' and k.state = @state`
	}
	word := strings.TrimSpace(f.Q)
	if number, n, ok := splitNumber(word); ok && f.Journal == Requests {
		word, q.args["position"] = number, n
		request(`q.position = @position`)
	}
	within := func(where string) {
		q.parts = nil
		for _, reader := range readers(scope, f.Journal, q.args) {
			q.parts = append(q.parts, from+` where `+where+` and `+reader)
		}
	}
	if word != "" {
		within(where + ` and e.case_id in (` + saying(f.Journal, word, q.args) + `)`)
		found, err := q.cases(ctx, tx)
		if err != nil {
			return q, err
		}
		if q.much = len(found) > maxSought; q.much {
			found = []uuid.UUID{}
		}
		q.args["sought"] = found
		where += ` and e.case_id = any(@sought::uuid[])`
	}
	within(where)
	return q, nil
}

// splitNumber splits the number of a request, as the journal shows it, into that of its case, or the end of it, and its own within the case.
func splitNumber(word string) (number string, n int, ok bool) {
	i := strings.LastIndexByte(word, '/')
	if i < 1 {
		return word, 0, false
	}
	n, err := strconv.Atoi(word[i+1:])
	return word[:i], n, err == nil && n > 0 && n <= math.MaxInt16
}

// readers are the conditions under which each entry that a scope covers comes once: of one place each, since an index has the entries of
// one place in order.
func readers(scope access.Scope, j Journal, args pgx.NamedArgs) (list []string) {
	if scope.All {
		return []string{`true`}
	}
	add := func(condition string) {
		if len(list) > 0 {
			condition += ` and (` + strings.Join(list, `) is not true and (`) + `) is not true`
		}
		list = append(list, condition)
	}
	for i, p := range scope.Own {
		name := fmt.Sprintf("reader%d", i)
		args[name] = p.ID
		switch {
		case p.Kind == access.Centre:
			add(`e.centre_id = @` + name)
		case j == Requests:
			add(`e.authority_id = @` + name)
			add(`e.asker_id = @` + name)
		default:
			add(`e.authority_id = @` + name)
		}
	}
	if len(list) == 0 {
		return []string{`false`}
	}
	return list
}

// folded takes ґ for г and ї for і, as the index of what is said of cases does.
var folded = strings.NewReplacer("ґ", "г", "ї", "і")

// saying is a query for the cases that somebody searches for: in journals that show applicants by any words that are said of the case,
// otherwise by its number or the end of it.
func saying(j Journal, text string, args pgx.NamedArgs) string {
	if j == Requests {
		args["ends"] = reversed(text) + "%"
		return `select c.id from cases.cases c where reverse(c.number) like @ends`
	}
	said := []string{`true`} // one by one: an index finds LIKE, and not LIKE ALL
	for i, word := range pg.LikeWords(text) {
		name := fmt.Sprintf("word%d", i)
		args[name] = "%" + folded.Replace(word) + "%"
		said = append(said, `translate(s.said, 'ґї', 'гі') like @`+name)
	}
	return `select s.case_id from cases.said s where ` + strings.Join(said, ` and `)
}

// cases are those of the entries, up to one more than maxSought.
func (q selection) cases(ctx context.Context, tx pgx.Tx) ([]uuid.UUID, error) {
	var parts []string
	for _, p := range q.parts {
		parts = append(parts, `select e.case_id from `+p)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`select distinct case_id from (%s) found limit %d`, strings.Join(parts, ` union all `), maxSought+1), q.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// reversed is a text from its end, as a pattern of LIKE.
func reversed(text string) string {
	var b strings.Builder
	for _, r := range slices.Backward([]rune(text)) {
		if strings.ContainsRune(`\%_`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// read returns entries behind a place, the newest first, or with newer those that follow it, the oldest first.
func (q selection) read(ctx context.Context, tx pgx.Tx, at Place, newer bool, size int) ([]Entry, error) {
	order, beyond := `day desc, id desc`, ` and (e.day, e.id) < (@at_day, @at_id)`
	if newer {
		order, beyond = `day, id`, ` and (e.day, e.id) > (@at_day, @at_id)`
	}
	if at.ID == 0 {
		beyond = ``
	}
	q.args["at_day"], q.args["at_id"], q.args["size"] = at.Day, at.ID, size
	var parts []string
	for _, p := range q.parts {
		parts = append(parts, `(select e.* from `+p+beyond+` order by `+order+` limit @size)`)
	}
	rows, err := tx.Query(ctx, selectEntries+` from (select * from (`+strings.Join(parts, ` union all `)+`) found order by `+order+` limit @size) e `+joinEntries+
		` order by e.`+strings.Replace(order, `, `, `, e.`, 1), q.args)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanEntry)
}

// counting counts the whole journal as it is narrowed, up to one more than is said.
func (q selection) counting() string {
	var parts []string
	for _, p := range q.parts {
		parts = append(parts, fmt.Sprintf(`(select from %s limit %d)`, p, MostCounted+1))
	}
	return fmt.Sprintf(`select least(count(*), %d) from (%s) found`, MostCounted+1, strings.Join(parts, ` union all `))
}

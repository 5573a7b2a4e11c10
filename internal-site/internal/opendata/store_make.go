package opendata

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/locale"
	"portal.example/shared/opendata"
	"portal.example/shared/pg"
)

// folder is where the objects of data sets lie.
const folder = documents.Datasets

// busy is how long a process may take to make the set before another believes that it has died.
const busy = 2 * time.Hour

// edition is an edition that is being made.
type edition struct {
	opendata.Edition

	left  Left
	fresh []documents.File // that the edition before did not have, the index among them
	index uuid.UUID
}

// Make makes the set when that is due, and publishes it where anything has changed. One process at a time does; where it died, another begins
// anew, and after a failure nobody does for a while. Files that no edition needs any more leave the register.
func (s *Store) Make(ctx context.Context) error {
	k, err := read(ctx, s.pool, ``)
	if err != nil || !k.due(s.now()) {
		return err
	}
	began := s.now()
	if mine, err := s.claim(ctx, began); err != nil || !mine {
		return err
	}
	e, err := s.make(ctx, k, began.UTC().Truncate(time.Second))
	if err == nil {
		err = s.publish(ctx, k, e, began)
	}
	if err != nil {
		err = errors.Join(err, s.remove(context.WithoutCancel(ctx), e.fresh))
	}
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) { // a process that is stopped has not failed
		err = errors.Join(err, s.fail(context.WithoutCancel(ctx), k.Version))
	}
	return errors.Join(err, s.release(context.WithoutCancel(ctx)))
}

// fail writes down that the set could not be made, unless somebody has decided on it since.
func (s *Store) fail(ctx context.Context, version int) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update open_data.sets set failed_at = $3 where name = $1 and version = $2`, opendata.ServicesProvided, version, s.now())
		return pg.Fault("write down that open data failed", err)
	})
}

// claim says whether the set is this process's to make now.
func (s *Store) claim(ctx context.Context, began time.Time) (mine bool, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `update open_data.sets set busy_until = $2 where name = $1 and (busy_until is null or busy_until < $3)`, opendata.ServicesProvided, began.Add(busy), began)
		mine = tag.RowsAffected() > 0
		return pg.Fault("begin to make open data", err)
	})
	return mine && err == nil, err
}

func (s *Store) release(ctx context.Context) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update open_data.sets set busy_until = null where name = $1`, opendata.ServicesProvided)
		return pg.Fault("end to make open data", err)
	})
}

// remove takes the objects of files away that were not published. Where the commit may have happened the sweep decides: it keeps what a row names.
func (s *Store) remove(ctx context.Context, list []documents.File) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, len(list))
	for i, f := range list {
		keys[i] = f.ObjectKey
	}
	return documents.RemoveUnnamed(ctx, s.pool, s.files, keys)
}

// make writes the files of all years, and stores those that differ from the edition before.
func (s *Store) make(ctx context.Context, was kept, at time.Time) (e edition, err error) {
	e.MadeAt = at
	today := dayOf(at) // its rows would say who was there in the last minutes
	if err := s.number(ctx, today); err != nil {
		return e, err
	}
	rows, _ := s.pool.Query(ctx, `select extract(year from y)::int from (select min(completed_on) a, max(completed_on) b from cases.measures where completed_on < $1) m,
		generate_series(date_trunc('year', m.a::timestamp), m.b::timestamp, '1 year') y order by y desc`, today)
	years, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return e, pg.Fault("years of open data", err)
	}
	amounts, err := s.amounts(ctx)
	if err != nil {
		return e, err
	}
	for _, year := range years {
		if err := s.year(ctx, &e, was, span{year, today}, amounts); err != nil {
			return e, err
		}
	}
	e.Withheld = e.left.Few
	if was.Edition != nil && same(*was.Edition, e.Edition) {
		e.Edition, e.index = *was.Edition, *was.index
		return e, nil
	}
	return e, s.addIndex(ctx, &e)
}

// same says whether two editions hold the same, whenever they were made.
func same(a, b opendata.Edition) bool {
	ids := func(e opendata.Edition) (list []uuid.UUID) {
		for _, f := range e.Files() {
			list = append(list, f.ID)
		}
		return list
	}
	return a.Withheld == b.Withheld && a.Rows == b.Rows && slices.Equal(ids(a), ids(b))
}

// number gives a number to each case that has ended and has none, some at a time so that the first night of a large register disturbs nobody.
func (s *Store) number(ctx context.Context, today time.Time) error {
	rows, _ := s.pool.Query(ctx, `with recursive days as (
			(select completed_on d from cases.measures order by completed_on limit 1) union all
			select (select completed_on from cases.measures where completed_on > days.d order by completed_on limit 1) from days where days.d is not null)
		select d from days where d < $1`, today)
	days, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return pg.Fault("days of open data", err)
	}
	for _, day := range days {
		err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `insert into open_data.numbers (case_id) select case_id from cases.measures m where completed_on = $1
				and not exists (select from open_data.numbers n where n.case_id = m.case_id) on conflict do nothing`, day)
			return pg.Fault("number open data", err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// amounts are the fees of all editions of cards, by their id.
func (s *Store) amounts(ctx context.Context) (map[uuid.UUID]string, error) {
	rows, _ := s.pool.Query(ctx, `select id, case when fee ->> 'not_stated' = 'true' then '' when fee ->> 'paid' = 'true' then coalesce(fee ->> 'amount', '') else '0.00' end
		from (select id, content -> 'fee' fee from catalogue.cards where state <> 'draft') c where fee is not null`)
	amounts := map[uuid.UUID]string{}
	var id uuid.UUID
	var amount string
	_, err := pgx.ForEachRow(rows, []any{&id, &amount}, func() error {
		if isAmount.MatchString(amount) {
			amounts[id] = amount
		}
		return nil
	})
	return amounts, pg.Fault("fees of open data", err)
}

// span is a year, as far as it has passed before a day.
type span struct {
	year   int
	before time.Time
}

func (p span) first() time.Time { return time.Date(p.year, 1, 1, 0, 0, 0, 0, time.UTC) }

// end is the first day that is not of it.
func (p span) end() time.Time {
	if next := p.first().AddDate(1, 0, 0); next.Before(p.before) {
		return next
	}
	return p.before
}

// year writes the files of one year, all from one moment of the database.
func (s *Store) year(ctx context.Context, e *edition, was kept, days span, amounts map[uuid.UUID]string) (err error) {
	var parts []*part
	defer func() {
		for _, p := range parts {
			err = errors.Join(err, p.close())
		}
	}()
	for _, format := range []opendata.Format{opendata.CSV, opendata.JSON} {
		p, err := newPart(format)
		if p != nil {
			parts = append(parts, p)
		}
		if err != nil {
			return err
		}
	}
	y := opendata.Year{Year: days.year}
	if err := pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error { return writeYear(ctx, tx, &y, days, parts, &e.left, amounts) }); err != nil {
		return pg.Fault("rows of open data", err)
	}
	if y.Rows == 0 {
		return nil
	}
	for _, p := range parts {
		f, err := s.store(ctx, e, was, y, p)
		if err != nil {
			return err
		}
		y.Files = append(y.Files, f)
	}
	e.Rows, e.Years = e.Rows+y.Rows, append(e.Years, y)
	return nil
}

// writeYear writes the rows of a year day by day, those of a day in the order of their random numbers: in the order of their cases they would
// say which of them came first.
func writeYear(ctx context.Context, tx pgx.Tx, y *opendata.Year, days span, parts []*part, left *Left, amounts map[uuid.UUID]string) error {
	many, err := manyPeople(ctx, tx, days)
	if err != nil {
		return err
	}
	for day := days.first(); day.Before(days.end()); day = day.AddDate(0, 0, 1) {
		rows, err := tx.Query(ctx, `select n.uid, c.registered_at, m.service_id, s.code, s.name, s.published, m.authority_id, a.edrpou, a.name, m.applicant,
				case when m.applicant = 'entity' then p.entity else '' end, case when m.applicant = 'entity' then p.edrpou else '' end, m.outcome, m.completed_on, m.issued_on, c.card_id
			from cases.measures m join open_data.numbers n using (case_id) join cases.cases c on c.id = m.case_id join cases.applicants p on p.id = c.applicant_id
				join catalogue.services s on s.id = m.service_id join org.authorities a on a.id = m.authority_id
			where m.completed_on = $1 order by n.uid`, day)
		if err != nil {
			return err
		}
		var one Ended
		var card uuid.UUID
		if _, err := pgx.ForEachRow(rows, []any{
			&one.UID, &one.RegisteredAt, &one.Service, &one.Code, &one.Title, &one.Public, &one.Authority, &one.EDRPOU, &one.Name, &one.Applicant,
			&one.Entity, &one.EntityCode, &one.Outcome, &one.CompletedOn, &one.IssuedOn, &card,
		}, func() error {
			if !one.shown(many, left) {
				return nil
			}
			one.Amount = amounts[card]
			return addRow(y, parts, one)
		}); err != nil {
			return err
		}
	}
	return nil
}

func addRow(y *opendata.Year, parts []*part, one Ended) error {
	row := one.row()
	for _, p := range parts {
		if err := p.add(row); err != nil {
			return err
		}
	}
	if y.Last = one.CompletedOn.Format(time.DateOnly); y.Rows == 0 {
		y.First = y.Last
	}
	y.Rows++
	return nil
}

// manyPeople are the groups of a span that have enough people. A person is counted once, by the number that was written down of them, and where none
// was by their name: two who share it count as one.
func manyPeople(ctx context.Context, tx pgx.Tx, days span) (map[group]bool, error) {
	rows, _ := tx.Query(ctx, `select m.service_id, m.authority_id from cases.measures m join cases.cases c on c.id = m.case_id join cases.applicants p on p.id = c.applicant_id
		where m.completed_on >= $1 and m.completed_on < $2 and m.applicant <> 'entity' group by 1, 2
		having count(distinct coalesce(nullif(p.tax_number, ''), nullif(p.unzr, ''), nullif(p.passport, ''), lower(concat_ws(' ', p.surname, p.given_name, p.patronymic)))) >= $3`,
		days.first(), days.end(), enough)
	many := map[group]bool{}
	var g group
	_, err := pgx.ForEachRow(rows, []any{&g.service, &g.authority}, func() error {
		many[g] = true
		return nil
	})
	return many, err
}

// store puts a file into the object store unless the edition before had it already.
func (s *Store) store(ctx context.Context, e *edition, was kept, y opendata.Year, p *part) (f opendata.File, err error) {
	name := opendata.ServicesProvided + "-" + first(y)
	if f, err = p.end(name, e.MadeAt); err != nil {
		return f, err
	}
	if was.Edition != nil {
		for _, old := range was.Edition.Files() {
			if old.Name == f.Name && old.SHA256 == f.SHA256 {
				return old, nil
			}
		}
	}
	file := datasetFile(titled("opendata.set.year", first(y)), f.Name, f.Format.MediaType(), f.Size, f.SHA256)
	f.ID, e.fresh = file.ID, append(e.fresh, file)
	_, err = s.files.Put(ctx, file.ObjectKey, p.file, f.Size, file.MediaType, f.SHA256)
	return f, err
}

func first(y opendata.Year) string {
	return time.Date(y.Year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")
}

// titled is a title of a file in both languages.
func titled(key string, args ...any) locale.Text {
	return locale.Text{UK: said.In(locale.UK).T(key, args...), EN: said.In(locale.EN).T(key, args...)}
}

func datasetFile(title locale.Text, name, mediaType string, size int64, sum string) documents.File {
	id := uuid.New() // random: the number of a file says nothing of when it was made
	return documents.File{
		ID: id, Purpose: documents.Dataset, Title: title.UK, TitleEN: title.EN, FileName: name, MediaType: mediaType, Size: size, SHA256: sum, ObjectKey: folder + id.String(),
		Published: true,
	}
}

// addIndex stores what the edition says of itself.
func (s *Store) addIndex(ctx context.Context, e *edition) error {
	raw, err := e.Encode()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	file := datasetFile(titled("opendata.set.index"), opendata.IndexName, "application/json", int64(len(raw)), hex.EncodeToString(sum[:]))
	e.index, e.fresh = file.ID, append(e.fresh, file)
	_, err = s.files.Put(ctx, file.ObjectKey, bytes.NewReader(raw), file.Size, file.MediaType, file.SHA256)
	return err
}

// publish makes the edition the one that leaves, unless somebody has decided on the set meanwhile, or published another edition than the one on
// which this was built: its files may be gone. The files of the one before stay out until the next time the set is looked at, for readers whose site
// has not got these yet.
func (s *Store) publish(ctx context.Context, was kept, e edition, began time.Time) error {
	now := s.now()
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		k, err := read(ctx, tx, ` for update`)
		if err != nil {
			return err
		}
		if k.Version != was.Version {
			return errors.New("open data were decided on while they were made")
		}
		if !equal(k.index, was.index) {
			return errors.New("another edition of open data was published while this one was made")
		}
		left, err := json.Marshal(e.left)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update open_data.sets set made_at = $2, failed_at = null, left_out = $3, asked_at = case when asked_at > $2 then asked_at end where name = $1`,
			opendata.ServicesProvided, began, left); err != nil {
			return err
		}
		if len(e.fresh) == 0 {
			return s.forgetFormer(ctx, tx, k, e)
		}
		for _, f := range e.fresh {
			if err := documents.Insert(ctx, tx, f); err != nil {
				return err
			}
		}
		return s.replace(ctx, tx, k, e, now)
	})
}

func equal(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

// replace writes down which edition is published, and takes back the files of the one before the last.
func (s *Store) replace(ctx context.Context, tx pgx.Tx, k kept, e edition, now time.Time) error {
	raw, err := e.Encode()
	if err != nil {
		return err
	}
	former := []uuid.UUID{}
	if k.Edition != nil {
		former = filesOf(*k.Edition, *k.index)
	}
	if err := takeBack(ctx, tx, slices.Concat(former, filesOf(e.Edition, e.index))); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update open_data.sets set edition = $2, index_id = $3, former = $4, out_at = $5 where name = $1`,
		opendata.ServicesProvided, raw, e.index, former, now); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.System("internal-site"), audit.Entry{Action: "opendata.set.made", ObjectType: "open_data_set", ObjectID: opendata.ServicesProvided})
}

// forgetFormer takes back the files of the edition before when the present one has stayed as it is: a row that was taken out of the set would be
// out for as long as nothing else changes.
func (s *Store) forgetFormer(ctx context.Context, tx pgx.Tx, k kept, e edition) error {
	if len(k.former) == 0 {
		return nil
	}
	if err := takeBack(ctx, tx, filesOf(e.Edition, e.index)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update open_data.sets set former = '{}' where name = $1`, opendata.ServicesProvided)
	return err
}

// filesOf are the files of an edition and its index.
func filesOf(e opendata.Edition, index uuid.UUID) []uuid.UUID {
	list := []uuid.UUID{index}
	for _, f := range e.Files() {
		list = append(list, f.ID)
	}
	return list
}

// takeBack takes back all files but those that stay.
func takeBack(ctx context.Context, tx pgx.Tx, stay []uuid.UUID) error {
	_, err := tx.Exec(ctx, `update documents.files set published = false where purpose = 'dataset' and published and id <> all($1)`, stay)
	return err
}

// Sweep forgets files that are not published any more, and removes their objects and those that were never named; while an edition is being made,
// its objects have no names yet, and nothing is removed.
func (s *Store) Sweep(ctx context.Context) error {
	rows, _ := s.pool.Query(ctx, `select documents.drop_datasets()`)
	if _, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID]); err != nil {
		return pg.Fault("drop data sets", err)
	}
	k, err := read(ctx, s.pool, ``)
	if err != nil || k.busy != nil && k.busy.After(s.now()) {
		return err
	}
	return documents.SweepDatasets(ctx, s.pool, s.files, s.now())
}

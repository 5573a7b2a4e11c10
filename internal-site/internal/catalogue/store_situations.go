package catalogue

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// SituationStore keeps life situations and their paths. Make one with NewSituations.
type SituationStore struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewSituations returns a store over pool.
func NewSituations(pool *pgxpool.Pool) *SituationStore { return &SituationStore{pool, time.Now} }

// At returns a copy of the store whose clock is now.
func (s *SituationStore) At(now func() time.Time) *SituationStore {
	return &SituationStore{s.pool, now}
}

const situationColumns = `select l.id, l.code, l.name, l.name_en, l.description, l.description_en, l.published, l.version, l.updated_at,
	(select count(*) from catalogue.service_situations x where x.situation_id = l.id)`

func (s *Situation) into() []any {
	return []any{
		&s.ID, &s.Code, &s.Name.UK, &s.Name.EN, &s.Description.UK, &s.Description.EN, &s.Published, &s.Version, &s.UpdatedAt, &s.Services,
	}
}

// List returns one page of the situations in the order in which citizens see them, and how many there are.
func (s *SituationStore) List(ctx context.Context, actor access.Actor, page, size int) ([]Situation, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	rows, err := s.pool.Query(ctx, situationColumns+`, count(*) over ()
		from catalogue.life_situations l order by l.position, l.name collate "uk-x-icu", l.id limit $1 offset $2`, size, (max(page, 1)-1)*size)
	if err != nil {
		return nil, 0, pg.Fault("list situations", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Situation, err error) {
		return v, row.Scan(append(v.into(), &total)...)
	})
	return list, total, pg.Fault("list situations", err)
}

// Get returns one with its path; NotFound when there is none.
func (s *SituationStore) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (v Situation, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return v, err
	}
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		v, err = readSituation(ctx, tx, id, "")
		return err
	})
	return v, err
}

// readSituation reads one and its path; lock is what SQL says of its row's lock.
func readSituation(ctx context.Context, db pg.Queryer, id uuid.UUID, lock string) (v Situation, err error) {
	if err := db.QueryRow(ctx, situationColumns+` from catalogue.life_situations l where l.id = $1`+lock, id).Scan(v.into()...); err != nil {
		return v, pg.Fault("get situation", err)
	}
	numbers, err := readSteps(ctx, db, &v)
	if err != nil {
		return v, err
	}
	rows, err := db.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, x.note, x.note_en, s.published, x.step
		from catalogue.service_situations x join catalogue.services s on s.id = x.service_id
		where x.situation_id = $1 order by x.step, x.note = '', s.name collate "uk-x-icu", s.id`, id)
	if err != nil {
		return v, pg.Fault("services of situation", err)
	}
	var o OnPath
	var step int
	_, err = pgx.ForEachRow(rows, []any{&o.ID, &o.Code, &o.Name.UK, &o.Name.EN, &o.Note.UK, &o.Note.EN, &o.Published, &step}, func() error {
		if i, ok := numbers[step]; ok {
			v.Steps[i].Services = append(v.Steps[i].Services, o)
		} else {
			v.Beside = append(v.Beside, o)
		}
		return nil
	})
	return v, pg.Fault("services of situation", err)
}

// readSteps reads the steps, those that only an import has numbered too, and says at which place each number stands.
func readSteps(ctx context.Context, db pg.Queryer, v *Situation) (map[int]int, error) {
	rows, err := db.Query(ctx, `
		with numbered as (
		  select number from catalogue.situation_steps where situation_id = $1
		  union select step from catalogue.service_situations where situation_id = $1 and step < $2
		)
		select n.number, coalesce(t.heading, ''), coalesce(t.heading_en, ''), coalesce(t.body, ''), coalesce(t.body_en, ''),
		       coalesce(t.optional, false), coalesce(t.term_kind, ''), coalesce(t.term_count, 0), coalesce(t.term_unit, ''),
		       coalesce(t.term_law, ''), coalesce(t.term_law_en, ''),
		       array(select e.id from unnest(t.elsewhere) with ordinality o(id, n) join catalogue.elsewhere e using (id) order by o.n),
		       array(select e.name from unnest(t.elsewhere) with ordinality o(id, n) join catalogue.elsewhere e using (id) order by o.n),
		       array(select e.name_en from unnest(t.elsewhere) with ordinality o(id, n) join catalogue.elsewhere e using (id) order by o.n)
		from numbered n left join catalogue.situation_steps t on t.situation_id = $1 and t.number = n.number
		order by n.number`, v.ID, besidePath)
	if err != nil {
		return nil, pg.Fault("steps of situation", err)
	}
	places := map[int]int{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (_ struct{}, err error) {
		var t SituationStep
		var number int
		var ids []uuid.UUID
		var names, english []string
		err = row.Scan(&number, &t.Heading.UK, &t.Heading.EN, &t.Text.UK, &t.Text.EN, &t.Optional, &t.Term.Kind, &t.Term.Count, &t.Term.Unit,
			&t.Term.Law.UK, &t.Term.Law.EN, &ids, &names, &english)
		for i := range ids {
			c := Choice{ID: ids[i]}
			c.Name.UK, c.Name.EN = names[i], english[i]
			t.Elsewhere = append(t.Elsewhere, c)
		}
		places[number] = len(v.Steps)
		v.Steps = append(v.Steps, t)
		return struct{}{}, err
	})
	return places, pg.Fault("steps of situation", err)
}

// Save writes what a situation is called and whether citizens see it; Version 0 adds one under v.ID at the end of the list, any other must
// be the latest: otherwise Conflict, and nothing is written. The same addition sent twice adds one.
func (s *SituationStore) Save(ctx context.Context, actor access.Actor, v Situation) error {
	if err := access.Require(actor, EditSituations, access.Object{}); err != nil {
		return err
	}
	v = v.Tidy()
	if err := v.Check(); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var taken bool
		err := tx.QueryRow(ctx, `select exists (select from catalogue.life_situations where lower(name) = lower($1) and id <> $2)`, v.Name.UK, v.ID).Scan(&taken)
		switch {
		case err != nil:
			return pg.Fault("look for the name", err)
		case taken:
			return fault.InvalidFields(fault.FieldError{Field: "name.uk", Key: "catalogue.situation_taken"})
		case v.Version == 0:
			return s.add(ctx, tx, actor, v)
		}
		tag, err := tx.Exec(ctx, `
			update catalogue.life_situations set name = $2, name_en = $3, description = $4, description_en = $5, published = $6, updated_by = $7,
			  updated_at = $8, version = version + 1
			where id = $1 and version = $9`,
			v.ID, v.Name.UK, v.Name.EN, v.Description.UK, v.Description.EN, v.Published, actor.UserID, s.now(), v.Version)
		if err := situationChanged(ctx, tx, v.ID, tag.RowsAffected(), err); err != nil {
			return err
		}
		return recordSituation(ctx, tx, actor, "edit", v, 0)
	})
}

func (s *SituationStore) add(ctx context.Context, tx pgx.Tx, actor access.Actor, v Situation) error {
	tag, err := tx.Exec(ctx, `
		insert into catalogue.life_situations (id, code, name, name_en, description, description_en, published, updated_by, updated_at, position)
		select $1::uuid, $1::uuid::text, $2, $3, $4, $5, $6, $7, $8, coalesce(max(position), 0) + 10 from catalogue.life_situations
		on conflict (id) do nothing`,
		v.ID, v.Name.UK, v.Name.EN, v.Description.UK, v.Description.EN, v.Published, actor.UserID, s.now())
	if err != nil || tag.RowsAffected() == 0 {
		return pg.Fault("add situation", err)
	}
	return recordSituation(ctx, tx, actor, "add", v, 0)
}

// situationChanged tells what changed meanwhile from what is not there.
func situationChanged(ctx context.Context, tx pgx.Tx, id uuid.UUID, rows int64, err error) error {
	if err != nil || rows == 1 {
		return pg.Fault("save situation", err)
	}
	var there bool
	if err := tx.QueryRow(ctx, `select exists (select from catalogue.life_situations where id = $1)`, id).Scan(&there); err != nil {
		return pg.Fault("save situation", err)
	}
	if !there {
		return fault.New(fault.NotFound, "")
	}
	return fault.New(fault.Conflict, "")
}

// SaveStep writes a step in the place of another, or at the end with number 0. Version is that of the situation whose path was seen:
// another one is a Conflict.
func (s *SituationStore) SaveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number int, step SituationStep) error {
	step = step.Tidy()
	if err := step.Check(); err != nil {
		return err
	}
	return s.change(ctx, actor, id, version, "step", number, func(v *Situation) error { return v.Put(number, step) })
}

// RemoveStep takes a step out; its services stand beside the path.
func (s *SituationStore) RemoveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number int) error {
	return s.change(ctx, actor, id, version, "remove_step", number, func(v *Situation) error { return v.Remove(number) })
}

// MoveStep moves a step one place up (by -1) or down (by 1).
func (s *SituationStore) MoveStep(ctx context.Context, actor access.Actor, id uuid.UUID, version, number, by int) error {
	return s.change(ctx, actor, id, version, "move_step", number, func(v *Situation) error { return v.Move(number, by) })
}

// change lets fn change the path and writes it.
func (s *SituationStore) change(ctx context.Context, actor access.Actor, id uuid.UUID, version int, act string, number int, fn func(*Situation) error) error {
	if err := access.Require(actor, EditSituations, access.Object{}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := readSituation(ctx, tx, id, " for update")
		if err != nil {
			return err
		}
		if v.Version != version {
			return fault.New(fault.Conflict, "")
		}
		if err := fn(&v); err != nil {
			return err
		}
		if err := s.writePath(ctx, tx, actor, v); err != nil {
			return err
		}
		return recordSituation(ctx, tx, actor, act, v, number)
	})
}

// writePath numbers the steps anew and brings the services to their places. No service is taken out of the situation: a service that
// somebody added to it meanwhile stays.
func (s *SituationStore) writePath(ctx context.Context, tx pgx.Tx, actor access.Actor, v Situation) error {
	batch := &pgx.Batch{}
	batch.Queue(`update catalogue.life_situations set version = version + 1, updated_by = $2, updated_at = $3 where id = $1`, v.ID, actor.UserID, s.now())
	batch.Queue(`delete from catalogue.situation_steps where situation_id = $1 and number > $2`, v.ID, len(v.Steps))
	for i, t := range v.Steps {
		if t.Heading.UK == "" { // a step that only an import has numbered
			batch.Queue(`delete from catalogue.situation_steps where situation_id = $1 and number = $2`, v.ID, i+1)
		} else {
			queueStep(batch, v, i+1, t)
		}
		queuePlaces(batch, v.ID, i+1, t.Services)
	}
	queuePlaces(batch, v.ID, besidePath, v.Beside)
	return saveFault("write path", tx.SendBatch(ctx, batch).Close())
}

func queueStep(batch *pgx.Batch, v Situation, number int, t SituationStep) {
	elsewhere := make([]uuid.UUID, len(t.Elsewhere))
	for i, e := range t.Elsewhere {
		elsewhere[i] = e.ID
	}
	batch.Queue(`
		insert into catalogue.situation_steps (situation_id, number, heading, heading_en, body, body_en, optional, term_kind, term_count,
		  term_unit, term_law, term_law_en, elsewhere, published)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (situation_id, number) do update set heading = excluded.heading, heading_en = excluded.heading_en, body = excluded.body,
		  body_en = excluded.body_en, optional = excluded.optional, term_kind = excluded.term_kind, term_count = excluded.term_count,
		  term_unit = excluded.term_unit, term_law = excluded.term_law, term_law_en = excluded.term_law_en, elsewhere = excluded.elsewhere`,
		v.ID, number, t.Heading.UK, t.Heading.EN, t.Text.UK, t.Text.EN, t.Optional, t.Term.Kind, t.Term.Count, t.Term.Unit, t.Term.Law.UK,
		t.Term.Law.EN, elsewhere, v.Published)
}

// queuePlaces brings services to a step and leaves alone those that stand there. Whoever publishes or hides one that is new there is waited for.
func queuePlaces(batch *pgx.Batch, situation uuid.UUID, step int, services []OnPath) {
	for _, o := range services {
		batch.Queue(`select from catalogue.services s where s.id = $1
			and not exists (select from catalogue.service_situations x where x.service_id = $1 and x.situation_id = $2) for key share`, o.ID, situation)
		batch.Queue(`
			insert into catalogue.service_situations as x (service_id, situation_id, step, note, note_en, service_published, situation_published)
			values ($1, $2, $3, $4, $5, coalesce((select published from catalogue.services where id = $1), true),
			        coalesce((select published from catalogue.life_situations where id = $2), true))
			on conflict (service_id, situation_id) do update set step = excluded.step, note = excluded.note, note_en = excluded.note_en
			where (x.step, x.note, x.note_en) <> (excluded.step, excluded.note, excluded.note_en)`, o.ID, situation, step, o.Note.UK, o.Note.EN)
	}
}

// Move moves a situation from its place in the list that citizens see, from 1, one up (by -1) or down (by 1); at an end nothing changes. Nothing
// does either where it has gone there already: the button was pressed twice. Conflict when it stands anywhere else by now.
func (s *SituationStore) Move(ctx context.Context, actor access.Actor, id uuid.UUID, from, by int) error {
	if err := access.Require(actor, EditSituations, access.Object{}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from catalogue.life_situations order by id for update`); err != nil {
			return pg.Fault("lock situations", err)
		}
		v, err := readSituation(ctx, tx, id, "")
		if err != nil {
			return err
		}
		var place int
		if err := tx.QueryRow(ctx, `select place from (
			select id, row_number() over (order by position, name collate "uk-x-icu", id) as place from catalogue.life_situations) p where id = $1`, id).Scan(&place); err != nil {
			return pg.Fault("place of situation", err)
		}
		if place == from+by {
			return nil
		}
		if place != from {
			return fault.New(fault.Conflict, "")
		}
		_, err = tx.Exec(ctx, `
			with placed as (
			  select id, row_number() over (order by position, name collate "uk-x-icu", id) as place, position from catalogue.life_situations
			), moved as (
			  select place, place + $2 as target from placed where id = $1 and place + $2 between 1 and (select count(*) from placed)
			), wanted as (
			  select p.id, 10 * case p.place when m.place then m.target when m.target then m.place else p.place end as position
			  from placed p, moved m
			)
			update catalogue.life_situations l set position = w.position, placed = true from wanted w where w.id = l.id and l.position <> w.position`, id, by)
		if err != nil {
			return pg.Fault("move situation", err)
		}
		return recordSituation(ctx, tx, actor, "move", v, 0)
	})
}

func recordSituation(ctx context.Context, tx pgx.Tx, actor access.Actor, act string, v Situation, step int) error {
	detail := map[string]any{"name": v.Name.UK, "published": v.Published}
	if step > 0 {
		detail["step"] = step
	}
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "catalogue.situation." + act, ObjectType: "situation", ObjectID: v.ID.String(), Detail: detail,
	})
}

// LastChange says who changed it last.
func (s *SituationStore) LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "situation", id.String(), "catalogue.situation.")
}

// maxFound is how many of each kind a search for what a step is made of offers.
const maxFound = 10

// Find offers services, whatever their state, and what others give, that all the words typed name.
func (s *SituationStore) Find(ctx context.Context, actor access.Actor, typed string) (services []OnPath, elsewhere []Choice, err error) {
	if err := access.Require(actor, EditSituations, access.Object{}); err != nil {
		return nil, nil, err
	}
	words := pg.LikeWords(typed)
	if len(words) == 0 {
		return nil, nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		select s.id, s.code, s.name, s.name_en, s.published from catalogue.services s
		where not exists (select from unnest($1::text[]) word
		                  where translate(lower(concat_ws(' ', s.name, s.name_en, s.code)), '''’ʼ`+"`"+`', '') not like '%' || word || '%')
		order by s.published desc, s.name collate "uk-x-icu", s.id limit $2`, words, maxFound)
	if err != nil {
		return nil, nil, pg.Fault("find services", err)
	}
	services, err = pgx.CollectRows(rows, scanOnPath)
	if err != nil {
		return nil, nil, pg.Fault("find services", err)
	}
	elsewhere, err = s.choices(ctx, `
		select e.id, e.name, e.name_en from catalogue.elsewhere e
		where not exists (select from unnest($1::text[]) word
		                  where translate(lower(concat_ws(' ', e.name, e.name_en, e.words, e.code)), '''’ʼ`+"`"+`', '') not like '%' || word || '%')
		order by e.name collate "uk-x-icu", e.id limit $2`, words, maxFound)
	return services, elsewhere, err
}

// Chosen returns the services and what others give with these ids, in their order; what is not there is left out.
func (s *SituationStore) Chosen(ctx context.Context, actor access.Actor, services, elsewhere []uuid.UUID) ([]OnPath, []Choice, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, nil, err
	}
	rows, err := s.pool.Query(ctx, `
		select id, code, name, name_en, published from catalogue.services where id = any($1) order by array_position($1, id)`, services)
	if err != nil {
		return nil, nil, pg.Fault("chosen services", err)
	}
	list, err := pgx.CollectRows(rows, scanOnPath)
	if err != nil {
		return nil, nil, pg.Fault("chosen services", err)
	}
	others, err := s.choices(ctx, `select id, name, name_en from catalogue.elsewhere where id = any($1) order by array_position($1, id)`, elsewhere)
	return list, others, err
}

func scanOnPath(row pgx.CollectableRow) (o OnPath, err error) {
	return o, row.Scan(&o.ID, &o.Code, &o.Name.UK, &o.Name.EN, &o.Published)
}

func (s *SituationStore) choices(ctx context.Context, sql string, args ...any) ([]Choice, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, pg.Fault("what others give", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Choice, err error) {
		return c, row.Scan(&c.ID, &c.Name.UK, &c.Name.EN)
	})
	return list, pg.Fault("what others give", err)
}

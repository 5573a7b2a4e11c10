package org

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store keeps organisations in PostgreSQL.
type Store struct {
	pool         *pgxpool.Pool
	validPattern func(string) bool
	now          func() time.Time
}

// NewStore returns a store over pool. validPattern says whether a pattern makes unique case numbers; that
// rule is the cases domain's.
func NewStore(pool *pgxpool.Pool, validPattern func(string) bool) *Store {
	return &Store{pool: pool, validPattern: validPattern, now: time.Now}
}

// At returns a copy of the store whose clock is now, for tests.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// CodeBook finds organisations by code and back.
type CodeBook struct {
	Centres, Authorities map[string]uuid.UUID
}

// Codes reads the codes of all centres and authorities.
func Codes(ctx context.Context, db pg.Queryer) (CodeBook, error) {
	book := CodeBook{Centres: map[string]uuid.UUID{}, Authorities: map[string]uuid.UUID{}}
	rows, err := db.Query(ctx, `select true, code, id from org.centres union all select false, code, id from org.authorities`)
	if err != nil {
		return book, pg.Fault("read codes", err)
	}
	var centre bool
	var code string
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&centre, &code, &id}, func() error {
		if centre {
			book.Centres[code] = id
		} else {
			book.Authorities[code] = id
		}
		return nil
	})
	return book, pg.Fault("read codes", err)
}

// List names the codes of one kind, for messages.
func List(codes map[string]uuid.UUID) string {
	return strings.Join(slices.Sorted(maps.Keys(codes)), ", ")
}

// Suffix says where a group counts: "@01", "@soc", or "" for the region.
func (b CodeBook) Suffix(place access.Place) string {
	for code, id := range map[access.PlaceKind]map[string]uuid.UUID{access.Centre: b.Centres, access.Authority: b.Authorities}[place.Kind] {
		if id == place.ID {
			return "@" + code
		}
	}
	return ""
}

// Names lists the organisations of a kind by name, for choices.
func (s *Store) Names(ctx context.Context, kind Kind) ([]Name, error) {
	rows, _ := s.pool.Query(ctx, `select id, code, name, name_en from `+table(kind)+` order by name collate "uk-x-icu"`)
	names, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Name, error) {
		var n Name
		err := row.Scan(&n.ID, &n.Code, &n.Name.UK, &n.Name.EN)
		return n, err
	})
	return names, pg.Fault("list organisation names", err)
}

// table returns the table of a kind; the kind is never part of SQL itself.
func table(kind Kind) string {
	if kind == Centre {
		return "org.centres"
	}
	return "org.authorities"
}

// Summaries lists the organisations of a kind by name. Words of q must all stand in name, address or code.
func (s *Store) Summaries(ctx context.Context, kind Kind, q string) ([]Summary, error) {
	services := `(select count(*) from catalogue.services s where s.authority_id = o.id)`
	if kind == Centre {
		services = `(select count(*) from catalogue.service_centres s where s.centre_id = o.id)`
	}
	rows, _ := s.pool.Query(ctx, `
		select o.id, o.code, o.name, o.name_en, o.address, o.address_en, o.phones, o.schedule, o.published, `+services+`
		from `+table(kind)+` o
		where not exists (select from unnest($1::text[]) word
		                  where translate(lower(o.name || ' ' || o.code || ' ' || o.address), '''’ʼ`+"`"+`', '') not like '%' || word || '%')
		order by o.name collate "uk-x-icu"`, pg.LikeWords(q))
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Summary, error) {
		x := Summary{Kind: kind}
		var schedule []byte
		err := row.Scan(&x.ID, &x.Code, &x.Name.Name.UK, &x.Name.Name.EN, &x.Address.UK, &x.Address.EN, &x.Phones, &schedule, &x.Published, &x.Services)
		if err == nil {
			err = json.Unmarshal(schedule, &x.Schedule)
		}
		return x, err
	})
	return list, pg.Fault("list organisations", err)
}

// Get returns one organisation.
func (s *Store) Get(ctx context.Context, kind Kind, id uuid.UUID) (Organisation, error) {
	own := `o.edrpou, o.short_name, o.short_name_en, o.level, '', '', '', '', ''`
	if kind == Centre {
		own = `'', '', '', '', o.directions, o.directions_en, o.case_pattern,
			coalesce(trim_scale(o.latitude)::text, ''), coalesce(trim_scale(o.longitude)::text, '')`
	}
	o := Organisation{Kind: kind}
	var schedule, people []byte
	err := s.pool.QueryRow(ctx, `
		select o.id, o.code, o.name, o.name_en, coalesce(o.unit_code, ''), coalesce(u.name, ''), o.address, o.address_en,
		       o.phones, o.email, o.site, o.schedule, o.people, o.internal_notes, o.published, o.version, o.updated_at, `+own+`
		from `+table(kind)+` o left join org.units u on u.code = o.unit_code where o.id = $1`, id).Scan(
		&o.ID, &o.Code, &o.Name.UK, &o.Name.EN, &o.UnitCode, &o.UnitName, &o.Address.UK, &o.Address.EN,
		&o.Phones, &o.Email, &o.Site, &schedule, &people, &o.InternalNotes, &o.Published, &o.Version, &o.UpdatedAt,
		&o.EDRPOU, &o.ShortName.UK, &o.ShortName.EN, &o.Level, &o.Directions.UK, &o.Directions.EN, &o.CasePattern, &o.Latitude, &o.Longitude)
	if err != nil {
		return o, pg.Fault("get organisation", err)
	}
	if err := json.Unmarshal(schedule, &o.Schedule); err != nil {
		return o, pg.Fault("read schedule", err)
	}
	err = pg.Fault("read people", json.Unmarshal(people, &o.People))
	return o, err
}

// Save writes an organisation whose Version is the one that was read; 0 adds a new one. A version that is
// no longer the latest is a Conflict.
func (s *Store) Save(ctx context.Context, actor access.Actor, o Organisation) (uuid.UUID, error) {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return uuid.Nil, err
	}
	if err := s.check(ctx, o); err != nil {
		return uuid.Nil, err
	}
	action := "org." + string(o.Kind) + ".edit"
	if o.Version == 0 {
		o.ID, action = uuid.Must(uuid.NewV7()), "org."+string(o.Kind)+".add"
	}
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := write(ctx, tx, o); err != nil {
			return err
		}
		e := audit.Entry{Action: action, ObjectType: string(o.Kind), ObjectID: o.ID.String(), Detail: map[string]string{"code": o.Code}}
		if o.Kind == Centre {
			e.CentreID = &o.ID
		} else {
			e.AuthorityID = &o.ID
		}
		return audit.Record(ctx, tx, actor.Audit(), e)
	})
	return o.ID, err
}

// check says everything that is wrong with an organisation before it is saved. Special days that are over may stay in the
// list, and nobody adds one.
func (s *Store) check(ctx context.Context, o Organisation) error {
	var present Organisation
	if o.Version != 0 {
		var err error
		if present, err = s.Get(ctx, o.Kind, o.ID); err != nil {
			return err
		}
	}
	today := workdays.DateOf(s.now()).Format(time.DateOnly)
	return o.Check(s.validPattern, func(date string) bool {
		return date >= today || slices.ContainsFunc(present.Schedule.Exceptions, func(e hours.Exception) bool { return e.Date == date })
	})
}

func write(ctx context.Context, tx pgx.Tx, o Organisation) error {
	args, err := arguments(o)
	if err != nil {
		return err
	}
	sql, own := map[bool]string{true: insertAuthority, false: updateAuthority}[o.Version == 0], []any{o.EDRPOU, o.ShortName.UK, o.ShortName.EN, o.Level}
	if o.Kind == Centre {
		sql = map[bool]string{true: insertCentre, false: updateCentre}[o.Version == 0]
		own = []any{o.Directions.UK, o.Directions.EN, o.CasePattern, o.Latitude, o.Longitude}
	}
	tag, err := tx.Exec(ctx, sql, append(args, own...)...)
	switch {
	case pg.Code(err) == pg.CodeUniqueViolation:
		return fault.InvalidFields(fault.FieldError{Field: "code", Key: "org.code_taken"})
	case pg.Code(err) == pg.CodeForeignKeyViolation:
		return fault.InvalidFields(fault.FieldError{Field: "unit_code", Key: "org.unit_unknown"})
	case err != nil:
		return pg.Fault("save organisation", err)
	case tag.RowsAffected() == 0:
		return fault.New(fault.Conflict, "")
	}
	// The reference to the territory is deferred; ask now, while the field can still be named.
	_, err = tx.Exec(ctx, `set constraints all immediate`)
	if pg.Code(err) == pg.CodeForeignKeyViolation {
		return fault.InvalidFields(fault.FieldError{Field: "unit_code", Key: "org.unit_unknown"})
	}
	return pg.Fault("save organisation", err)
}

// arguments are those that both kinds share, $1 to $16.
func arguments(o Organisation) ([]any, error) {
	if o.People == nil {
		o.People = []contract.Person{}
	}
	if o.Phones == nil {
		o.Phones = []string{}
	}
	schedule, err := json.Marshal(normal(o.Schedule))
	if err != nil {
		return nil, pg.Fault("write schedule", err)
	}
	people, err := json.Marshal(o.People)
	if err != nil {
		return nil, pg.Fault("write people", err)
	}
	var unit *string
	if o.UnitCode != "" {
		unit = &o.UnitCode
	}
	return []any{
		o.ID, o.Version, o.Code, o.Name.UK, o.Name.EN, unit, o.Address.UK, o.Address.EN, o.Phones, o.Email, o.Site,
		schedule, people, o.InternalNotes, o.Published,
	}, nil
}

// normal has empty lists instead of null, and dates in order.
func normal(s hours.Schedule) hours.Schedule {
	if s.Week == nil {
		s.Week = []hours.Day{}
	}
	s.Exceptions = append([]hours.Exception{}, s.Exceptions...)
	slices.SortFunc(s.Exceptions, func(a, b hours.Exception) int { return strings.Compare(a.Date, b.Date) })
	return s
}

const (
	updateShared = ` set code = $3, name = $4, name_en = $5, unit_code = $6, address = $7, address_en = $8, phones = $9,
		email = $10, site = $11, schedule = $12, people = $13, internal_notes = $14, published = $15,
		version = version + 1, updated_at = now(), `
	insertShared = ` (id, version, code, name, name_en, unit_code, address, address_en, phones, email, site, schedule, people,
		internal_notes, published, `
	valuesShared = ` values ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, `

	updateAuthority = `update org.authorities` + updateShared + `edrpou = $16, short_name = $17, short_name_en = $18, level = $19
		where id = $1 and version = $2`
	insertAuthority = `insert into org.authorities` + insertShared + `edrpou, short_name, short_name_en, level)` + valuesShared + `$16, $17, $18, $19)`
	updateCentre    = `update org.centres` + updateShared + `directions = $16, directions_en = $17, case_pattern = $18,
		latitude = nullif($19, '')::numeric, longitude = nullif($20, '')::numeric where id = $1 and version = $2`
	insertCentre = `insert into org.centres` + insertShared + `directions, directions_en, case_pattern, latitude, longitude)` +
		valuesShared + `$16, $17, $18, nullif($19, '')::numeric, nullif($20, '')::numeric)`
)

// LastChange says who changed the organisation last.
func (s *Store) LastChange(ctx context.Context, kind Kind, id uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, string(kind), id.String(), "org.")
}

package surveys

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/modules"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store finds surveys and figures. It has no way to write.
type Store struct {
	db  pg.Beginner
	now func() time.Time
}

// NewStore reads the replica behind db.
func NewStore(db pg.Beginner, now func() time.Time) *Store { return &Store{db, now} }

// Offered is the survey that somebody is asked whose case of the service at the centre has ended at the moment: the one that is most about
// it, and of those the newest. NotFound when there is none, or the case ended too long ago.
func (s *Store) Offered(ctx context.Context, service string, centre uuid.UUID, ended time.Time) (v Survey, err error) {
	today := workdays.DateOf(s.now())
	if today.After(workdays.DateOf(ended).AddDate(0, 0, contract.RatingDays)) {
		return v, fault.New(fault.NotFound, "")
	}
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		switches, err := modules.NewStore(tx).Switches(ctx)
		if err != nil {
			return err
		}
		if !switches.OnAt(contract.ModuleSurveys, centre) {
			return fault.New(fault.NotFound, "modules.off.surveys")
		}
		return tx.QueryRow(ctx, `
			select s.id, s.title, s.title_en, s.about, s.about_en, s.questions
			from surveys.surveys s left join catalogue.services v on v.id = s.service_id
			where s.published and s.state = 'published' and s.first_day <= $3 and (s.last_day is null or s.last_day >= $3)
			  and (s.service_id is null or v.code = $1) and (s.centre_id is null or s.centre_id = $2)
			order by (s.service_id is not null)::int + (s.centre_id is not null)::int desc, s.id desc limit 1`, service, centre, today).
			Scan(&v.ID, &v.Title.UK, &v.Title.EN, &v.About.UK, &v.About.EN, &v.Questions)
	})
	return v, pg.Fault("survey of case", err)
}

// Filter says which figures are read. Zero fields: those of everything.
type Filter struct{ Service, Centre string } // codes

// Figures are those of the surveys that have answers enough, the surveys that run before those that are closed. An unknown service or
// centre has none.
func (s *Store) Figures(ctx context.Context, f Filter) (list []Figures, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		list, err = s.figures(ctx, tx, `case when $1 <> '' then v.code = $1 when $2 <> '' then c.code = $2 else f.service_id is null and f.centre_id is null end`, f.Service, f.Centre)
		return err
	})
	return list, pg.Fault("figures of surveys", err)
}

// Of lists the services and centres of which there are figures, without them.
func (s *Store) Of(ctx context.Context) (list []Figures, err error) {
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		list, err = s.figures(ctx, tx, `$1 = $2 and coalesce(v.id, c.id) is not null`, "", "")
		return err
	})
	return list, pg.Fault("figures of surveys", err)
}

func (s *Store) figures(ctx context.Context, tx pgx.Tx, condition, service, centre string) ([]Figures, error) {
	rows, err := tx.Query(ctx, `
		select s.id, s.title, s.title_en, s.questions, s.state = 'published' and (s.last_day is null or s.last_day >= $4), f.answered, f.tallies, f.day,
		       coalesce(v.name, c.name, ''), coalesce(v.name_en, c.name_en, ''), coalesce(v.code, ''), coalesce(c.code, '')
		from surveys.figures f join surveys.surveys s on s.id = f.survey_id and s.published
		left join catalogue.services v on v.id = f.service_id and v.published
		left join org.centres c on c.id = f.centre_id and c.published
		where f.published and f.answered >= $3 and `+condition+`
		order by s.state = 'closed', s.id desc, v.id is null, 9, f.id limit 200`, service, centre, contract.FewestAnswers, workdays.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Figures, err error) {
		var service, centre string
		var of locale.Text
		err = row.Scan(&f.Survey.ID, &f.Survey.Title.UK, &f.Survey.Title.EN, &f.Survey.Questions, &f.Open, &f.Answered, &f.Tallies, &f.Day,
			&of.UK, &of.EN, &service, &centre)
		switch f.Of = of; {
		case service != "":
			f.Href = "/services/" + address.Slug(service)
		case centre != "":
			f.Href = "/centres/" + address.Slug(centre)
		}
		return f, err
	})
}

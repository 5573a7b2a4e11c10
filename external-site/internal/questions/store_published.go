package questions

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// Published lists the questions that staff have published, the newest first, and how many there are in all.
func (s *Store) Published(ctx context.Context, f PublishedFilter) (list []Published, total int, err error) {
	const where = ` from questions.published p where p.published and case when $3
		then p.centre_id = $1 or p.authority_id = $1 or p.service_id = $2
		else ($1 = '00000000-0000-0000-0000-000000000000' or p.centre_id = $1 or p.authority_id = $1)
		     and ($2 = '00000000-0000-0000-0000-000000000000' or p.service_id = $2) end`
	err = pg.InSnapshot(ctx, s.db, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*)`+where, f.By, f.About, f.Either).Scan(&total); err != nil {
			return err
		}
		// What is about the service stands before what only the same addressee has answered.
		rows, err := tx.Query(ctx, `
			with p as (select p.*`+where+` order by p.service_id is not distinct from $2 desc, p.published_at desc, p.id limit $4 offset $5)
			select p.id, p.question, p.question_en, p.answer, p.answer_en, p.published_at, coalesce(c.code, a.code, ''), c.id is not null,
			       coalesce(c.name, a.name, ''), coalesce(c.name_en, a.name_en, ''), v.id, coalesce(v.code, ''), coalesce(v.name, ''), coalesce(v.name_en, '')
			from p left join org.centres c on c.id = p.centre_id left join org.authorities a on a.id = p.authority_id
			left join catalogue.services v on v.id = p.service_id and v.published
			order by p.service_id is not distinct from $2 desc, p.published_at desc, p.id`,
			f.By, f.About, f.Either, f.Size, (max(f.Page, 1)-1)*f.Size)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanPublished)
		return err
	})
	return list, total, pg.Fault("published questions", err)
}

func scanPublished(row pgx.CollectableRow) (p Published, err error) {
	var centre bool
	var about uuid.NullUUID
	var code string
	var name locale.Text
	err = row.Scan(&p.ID, &p.Question.UK, &p.Question.EN, &p.Answer.UK, &p.Answer.EN, &p.At, &p.By.Code, &centre, &p.By.Name.UK, &p.By.Name.EN,
		&about, &code, &name.UK, &name.EN)
	if p.By.Place = Authority; centre {
		p.By.Place = Centre
	}
	if about.Valid {
		p.About = &Service{ID: about.UUID, Code: code, Name: name}
	}
	return p, err
}

package surveys

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// chosen are the answers of the survey that the filter asks for and the actor may see.
const chosen = `a.survey_id = @survey and (@service = '00000000-0000-0000-0000-000000000000'::uuid or a.service_id = @service)
	and (@centre = '00000000-0000-0000-0000-000000000000'::uuid or a.centre_id = @centre)
	and (@from::date is null or a.day >= @from) and (@to::date is null or a.day <= @to) and ` + ScopeSQL

func arguments(actor access.Actor, id uuid.UUID, f Filter, own map[string]any) pgx.NamedArgs {
	args := map[string]any{"survey": id, "service": f.Service, "centre": f.Centre, "from": nil, "to": nil}
	if !f.From.IsZero() {
		args["from"] = f.From
	}
	if !f.To.IsZero() {
		args["to"] = f.To
	}
	for name, value := range own {
		args[name] = value
	}
	return access.ScopeOf(actor, View).Args(args)
}

// Results counts the answers that the filter asks for and the actor may see. Before the end of a survey whose results wait for it there
// is nothing but how many answered, for nobody.
func (s *Store) Results(ctx context.Context, actor access.Actor, id uuid.UUID, f Filter) (r Results, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if r.Survey, err = load(ctx, tx, actor, id, ""); err != nil {
			return err
		}
		if r.Hidden = r.Survey.hidden(); r.Hidden {
			f = Filter{} // by and by, the numbers of small filters would tell
		}
		if err := tx.QueryRow(ctx, `select count(*) from surveys.answers a where `+chosen, arguments(actor, id, f, nil)).Scan(&r.Answered); err != nil || r.Hidden {
			return err
		}
		r.Tallies, err = tally(ctx, tx, r.Survey, chosen, arguments(actor, id, f, nil))
		return err
	})
	return r, pg.Fault("results of survey", err)
}

// tally counts the values of answers that hold the condition, without words.
func tally(ctx context.Context, tx pgx.Tx, v Survey, condition string, args pgx.NamedArgs) (contract.Tallies, error) {
	args["counted"] = counted(v)
	rows, err := tx.Query(ctx, `
		select x.question, x.value, count(*) from surveys.answers a join surveys.values x on x.answer_id = a.id
		where `+condition+` and x.question = any(@counted) group by 1, 2`, args)
	if err != nil {
		return nil, err
	}
	t := contract.Tallies{}
	var question, value string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&question, &value, &n}, func() error {
		if t[question] == nil {
			t[question] = map[string]int{}
		}
		t[question][value] = n
		return nil
	})
	return t, err
}

// counted are the keys of the questions whose answers can be counted.
func counted(v Survey) []string {
	keys := []string{}
	for _, q := range v.Questions {
		if q.Kind != contract.AskText {
			keys = append(keys, q.Key)
		}
	}
	return keys
}

// Words returns one page of what was answered in words, the newest first, and how many there are in all.
func (s *Store) Words(ctx context.Context, actor access.Actor, id uuid.UUID, f Filter, page, size int) (list []Answer, total int, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		v, err := load(ctx, tx, actor, id, "")
		if err != nil {
			return err
		}
		if v.hidden() {
			return fault.New(fault.Conflict, "surveys.hidden")
		}
		args := arguments(actor, id, f, map[string]any{
			"counted": counted(v), "words": pg.LikeWords(f.Q), "limit": size, "offset": (page - 1) * size,
		})
		const from = ` from surveys.answers a join surveys.values x on x.answer_id = a.id and not x.question = any(@counted)
			join catalogue.services v on v.id = a.service_id join org.centres c on c.id = a.centre_id
			where ` + chosen + ` and not exists (select from unnest(@words::text[]) word where lower(x.value) not like '%' || word || '%')`
		if err := tx.QueryRow(ctx, `select count(*)`+from, args).Scan(&total); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select x.question, x.value, a.day, v.name, v.name_en, c.name, c.name_en`+from+`
			order by a.day desc, a.id, x.question limit @limit offset @offset`, args)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (w Answer, err error) {
			return w, row.Scan(&w.Question, &w.Text, &w.Day, &w.Service.UK, &w.Service.EN, &w.Centre.UK, &w.Centre.EN)
		})
		return err
	})
	return list, total, pg.Fault("words of survey", err)
}

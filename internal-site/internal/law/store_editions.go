package law

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// editionColumns leave the text out.
const editionColumns = `e.id, e.act_id, e.in_force_on, e.note, e.letters, e.file_id, e.added_at, e.withdrawn_at, e.withdrawn_why,
	e.id = coalesce((select c.id from law.editions c where c.act_id = e.act_id and c.withdrawn_at is null and c.in_force_on <= @today
	                 order by c.in_force_on desc limit 1), '00000000-0000-0000-0000-000000000000'), e.in_force_on > @today, e.origin`

func (e *Edition) into(file **uuid.UUID) []any {
	return []any{&e.ID, &e.ActID, &e.InForceOn, &e.Note, &e.Letters, file, &e.AddedAt, &e.WithdrawnAt, &e.WithdrawnWhy, &e.Current, &e.Coming, &e.Origin}
}

// Editions returns one page of the editions of an act without their texts, those that count first and of them the newest, and how many
// there are.
func (s *Store) Editions(ctx context.Context, actor access.Actor, act uuid.UUID, page, size int) ([]Edition, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	rows, err := s.pool.Query(ctx, `select `+editionColumns+`, count(*) over ()
		from law.editions e where e.act_id = @act
		order by e.withdrawn_at desc nulls first, e.in_force_on desc, e.id
		limit @size offset @offset`, pgx.NamedArgs{"act": act, "today": s.Today(), "size": size, "offset": (max(page, 1) - 1) * size})
	if err != nil {
		return nil, 0, pg.Fault("list editions", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Edition, err error) {
		var file *uuid.UUID
		err = row.Scan(append(e.into(&file), &total)...)
		if file != nil {
			e.File = &documents.File{ID: *file}
		}
		return e, err
	})
	return list, total, pg.Fault("list editions", err)
}

// Edition returns one edition of an act with its text and its file; NotFound when the act has none such.
func (s *Store) Edition(ctx context.Context, actor access.Actor, act, id uuid.UUID) (e Edition, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return e, err
	}
	var file *uuid.UUID
	err = s.pool.QueryRow(ctx, `select `+editionColumns+`, e.body from law.editions e where e.id = @id and e.act_id = @act`,
		pgx.NamedArgs{"id": id, "act": act, "today": s.Today()}).Scan(append(e.into(&file), &e.Text)...)
	if err != nil || file == nil {
		return e, pg.Fault("get edition", err)
	}
	f, err := documents.Get(ctx, s.pool, *file)
	e.File = &f
	return e, err
}

// Before returns the edition of the same act that was in force before e, without its text; NotFound when e is the first.
func (s *Store) Before(ctx context.Context, actor access.Actor, e Edition) (b Edition, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return b, err
	}
	var file *uuid.UUID
	err = s.pool.QueryRow(ctx, `select `+editionColumns+` from law.editions e
		where e.act_id = @act and e.withdrawn_at is null and e.in_force_on < @day order by e.in_force_on desc limit 1`,
		pgx.NamedArgs{"act": e.ActID, "day": e.InForceOn, "today": s.Today()}).Scan(b.into(&file)...)
	return b, pg.Fault("get the edition before", err)
}

// AddEdition adds an edition, and takes back the one whose place it takes. The bytes of file, if there is one, lie in the object store.
// added is false when the same form had been sent before: then nothing names the bytes. Conflict when the act has changed since the
// person looked.
func (s *Store) AddEdition(ctx context.Context, actor access.Actor, act uuid.UUID, n NewEdition, file *documents.File) (added bool, err error) {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return false, err
	}
	n = n.Tidy()
	if err := n.Check(file != nil); err != nil {
		return false, err
	}
	if file != nil && file.Purpose != documents.Act {
		return false, fault.New(fault.Invalid, "")
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		a, err := lockAct(ctx, tx, act)
		if err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, `select exists (select from law.editions where id = $1)`, n.Press).Scan(&there); err != nil || there {
			return pg.Fault("look for the edition", err)
		}
		if a.Version != n.Version {
			return fault.New(fault.Conflict, "law.changed")
		}
		added = true
		return s.insertEdition(ctx, tx, actor, a, n, file)
	})
	return added && err == nil, err
}

// lockAct holds an act while its editions change.
func lockAct(ctx context.Context, tx pgx.Tx, id uuid.UUID) (a Act, err error) {
	return a, pg.Fault("lock act", tx.QueryRow(ctx, `select `+actColumns+` from law.acts a where a.id = $1 for update`, id).Scan(a.into()...))
}

func (s *Store) insertEdition(ctx context.Context, tx pgx.Tx, actor access.Actor, a Act, n NewEdition, file *documents.File) error {
	act := "add"
	if n.Replaces != uuid.Nil {
		act = "replace"
		if _, err := s.takeBack(ctx, tx, a.ID, n.Replaces, ""); err != nil {
			return err
		}
	}
	var fileID *uuid.UUID
	if file != nil {
		f := *file
		f.ID, f.Title, f.TitleEN = n.Press, a.Title.UK, a.Title.EN
		if err := documents.Insert(ctx, tx, f); err != nil {
			return err
		}
		fileID = &f.ID
	}
	_, err := tx.Exec(ctx, `insert into law.editions (id, act_id, in_force_on, note, body, file_id, added_at, origin) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		n.Press, a.ID, n.InForceOn, n.Note, n.Text, fileID, s.now(), n.origin)
	if pg.Constraint(err) == "editions_in_force" {
		return fault.InvalidFields(fault.FieldError{Field: "in_force", Key: "law.day_taken"})
	}
	if err != nil {
		return pg.Fault("add edition", err)
	}
	same := false
	if n.Replaces != uuid.Nil {
		if same, err = s.carryReviews(ctx, tx, n.Replaces, n.Press); err != nil {
			return err
		}
	}
	if !same {
		if err := s.openReviews(ctx, tx, a.ID, n.Press, *n.InForceOn); err != nil {
			return err
		}
	}
	return s.changed(ctx, tx, actor, a.ID, act, n.Press, *n.InForceOn, "")
}

// changed notes that the editions of an act changed.
func (s *Store) changed(ctx context.Context, tx pgx.Tx, actor access.Actor, act uuid.UUID, what string, edition uuid.UUID, day time.Time, reason string) error {
	if _, err := tx.Exec(ctx, `update law.acts set version = version + 1, updated_at = $2 where id = $1`, act, s.now()); err != nil {
		return pg.Fault("change act", err)
	}
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "law.edition." + what, ObjectType: "act", ObjectID: act.String(), Reason: reason,
		Detail: map[string]string{"edition": edition.String(), "in_force_on": day.Format(time.DateOnly)},
	})
}

// WithdrawEdition takes an edition back; it stays inside with the reason. One that was taken back already is a Conflict.
func (s *Store) WithdrawEdition(ctx context.Context, actor access.Actor, act, id uuid.UUID, reason string) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := lockAct(ctx, tx, act); err != nil {
			return err
		}
		day, err := s.takeBack(ctx, tx, act, id, reason)
		if err != nil {
			return err
		}
		return s.changed(ctx, tx, actor, act, "withdraw", id, day, reason)
	})
}

func (s *Store) takeBack(ctx context.Context, tx pgx.Tx, act, id uuid.UUID, reason string) (day time.Time, err error) {
	err = tx.QueryRow(ctx, `update law.editions set withdrawn_at = $3, withdrawn_why = $4
		where id = $1 and act_id = $2 and withdrawn_at is null returning in_force_on`, id, act, s.now(), reason).Scan(&day)
	if fault.Is(pg.Fault("", err), fault.NotFound) {
		return day, fault.New(fault.Conflict, "law.changed")
	}
	return day, pg.Fault("take edition back", err)
}

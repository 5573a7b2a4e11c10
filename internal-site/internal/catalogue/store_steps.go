package catalogue

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Save writes a draft. Its Version must be the latest: otherwise Conflict, and nothing is written. A draft that was
// handed in for approval has to be handed in again.
func (s *Versions[C]) Save(ctx context.Context, actor access.Actor, v Version[C]) error {
	v.Content = s.Tidy(v.Content)
	if err := s.Check(v); err != nil {
		return err
	}
	return s.change(ctx, actor, v.Meta, StepEdit, v.ChangeNote, func(tx pgx.Tx, present Version[C]) error {
		if err := checkDeciding(ctx, tx, present.ServiceID, v.Content); err != nil {
			return err
		}
		worded, err := s.worded(ctx, tx, present, v)
		if err != nil {
			return err
		}
		content, err := json.Marshal(worded)
		if err != nil {
			return pg.Fault("write version", err)
		}
		return s.update(ctx, tx, v.Meta, s.kind.column+` = $3, effective_from = $4, change_note = $5, submitted_at = null, submitted_by = null,
			editors = array(select distinct unnest(editors || array_remove(array[submitted_by, $6::uuid], null)))`,
			content, v.EffectiveFrom, v.ChangeNote, actor.UserID)
	})
}

// TakeStep takes a version one step on its way: m names it and the version that the actor has seen. What takes something
// away needs a reason, which the trail keeps.
func (s *Versions[C]) TakeStep(ctx context.Context, actor access.Actor, step Step, m Meta, reason string) error {
	if err := checkReason(step, reason); err != nil {
		return err
	}
	return s.change(ctx, actor, m, step, reason, func(tx pgx.Tx, v Version[C]) error {
		switch step {
		case StepSubmit:
			return s.submit(ctx, tx, actor, v)
		case StepApprove:
			return s.approve(ctx, tx, actor, v)
		case StepPublish:
			return s.publish(ctx, tx, actor, v)
		case StepWithdraw:
			return s.withdraw(ctx, tx, v)
		case StepDiscard:
			tag, err := tx.Exec(ctx, `delete from `+s.kind.table+` where id = $1 and version = $2`, v.ID, v.Version)
			return changedOne(tag.RowsAffected(), err)
		}
		return fault.New(fault.Invalid, "")
	})
}

// change takes one step with a version under its service's lock; rights, state and version are checked first.
func (s *Versions[C]) change(ctx context.Context, actor access.Actor, m Meta, step Step, reason string, write func(tx pgx.Tx, v Version[C]) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `select from catalogue.services where id = (select service_id from `+s.kind.table+` where id = $1) for update`, m.ID)
		if err != nil {
			return pg.Fault("lock service", err)
		}
		present, err := s.get(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		service, err := getService(ctx, tx, present.ServiceID)
		if err != nil {
			return err
		}
		if err := Permit(actor, step, present.Meta, service); err != nil {
			return err
		}
		if present.Version != m.Version {
			return fault.New(fault.Conflict, "")
		}
		if err := write(tx, present); err != nil {
			return err
		}
		if err := dropTemplates(ctx, tx, actor.Audit(), present.ServiceID); err != nil {
			return err
		}
		return record(ctx, tx, actor, "catalogue."+s.kind.object+"."+string(step), service, reason, map[string]any{"number": present.Number})
	})
}

// update sets columns of the version that m names, if it is still the same one; args are $3 and further.
func (s *Versions[C]) update(ctx context.Context, tx pgx.Tx, m Meta, set string, args ...any) error {
	tag, err := tx.Exec(ctx, `update `+s.kind.table+` set `+set+`, version = version + 1 where id = $1 and version = $2`,
		append([]any{m.ID, m.Version}, args...)...)
	return changedOne(tag.RowsAffected(), err)
}

func changedOne(rows int64, err error) error {
	if err != nil {
		return pg.Fault("change version", err)
	}
	if rows != 1 {
		return fault.New(fault.Conflict, "")
	}
	return nil
}

// ready says what keeps a draft from being approved: what is missing in it, where it disagrees with the form, and whether its
// stages can end after the term.
func (s *Versions[C]) ready(ctx context.Context, tx pgx.Tx, v Version[C]) error {
	if err := s.Missing(v.Content); err != nil {
		return err
	}
	if tech, ok := any(v.Content).(contract.TechCard); ok {
		if err := checkDeciding(ctx, tx, v.ServiceID, tech); err != nil {
			return err
		}
		calendar, err := org.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		if err := CheckTrial(tech, calendar, workdays.DateOf(s.now())); err != nil {
			return err
		}
	}
	return s.agree(ctx, tx, v, true)
}

// checkDeciding is CheckDeciding for a technological card of the service; nothing is wrong with another content.
func checkDeciding(ctx context.Context, tx pgx.Tx, serviceID uuid.UUID, content any) error {
	card, ok := content.(contract.TechCard)
	if !ok {
		return nil
	}
	service, err := getService(ctx, tx, serviceID)
	if err != nil {
		return err
	}
	return CheckDeciding(card, service.AuthorityID)
}

// submit hands a complete draft in for approval.
func (s *Versions[C]) submit(ctx context.Context, tx pgx.Tx, actor access.Actor, v Version[C]) error {
	if err := s.ready(ctx, tx, v); err != nil {
		return err
	}
	return s.update(ctx, tx, v.Meta, `submitted_at = $3, submitted_by = $4`, s.now(), actor.UserID)
}

// approve makes a complete draft unchangeable.
func (s *Versions[C]) approve(ctx context.Context, tx pgx.Tx, actor access.Actor, v Version[C]) error {
	if err := s.ready(ctx, tx, v); err != nil {
		return err
	}
	return s.update(ctx, tx, v.Meta, `state = 'approved', approved_at = $3, approved_by = $4`, s.now(), actor.UserID)
}

// publish puts an approved version in force, with its templates. Earlier versions whose place it takes are withdrawn;
// one that begins later leaves the present one in force until then.
func (s *Versions[C]) publish(ctx context.Context, tx pgx.Tx, actor access.Actor, v Version[C]) error {
	wrong := s.agree(ctx, tx, v, false)
	if wrong != nil {
		if err := s.publishBeside(ctx, tx, actor, v, wrong); err != nil {
			return err
		}
	}
	if err := s.putInForce(ctx, tx, actor, v); err != nil || wrong == nil {
		return err
	}
	return s.pairAgrees(ctx, tx, v.Meta)
}

// pairAgrees looks at the form that has just been published with its card, or its card with it, once both are in force.
func (s *Versions[C]) pairAgrees(ctx context.Context, tx pgx.Tx, m Meta) error {
	form, err := versionOn(ctx, tx, applicationForms(), m.ServiceID, later(m.EffectiveFrom, workdays.DateOf(s.now())))
	if err != nil {
		return err
	}
	return s.agreeForm(ctx, tx, form.Meta, form.Content, false)
}

// putInForce is publish without a look at what stands beside.
func (s *Versions[C]) putInForce(ctx context.Context, tx pgx.Tx, actor access.Actor, v Version[C]) error {
	err := s.update(ctx, tx, v.Meta, `state = 'published', published = true, published_at = $3, published_by = $4`, s.now(), actor.UserID)
	if err != nil {
		return err
	}
	if err := s.retire(ctx, tx, v.ServiceID); err != nil {
		return err
	}
	return s.publishTemplates(ctx, tx, v.ServiceID)
}

// withdraw takes a version out of force, or ends one that was approved and never published.
func (s *Versions[C]) withdraw(ctx context.Context, tx pgx.Tx, v Version[C]) error {
	if err := s.update(ctx, tx, v.Meta, `state = 'withdrawn', published = false`); err != nil {
		return err
	}
	return s.publishTemplates(ctx, tx, v.ServiceID)
}

// retire withdraws every published version that began before the one now in force.
func (s *Versions[C]) retire(ctx context.Context, tx pgx.Tx, serviceID uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		update `+s.kind.table+` v set state = 'withdrawn', published = false, version = version + 1`+s.kind.retiring+`
		from (select effective_from, number from `+s.kind.table+` where service_id = $1 and published and effective_from <= $2
		      order by effective_from desc, number desc limit 1) newest
		where v.service_id = $1 and v.published
		  and (v.effective_from, v.number) < (newest.effective_from, newest.number) and $3::timestamptz is not null`,
		serviceID, workdays.DateOf(s.now()), s.now())
	return pg.Fault("retire versions", err)
}

// publishTemplates makes exactly those templates visible outside that published cards of the service name.
func (s *Versions[C]) publishTemplates(ctx context.Context, tx pgx.Tx, serviceID uuid.UUID) error {
	if !s.kind.shows {
		return nil
	}
	rows, err := tx.Query(ctx, `
		select f.id, exists (select from `+s.kind.table+` c,
		                            jsonb_path_query(c.content, '$.templates[*]') t
		                     where c.service_id = $1 and c.published and t ->> 'id' = f.id::text)
		from documents.files f where f.service_id = $1 and f.purpose = 'template'`, serviceID)
	if err != nil {
		return pg.Fault("find templates", err)
	}
	named := map[bool][]uuid.UUID{}
	var id uuid.UUID
	var wanted bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &wanted}, func() error {
		named[wanted] = append(named[wanted], id)
		return nil
	}); err != nil {
		return pg.Fault("find templates", err)
	}
	for _, wanted := range []bool{true, false} {
		if err := documents.Publish(ctx, tx, named[wanted], wanted); err != nil {
			return err
		}
	}
	return nil
}

// publishBeside publishes the card with the form, or the form with the card, when each agrees with the other and not with what is
// in force: neither could be published before the other. wrong is what the version disagrees with, returned when there is no such pair.
func (s *Versions[C]) publishBeside(ctx context.Context, tx pgx.Tx, actor access.Actor, v Version[C], wrong error) error {
	switch content := any(v.Content).(type) {
	case contract.Card:
		return publishPair(ctx, tx, actor, &Versions[forms.Sketch]{applicationForms(), s.pool, s.now, s.newID}, v.Meta, wrong,
			func(sketch forms.Sketch) bool { return agreed(sketch, content) })
	case forms.Sketch:
		return publishPair(ctx, tx, actor, &Versions[contract.Card]{informationCards(), s.pool, s.now, s.newID}, v.Meta, wrong,
			func(card contract.Card) bool { return agreed(content, card) })
	}
	return wrong
}

func agreed(sketch forms.Sketch, card contract.Card) bool {
	form, err := sketch.Draft()
	return err == nil && len(disagreements(form, card, true)) == 0
}

// publishPair puts the approved version of others in force that fits one that is about to be, if both begin on the same day.
func publishPair[O any](ctx context.Context, tx pgx.Tx, actor access.Actor, others *Versions[O], m Meta, wrong error, fits func(O) bool) error {
	other, err := openVersion(ctx, tx, others.kind, m.ServiceID)
	if fault.Is(err, fault.NotFound) {
		return wrong
	}
	if err != nil {
		return err
	}
	today := workdays.DateOf(others.now())
	if other.State != Approved || !fits(other.Content) || !later(other.EffectiveFrom, today).Equal(later(m.EffectiveFrom, today)) {
		return wrong
	}
	service, err := getService(ctx, tx, m.ServiceID)
	if err != nil {
		return err
	}
	if err := Permit(actor, StepPublish, other.Meta, service); err != nil {
		return err
	}
	if err := others.putInForce(ctx, tx, actor, other); err != nil {
		return err
	}
	return record(ctx, tx, actor, "catalogue."+others.kind.object+"."+string(StepPublish), service, "", map[string]any{"number": other.Number})
}

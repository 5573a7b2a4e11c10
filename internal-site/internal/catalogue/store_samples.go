package catalogue

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Samples returns the filled samples of a service, those that citizens see first, and the last fifty of those that they saw.
func (s *Store) Samples(ctx context.Context, actor access.Actor, service uuid.UUID) (list Samples, err error) {
	object, err := s.Object(ctx, service)
	if err != nil {
		return list, err
	}
	if err := access.Require(actor, View, object); err != nil {
		return list, err
	}
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if list.Version, err = samplesVersion(ctx, tx, service); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			select f.id, f.title, f.title_en, f.file_name, f.media_type, f.size, f.sha256, f.bucket, f.object_key, f.uploaded_at, f.notes,
			       s.alt, s.alt_en, s.withdrawn_at
			from catalogue.samples s join documents.files f on f.id = s.id
			where s.service_id = $1
			order by s.published desc, s.withdrawn_at desc, f.title collate "uk-x-icu", f.id limit $2`, service, MaxSamples+50)
		if err != nil {
			return err
		}
		list.List, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (v Sample, err error) {
			f := &v.File
			f.Purpose = documents.Sample
			return v, row.Scan(&f.ID, &f.Title, &f.TitleEN, &f.FileName, &f.MediaType, &f.Size, &f.SHA256, &f.Bucket, &f.ObjectKey, &f.UploadedAt, &f.Notes,
				&v.Alt.UK, &v.Alt.EN, &v.WithdrawnAt)
		})
		return err
	})
	return list, pg.Fault("samples of service", err)
}

// samplesVersion counts what happened to the samples of the service: each was added, some were taken back.
func samplesVersion(ctx context.Context, db pg.Queryer, service uuid.UUID) (n int, err error) {
	err = db.QueryRow(ctx, `select count(*) + count(withdrawn_at) from catalogue.samples where service_id = $1`, service).Scan(&n)
	return n, pg.Fault("version of samples", err)
}

// AddSample publishes a sample whose bytes lie in the object store, and takes back the one whose place it takes. added is false when the
// same form had been sent before: then nothing names f's bytes. Conflict when the samples have changed since the person looked.
func (s *Store) AddSample(ctx context.Context, actor access.Actor, f documents.File, n NewSample) (added bool, err error) {
	n = n.Tidy()
	if err := n.Check(); err != nil {
		return false, err
	}
	if f.ServiceID == nil || f.Purpose != documents.Sample {
		return false, fault.New(fault.Invalid, "")
	}
	err = s.changeSamples(ctx, actor, *f.ServiceID, func(tx pgx.Tx, version int) error {
		var there bool
		if err := tx.QueryRow(ctx, `select exists (select from catalogue.samples where id = $1)`, n.Press).Scan(&there); err != nil || there {
			return pg.Fault("look for the sample", err)
		}
		if version != n.Version {
			return fault.New(fault.Conflict, "catalogue.samples_changed")
		}
		if n.Replaces != uuid.Nil {
			if err := s.withdrawSample(ctx, tx, actor, *f.ServiceID, n.Replaces, "", "replace"); err != nil {
				return err
			}
		}
		added = true
		return s.insertSample(ctx, tx, actor, f, n)
	})
	return added && err == nil, err
}

// changeSamples lets change work on the samples of a service under its lock, for whoever may publish its cards.
func (s *Store) changeSamples(ctx context.Context, actor access.Actor, service uuid.UUID, change func(tx pgx.Tx, version int) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from catalogue.services where id = $1 for update`, service); err != nil {
			return pg.Fault("lock service", err)
		}
		v, err := getService(ctx, tx, service)
		if err != nil {
			return err
		}
		if err := access.Require(actor, PublishCard, v.Object()); err != nil {
			return err
		}
		version, err := samplesVersion(ctx, tx, service)
		if err != nil {
			return err
		}
		return change(tx, version)
	})
}

func (s *Store) insertSample(ctx context.Context, tx pgx.Tx, actor access.Actor, f documents.File, n NewSample) error {
	var shown int
	if err := tx.QueryRow(ctx, `select count(*) from catalogue.samples where service_id = $1 and published`, f.ServiceID).Scan(&shown); err != nil {
		return pg.Fault("count samples", err)
	}
	if shown >= MaxSamples {
		return fault.InvalidFields(fault.FieldError{Field: "sample", Key: "catalogue.samples_many", Args: []any{MaxSamples}})
	}
	f.ID, f.Title, f.TitleEN, f.Published = n.Press, n.Title.UK, n.Title.EN, true
	if err := documents.Insert(ctx, tx, f); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into catalogue.samples (id, service_id, alt, alt_en, added_at) values ($1, $2, $3, $4, $5)`,
		f.ID, f.ServiceID, n.Alt.UK, n.Alt.EN, s.now())
	if err != nil {
		return pg.Fault("add sample", err)
	}
	return recordSample(ctx, tx, actor, "add", f.ID, "", map[string]string{"service": f.ServiceID.String(), "title": f.Title, "sha256": f.SHA256})
}

// WithdrawSample takes a sample back; citizens do not see it any more, staff do. One that was taken back already is a Conflict.
func (s *Store) WithdrawSample(ctx context.Context, actor access.Actor, service, id uuid.UUID, reason string) error {
	p := &problems{}
	p.check(reason != "", "reason", "catalogue.reason_required")
	p.length(reason, "reason", maxReason)
	if err := fault.InvalidFields(p.list...); err != nil {
		return err
	}
	return s.changeSamples(ctx, actor, service, func(tx pgx.Tx, _ int) error {
		return s.withdrawSample(ctx, tx, actor, service, id, reason, "withdraw")
	})
}

func (s *Store) withdrawSample(ctx context.Context, tx pgx.Tx, actor access.Actor, service, id uuid.UUID, reason, act string) error {
	tag, err := tx.Exec(ctx, `update catalogue.samples set published = false, withdrawn_at = $3, withdrawn_why = $4
		where id = $1 and service_id = $2 and published`, id, service, s.now(), reason)
	if err != nil {
		return pg.Fault("withdraw sample", err)
	}
	if tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "catalogue.samples_changed")
	}
	if err := documents.Publish(ctx, tx, []uuid.UUID{id}, false); err != nil {
		return err
	}
	return recordSample(ctx, tx, actor, act, id, reason, map[string]string{"service": service.String()})
}

func recordSample(ctx context.Context, tx pgx.Tx, actor access.Actor, act string, id uuid.UUID, reason string, detail map[string]string) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "documents.sample." + act, ObjectType: "file", ObjectID: id.String(), Reason: reason, Detail: detail,
	})
}

package region

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps the profile in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool, now func() time.Time) *Store { return &Store{pool, now} }

// Get returns the profile, without the picture; Version is 0 before anything was saved.
func (s *Store) Get(ctx context.Context) (Profile, error) { return get(ctx, s.pool) }

func get(ctx context.Context, db pg.Queryer) (Profile, error) {
	var p Profile
	err := pg.Fault("read region", db.QueryRow(ctx, `
		select name, name_en, owner, owner_en, help_phone, notice, notice_en, arms is not null, arms_alt, arms_alt_en,
		       appeal, appeal_en, appeal_days, separate_duties, extension_days, storage_days, version
		from region.profile`).Scan(&p.Name.UK, &p.Name.EN, &p.Owner.UK, &p.Owner.EN, &p.HelpPhone, &p.Notice.UK, &p.Notice.EN,
		&p.HasArms, &p.ArmsAlt.UK, &p.ArmsAlt.EN, &p.Appeal.UK, &p.Appeal.EN, &p.AppealDays, &p.SeparateDuties, &p.ExtensionDays, &p.StorageDays, &p.Version))
	if fault.Is(err, fault.NotFound) {
		return Profile{ExtensionDays: 15, StorageDays: 30}, nil
	}
	return p, err
}

// Save writes the profile. Its Version must be the latest: otherwise Conflict, and nothing is written.
func (s *Store) Save(ctx context.Context, actor access.Actor, p Profile) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table region.profile in share row exclusive mode`); err != nil {
			return pg.Fault("lock region", err)
		}
		present, err := get(ctx, tx)
		if err != nil {
			return err
		}
		if present.Version != p.Version {
			return fault.New(fault.Conflict, "")
		}
		p.HasArms = present.HasArms
		if err := p.Check(); err != nil {
			return err
		}
		if err := write(ctx, tx, actor, p, s.now()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: string(Edit), ObjectType: "region", ObjectID: "profile",
			Detail: map[string]any{"name": p.Name.UK, "arms": p.Arms != nil, "no_arms": p.NoArms, "separate_duties": p.SeparateDuties, "extension_days": p.ExtensionDays, "storage_days": p.StorageDays},
		})
	})
}

func write(ctx context.Context, tx pgx.Tx, actor access.Actor, p Profile, now time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into region.profile as r (name, name_en, owner, owner_en, help_phone, notice, notice_en, arms_alt, arms_alt_en, arms, updated_at, updated_by,
			appeal, appeal_en, appeal_days, separate_duties, extension_days, storage_days)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12, $13, $14, $15, $16, $17, $18, $19)
		on conflict (id) do update set name = $1, name_en = $2, owner = $3, owner_en = $4, help_phone = $5, notice = $6, notice_en = $7,
			arms_alt = $8, arms_alt_en = $9, arms = case when $11 then null else coalesce($10, r.arms) end,
			appeal = $14, appeal_en = $15, appeal_days = $16, separate_duties = $17, extension_days = $18, storage_days = $19, updated_at = $12, updated_by = $13, version = r.version + 1`,
		p.Name.UK, p.Name.EN, p.Owner.UK, p.Owner.EN, p.HelpPhone, p.Notice.UK, p.Notice.EN, p.ArmsAlt.UK, p.ArmsAlt.EN,
		p.Arms, p.NoArms, now, actor.UserID, p.Appeal.UK, p.Appeal.EN, p.AppealDays, p.SeparateDuties, p.ExtensionDays, p.StorageDays)
	return pg.Fault("save region", err)
}

// LastChange says who changed the profile last.
func (s *Store) LastChange(ctx context.Context) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "region", "profile", string(Edit))
}

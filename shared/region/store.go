package region

import (
	"context"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store reads the profile on either side.
type Store struct{ db pg.Queryer }

// NewStore makes a store over db.
func NewStore(db pg.Queryer) *Store { return &Store{db} }

// Profile returns what is known of the region; the zero Profile when nobody has filled it in.
func (s *Store) Profile(ctx context.Context) (Profile, error) {
	var p Profile
	err := pg.Fault("read region", s.db.QueryRow(ctx, `
		select name, name_en, owner, owner_en, help_phone, notice, notice_en, arms is not null, arms_alt, arms_alt_en, updated_at
		from region.profile`).Scan(&p.Name.UK, &p.Name.EN, &p.Owner.UK, &p.Owner.EN, &p.HelpPhone, &p.Notice.UK, &p.Notice.EN,
		&p.HasArms, &p.ArmsAlt.UK, &p.ArmsAlt.EN, &p.UpdatedAt))
	if fault.Is(err, fault.NotFound) {
		return Profile{}, nil
	}
	return p, err
}

// Appeals returns how decisions are appealed; the zero Appeals when nobody has filled it in.
func (s *Store) Appeals(ctx context.Context) (Appeals, error) {
	var a Appeals
	err := pg.Fault("read appeals", s.db.QueryRow(ctx, `select appeal, appeal_en, appeal_days from region.profile`).Scan(&a.How.UK, &a.How.EN, &a.Days))
	if fault.Is(err, fault.NotFound) {
		return Appeals{}, nil
	}
	return a, err
}

// Arms returns the picture as PNG, NotFound when there is none.
func (s *Store) Arms(ctx context.Context) ([]byte, error) {
	var png []byte
	err := s.db.QueryRow(ctx, `select arms from region.profile where arms is not null`).Scan(&png)
	return png, pg.Fault("read arms", err)
}

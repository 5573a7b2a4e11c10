package access

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
)

// maxFirstPage is how long the address of a first page may be.
const maxFirstPage = 200

// SaveSettings keeps the actor's own settings and the language of their pages. They change nothing but what this person
// sees, and leave no trail.
func (s *Store) SaveSettings(ctx context.Context, actor Actor, is Settings, language locale.Lang) error {
	if !slices.Contains(Densities, is.Density) {
		return fault.InvalidFields(fault.FieldError{Field: "density", Key: "form.choice"})
	}
	if !slices.Contains(TextSizes, is.TextSize) {
		return fault.InvalidFields(fault.FieldError{Field: "text_size", Key: "form.choice"})
	}
	if len(is.FirstPage) > maxFirstPage {
		return fault.InvalidFields(fault.FieldError{Field: "first_page", Key: "form.choice"})
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update access.users set density = $2, text_size = $3, first_page = $4, language = $5, keys_off = $6 where id = $1`,
			actor.UserID, is.Density, is.TextSize, is.FirstPage, language, is.KeysOff)
		return pg.Fault("save settings", err)
	})
}

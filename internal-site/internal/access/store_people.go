package access

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/plain"
)

// UserFilter says which accounts to list. Zero fields filter nothing.
type UserFilter struct {
	Q     string    // words of the name, login, position or e-mail
	Place uuid.UUID // of a centre or an authority: those in a group there
	State string    // one of States
	Page  int       // from 1
	Size  int
}

// States are those that a list of accounts may be narrowed to; temporary is a password that its owner did not choose, lacking
// an account without the second factor that a group of theirs needs.
var States = []string{"active", "blocked", "temporary", "lacking"}

// FindUsers lists one page of the accounts that the actor sees, by name, and counts all that the filter leaves.
func (s *Store) FindUsers(ctx context.Context, actor Actor, f UserFilter) (users []User, total int, err error) {
	const where = ` and not exists (select from unnest(@words::text[]) w
			where translate(concat_ws(' ', u.full_name, u.login, u.position, u.position_en, u.email), '’ʼ` + "`" + `', '''''''') not ilike '%' || w || '%')
		and (@place::uuid is null or exists (select from access.roles p where p.user_id = u.id and @place in (p.centre_id, p.authority_id)))
		and (@state = '' or @state = case when u.state = 'blocked' then 'blocked' when u.must_change then 'temporary' else 'active' end
			or @state = 'lacking' and u.state <> 'blocked' and ` + needsFactorSQL + ` and not exists (select from access.factors f where f.user_id = u.id))`
	args := map[string]any{"words": searchWords(f.Q), "place": pg.NullUUID(f.Place), "state": f.State}
	err = s.pool.QueryRow(ctx, `select count(*) from access.users u where `+UserSQL+where, pgx.NamedArgs(viewOf(actor).Args(args))).Scan(&total)
	if err != nil {
		return nil, 0, pg.Fault("count users", err)
	}
	args["limit"], args["offset"] = f.Size, (max(f.Page, 1)-1)*f.Size
	rows, err := s.pool.Query(ctx, `select `+userColumns+` from access.users u where `+UserSQL+where+`
		order by `+ByNameSQL+`, u.login limit @limit offset @offset`, pgx.NamedArgs(viewOf(actor).Args(args)))
	if err != nil {
		return nil, 0, pg.Fault("find users", err)
	}
	users, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (User, error) { return s.scanUser(row) })
	return users, total, pg.Fault("find users", err)
}

// searchWords are the words of a search as a pattern takes them, each apostrophe as one.
func searchWords(q string) []string {
	q = strings.NewReplacer("’", "'", "ʼ", "'", "`", "'", `\`, `\\`, "%", `\%`, "_", `\_`).Replace(q)
	return append([]string{}, strings.Fields(q)...)
}

// SaveUser changes the details of the account whose version was read: everything but login, password and groups.
func (s *Store) SaveUser(ctx context.Context, actor Actor, u User) error {
	if err := fault.InvalidFields(u.tidy()...); err != nil {
		return err
	}
	return s.manage(ctx, actor, u.ID, func(tx pgx.Tx, actor Actor, present User) error {
		tag, err := tx.Exec(ctx, `update access.users set full_name = $3, position = $4, email = $5, phone = $6, position_en = $7, version = version + 1
			where id = $1 and version = $2`, u.ID, u.Version, u.FullName, u.Position.UK, u.Email, u.Phone, u.Position.EN)
		if err != nil {
			return pg.Fault("save user", err)
		}
		if tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "access.user_changed")
		}
		return recordUser(ctx, tx, actor, u.ID, "edit", map[string]any{"was": present.details(), "is": u.details()})
	})
}

// details is what SaveUser changes, as the trail keeps it.
func (u User) details() map[string]string {
	return map[string]string{"full_name": u.FullName, "position": u.Position.UK, "position_en": u.Position.EN, "email": u.Email, "phone": u.Phone}
}

// oneLine is s without line breaks and doubled spaces.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// tidy brings the details of an account into their form, and says what is wrong with them.
func (u *User) tidy() (wrong []fault.FieldError) {
	u.FullName = oneLine(u.FullName)
	u.Position.UK, u.Position.EN = oneLine(u.Position.UK), oneLine(u.Position.EN)
	u.Email, u.Phone = strings.TrimSpace(u.Email), strings.TrimSpace(u.Phone)
	if u.Position.EN != "" && u.Position.UK == "" { // Ukrainian is the language that is always there
		wrong = append(wrong, fault.FieldError{Field: "position", Key: "access.position_required"})
	}
	if u.FullName == "" {
		wrong = append(wrong, fault.FieldError{Field: "full_name", Key: "access.name_required"})
	}
	if u.Email != "" && !plain.IsEmail(u.Email) {
		wrong = append(wrong, fault.FieldError{Field: "email", Key: "access.email_form"})
	}
	if u.Phone != "" {
		phone, ok := plain.Phone(u.Phone)
		switch {
		case ok:
			u.Phone = phone
		case !plain.HasExtension(u.Phone): // an office's number may have one, and stays as it was typed
			wrong = append(wrong, fault.FieldError{Field: "phone", Key: "access.phone_form"})
		}
	}
	return wrong
}

// ByNameSQL puts users u in the order of a Ukrainian list of names, in which an apostrophe is no letter: В’юнник comes after Веселкіна.
const ByNameSQL = `translate(u.full_name, '’ʼ''` + "`" + `', '') collate "uk-x-icu"`

package checks

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// packageOfMessage returns the package that a message became earlier, if it did.
func packageOfMessage(ctx context.Context, tx pgx.Tx, message uuid.UUID) (id uuid.UUID, number string, found bool, err error) {
	err = tx.QueryRow(ctx, `select id, number from checks.packages where message_id = $1`, message).Scan(&id, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, "", false, nil
	}
	return id, number, err == nil, pg.Fault("check of message", err)
}

// checkPlace refuses a package for a centre or a service that the public site cannot have offered together.
func checkPlace(ctx context.Context, tx pgx.Tx, d *contract.DocumentCheck) error {
	var centre, service bool
	err := tx.QueryRow(ctx, `
		select exists (select from org.centres where id = $1 and published),
		       exists (select from catalogue.services s join catalogue.service_centres c on c.service_id = s.id where s.id = $2 and c.centre_id = $1)`,
		d.CentreID, d.ServiceID).Scan(&centre, &service)
	if err != nil {
		return pg.Fault("place of check", err)
	}
	return intake.Offered(map[string]bool{"centre_id": centre, "service_id": service})
}

// documentsOf is the list of documents of the service's card in force; none when there is no card.
func documentsOf(ctx context.Context, db pg.Queryer, service uuid.UUID) ([]contract.Document, error) {
	var card contract.Card
	err := db.QueryRow(ctx, `
		select content from catalogue.cards where service_id = $1 and published and effective_from <= (now() at time zone 'Europe/Kyiv')::date
		order by effective_from desc, number desc limit 1`, service).Scan(&card)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return card.Documents, pg.Fault("documents of service", err)
}

// register writes a package: its number without gaps, its deadline, and what was sent.
func register(ctx context.Context, tx pgx.Tx, d *contract.DocumentCheck, o intake.Opened, now time.Time) (Package, error) {
	if err := org.HoldCalendar(ctx, tx); err != nil {
		return Package{}, err
	}
	cal, err := org.Calendar(ctx, tx)
	if err != nil {
		return Package{}, err
	}
	p := Package{ID: uuid.Must(uuid.NewV7()), RegisteredAt: now, DueOn: DueOn(cal, now)}
	var n int
	err = tx.QueryRow(ctx, `
		insert into checks.counters (year, last) values ($1, 1)
		on conflict (year) do update set last = checks.counters.last + 1 returning last`, yearOf(now)).Scan(&n)
	if err != nil {
		return Package{}, pg.Fault("number check", err)
	}
	p.Number = Number(yearOf(now), n)
	_, err = tx.Exec(ctx, `
		insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, note, name, email, phone, language,
			sent_at, registered_at, due_on, recipient)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		p.ID, p.Number, o.ID, o.ReceiptNumber, d.CentreID, d.ServiceID, d.Note, d.Name, d.Email, d.Phone, d.Language,
		o.FiledAt, p.RegisteredAt, p.DueOn, d.Recipient)
	return p, pg.Fault("insert check", err)
}

// attach writes the row of a file that is in the object store already, and its paper.
func attach(ctx context.Context, tx pgx.Tx, pack uuid.UUID, position int, f intake.File, listed []contract.Document) error {
	file, title := f.Row(), named(listed, f.Document)
	if err := documents.Insert(ctx, tx, file); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into checks.papers (id, package_id, position, document, title, title_en, file_name, file_id) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		uuid.Must(uuid.NewV7()), pack, position, f.Document, title.UK, title.EN, file.FileName, file.ID)
	return pg.Fault("attach paper", err)
}

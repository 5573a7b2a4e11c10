package inbound

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

var isUUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// pending asks the outside for the oldest messages but those of the ids. An envelope beyond the limit is not even read.
func pending(ctx context.Context, outside *pgx.Conn, limit int, except []string) ([]message, error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	rows, err := outside.Query(ctx, `
		SELECT id::text, left(kind, 200), left(receipt_number, 200), left(key_id, 200), substr(envelope, 1, $2), envelope_sha256,
		       left(attachments::text, $3), submitted_at
		  FROM inbound.pending($1, $4::text[]::uuid[])`, limit, maxEnvelope+1, maxManifest+1, except)
	if err != nil {
		return nil, fmt.Errorf("inbound, outside: %s: %w", link.Scrub(err), err)
	}
	messages, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (message, error) {
		var m message
		err := row.Scan(&m.ID, &m.Kind, &m.Receipt, &m.KeyID, &m.Envelope, &m.SHA256, &m.Attachments, &m.SubmittedAt)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("inbound, outside: %s: %w", link.Scrub(err), err)
	}
	for _, m := range messages {
		if !isUUID.MatchString(m.ID) { // keys inside begin with it
			return nil, errors.New("inbound, outside: a message without a proper id is offered; see who rules there")
		}
	}
	return messages, nil
}

// waitingIDs names every message that waits; complete is false when there are more than can be named.
func waitingIDs(ctx context.Context, outside *pgx.Conn) (ids map[string]bool, complete bool, err error) {
	rows, err := outside.Query(ctx, `SELECT id::text FROM inbound.pending($1)`, maxWaiting)
	if err != nil {
		return nil, false, fmt.Errorf("inbound, outside: %s: %w", link.Scrub(err), err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, false, fmt.Errorf("inbound, outside: %s: %w", link.Scrub(err), err)
	}
	ids = make(map[string]bool, len(names))
	for _, name := range names {
		ids[name] = true
	}
	return ids, len(names) < maxWaiting, nil
}

// holds asks whether a message of this id is inside already, and with it its attachments.
func holds(ctx context.Context, inside *pgx.Conn, m message) (held bool, err error) {
	if err = inside.QueryRow(ctx, `SELECT intake.holds($1::uuid)`, m.ID).Scan(&held); err != nil {
		return false, fmt.Errorf("inbound, inside: %s: %w", link.Scrub(err), err)
	}
	return held, nil
}

// receive hands the message over: 'new', 'seen' or 'conflict'. It is durable when this returns.
func receive(ctx context.Context, inside *pgx.Conn, m message) (outcome string, err error) {
	err = inside.QueryRow(ctx, `SELECT intake.receive($1::uuid, $2, $3, $4, $5, $6, $7::jsonb, $8)`,
		m.ID, m.Kind, m.Receipt, m.KeyID, m.Envelope, m.SHA256, m.Attachments, m.SubmittedAt).Scan(&outcome)
	switch code := link.Code(err); {
	case err == nil:
		return outcome, nil
	case len(code) == 5 && (code[:2] == "22" || code[:2] == "23" || code == "P0001"):
		return "", broken("the inside refuses it: %s", link.Scrub(err))
	}
	return "", fmt.Errorf("inbound, inside: %s: %w", link.Scrub(err), err)
}

// receiveDamaged records inside that a message cannot be brought whole.
func receiveDamaged(ctx context.Context, inside *pgx.Conn, m message, reason string) error {
	_, err := inside.Exec(ctx, `SELECT intake.receive_damaged($1::uuid, $2, $3, $4)`, m.ID, m.Receipt, reason, m.SubmittedAt)
	if err != nil {
		return fmt.Errorf("inbound, inside: %s: %w", link.Scrub(err), err)
	}
	return nil
}

// acknowledge lets the outside erase exactly the bytes that are durable inside.
func acknowledge(ctx context.Context, outside *pgx.Conn, m message) error {
	if _, err := outside.Exec(ctx, `SELECT inbound.acknowledge($1::uuid, $2)`, m.ID, m.SHA256); err != nil {
		return fmt.Errorf("inbound, outside: acknowledge: %s: %w", link.Scrub(err), err)
	}
	return nil
}

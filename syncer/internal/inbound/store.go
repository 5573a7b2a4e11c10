package inbound

import (
	"context"
	"errors"
	"regexp"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

var isUUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// listenOutside subscribes to notifications of new messages.
func listenOutside(ctx context.Context, outside *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if _, err := outside.Exec(ctx, "LISTEN inbound_message"); err != nil {
		return link.Fail("inbound, outside", err)
	}
	return nil
}

// selectMessages reads what a function of the outside offers: an envelope or a list beyond the limit is cut behind it.
const selectMessages = `
	SELECT id::text, left(kind, 200), left(receipt_number, 200), left(key_id, 200), substr(envelope, 1, $2), substr(envelope_sha256, 1, 64),
	       left(attachments::text, $3), submitted_at
	  FROM `

// readPending asks the outside for the oldest messages but those of the ids. An envelope beyond the limit is not even read.
func readPending(ctx context.Context, outside *pgx.Conn, limit int, except []string) ([]message, error) {
	rows, err := outside.Query(ctx, selectMessages+`inbound.pending($1, $4::text[]::uuid[])`, limit, maxEnvelope+1, maxManifest+1, except)
	if err != nil {
		return nil, link.Fail("inbound, outside", err)
	}
	return scanMessages(rows, limit)
}

// scanMessages reads what one look brings, and believes none of it.
func scanMessages(rows pgx.Rows, limit int) ([]message, error) {
	defer rows.Close()
	var messages []message
	for rows.Next() {
		var m message
		if len(messages) == limit {
			return nil, errMoreThanAsked
		}
		if err := rows.Scan(&m.ID, &m.Kind, &m.Receipt, &m.KeyID, &m.Envelope, &m.SHA256, &m.Attachments, &m.SubmittedAt); err != nil {
			return nil, link.Fail("inbound, outside", err)
		}
		messages = append(messages, m)
	}
	if err := rows.Err(); err != nil {
		return nil, link.Fail("inbound, outside", err)
	}
	for _, m := range messages {
		if !isUUID.MatchString(m.ID) { // keys inside begin with it
			return nil, errors.New("inbound, outside: a message without a proper id is offered; the function inbound.pending there is not ours any more: find out who can change the database outside")
		}
	}
	return messages, nil
}

// readPendingAfter asks the outside for the messages behind a place in the order of sending.
func readPendingAfter(ctx context.Context, outside *pgx.Conn, limit int, at place) ([]message, error) {
	rows, err := outside.Query(ctx, selectMessages+`inbound.pending_after($1, $4, $5::text::uuid)`, limit, maxEnvelope+1, maxManifest+1, at.at, at.id)
	if err != nil {
		return nil, link.Fail("inbound, outside", err)
	}
	return scanMessages(rows, limit)
}

// errMoreThanAsked says that the outside does not keep to a LIMIT.
var errMoreThanAsked = errors.New("inbound, outside: more rows come than were asked for; the function inbound.pending there is not ours any more: find out who can change the database outside")

// waitingIDs names every message that waits; complete is false when there are more than can be named.
func waitingIDs(ctx context.Context, outside *pgx.Conn) (ids map[string]bool, complete bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	rows, err := outside.Query(ctx, `SELECT id::text FROM inbound.pending($1)`, maxWaiting)
	if err != nil {
		return nil, false, link.Fail("inbound, outside", err)
	}
	defer rows.Close()
	ids = map[string]bool{}
	for rows.Next() {
		var id string
		if len(ids) == maxWaiting {
			return nil, false, errMoreThanAsked
		}
		if err := rows.Scan(&id); err != nil {
			return nil, false, link.Fail("inbound, outside", err)
		}
		ids[id] = true
	}
	if err := rows.Err(); err != nil {
		return nil, false, link.Fail("inbound, outside", err)
	}
	return ids, len(ids) < maxWaiting, nil
}

// What the inside has of a message's id.
const (
	sameInside  = "same"  // this very message, with its attachments
	otherInside = "other" // another one only: staff may open ours as well, so its attachments are needed
)

// whatIsInside says what the inside has of the message's id; "" is nothing.
func whatIsInside(ctx context.Context, inside *pgx.Conn, m message) (known string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if err = inside.QueryRow(ctx, `SELECT intake.known($1::uuid, $2)`, m.ID, m.SHA256).Scan(&known); err != nil {
		return "", link.Fail("inbound, inside", err)
	}
	return known, nil
}

// handOver hands the message over: 'new', 'seen' or 'conflict'. It is durable when this returns.
func handOver(ctx context.Context, inside *pgx.Conn, m message) (outcome string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	err = inside.QueryRow(ctx, `SELECT intake.receive($1::uuid, $2, $3, $4, $5, $6, $7::jsonb, $8)`,
		m.ID, m.Kind, m.Receipt, m.KeyID, m.Envelope, m.SHA256, m.Attachments, m.SubmittedAt).Scan(&outcome)
	switch code := link.Code(err); {
	case err == nil:
		return outcome, nil
	case len(code) == 5 && (code[:2] == "22" || code[:2] == "23" || code == "P0001"):
		return "", broken("the inside refuses it: %s", link.Scrub(err))
	}
	return "", link.Fail("inbound, inside", err)
}

// receiveDamaged records inside that a message cannot be brought whole.
func receiveDamaged(ctx context.Context, inside *pgx.Conn, m message, reason string) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	_, err := inside.Exec(ctx, `SELECT intake.receive_damaged($1::uuid, $2, $3, $4)`, m.ID, m.Receipt, reason, m.SubmittedAt)
	if err != nil {
		return link.Fail("inbound, inside", err)
	}
	return nil
}

// acknowledge lets the outside erase exactly the bytes that are durable inside.
func acknowledge(ctx context.Context, outside *pgx.Conn, m message) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if _, err := outside.Exec(ctx, `SELECT inbound.acknowledge($1::uuid, $2)`, m.ID, m.SHA256); err != nil {
		return link.Fail("inbound, outside: acknowledge", err)
	}
	return nil
}

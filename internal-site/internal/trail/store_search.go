package trail

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
)

// Read records that somebody looked at something.
func (s *Store) Read(ctx context.Context, by audit.Actor, e audit.Entry) error {
	return audit.Read(ctx, s.pool, by, e)
}

// Entry is one line of the trail.
type Entry struct {
	ID         int64
	At         time.Time
	ActorID    *uuid.UUID // nil: the portal itself
	Login      string     // or the name of the process
	Name       string     // of the person today; "" for a process, or when the account is gone
	Action     string
	ObjectType string
	ObjectID   string
	Reason     string
	Detail     json.RawMessage // an object
	Seq        *int64          // number in the chain; nil while it waits for it
}

// Domain is the first word of the action: cases, catalogue, access.
func (e Entry) Domain() string {
	domain, _, _ := strings.Cut(e.Action, ".")
	return domain
}

// IsReading says whether somebody looked at something and changed nothing.
func (e Entry) IsReading() bool {
	return strings.HasSuffix(e.Action, ".read") || strings.HasSuffix(e.Action, ".list")
}

// Kinds of entries that a search can be narrowed to.
const (
	Changes  = "changes"
	Readings = "readings"
)

// Filter narrows a search. Zero values narrow nothing.
type Filter struct {
	Who      string    // login, name of a process, or the beginning of a full name
	Object   string    // id of an object, or the number of a case
	Domain   string    // the first word of the action
	Kind     string    // Changes or Readings
	From, To time.Time // days, both included
}

// MostFound is how many entries a search finds, the newest first.
const MostFound = 1000

// Domains are the first words of actions, for the choice of a search.
func (s *Store) Domains(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		with recursive d (name) as (
			(select split_part(action, '.', 1) from audit.events order by action collate "C" limit 1)
			union all
			select (select split_part(action, '.', 1) from audit.events where action collate "C" > d.name || '/' order by action collate "C" limit 1) from d where d.name is not null)
		select name from d where name is not null`)
	if err != nil {
		return nil, pg.Fault("domains of the trail", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return slices.Compact(list), pg.Fault("domains of the trail", err)
}

// Find returns a part of what a filter finds, the newest first, and how much there is, up to MostFound. Forbidden for whoever may not see
// the trail.
func (s *Store) Find(ctx context.Context, actor access.Actor, f Filter, offset, limit int) (list []Entry, total int, err error) {
	if err := access.Require(actor, View, access.Object{}); err != nil {
		return nil, 0, err
	}
	where, args := f.sql()
	rows, err := s.pool.Query(ctx, `
		with found as materialized (select e.* from audit.events e where `+where+` order by e.id desc limit @most)
		select e.id, e.at, e.actor_id, e.actor, coalesce(u.full_name, ''), e.action, e.object_type, e.object_id, e.reason, e.detail, c.seq,
		       (select count(*) from found)
		from found e left join access.users u on u.id = e.actor_id left join audit.chain c on c.event_id = e.id
		order by e.id desc offset @offset limit @limit`, withPage(args, offset, limit))
	if err != nil {
		return nil, 0, pg.Fault("search the trail", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Entry, err error) {
		return e, row.Scan(&e.ID, &e.At, &e.ActorID, &e.Login, &e.Name, &e.Action, &e.ObjectType, &e.ObjectID, &e.Reason, &e.Detail, &e.Seq, &total)
	})
	return list, total, pg.Fault("search the trail", err)
}

func withPage(args pgx.NamedArgs, offset, limit int) pgx.NamedArgs {
	args["most"], args["offset"], args["limit"] = MostFound, offset, limit
	return args
}

// sql is the condition of the filter for an entry e.
func (f Filter) sql() (string, pgx.NamedArgs) {
	where, args := []string{"true"}, pgx.NamedArgs{}
	add := func(condition, name string, value any) {
		where, args[name] = append(where, condition), value
	}
	if f.Who != "" {
		add(`(e.actor = @who or e.actor_id in (select id from access.users where login = lower(@who) or starts_with(lower(full_name), lower(@who))))`, "who", f.Who)
	}
	if f.Object != "" {
		add(`e.object_id in (select @object union select id::text from cases.cases where number = @object)`, "object", f.Object)
	}
	if f.Domain != "" {
		add(`e.action collate "C" > @domain || '.' and e.action collate "C" < @domain || '/'`, "domain", f.Domain)
	}
	switch f.Kind {
	case Changes:
		where = append(where, `e.action !~ '[.](read|list)$'`)
	case Readings:
		where = append(where, `e.action ~ '[.](read|list)$'`)
	}
	if !f.From.IsZero() {
		add(`e.at >= @from`, "from", f.From)
	}
	if !f.To.IsZero() {
		add(`e.at < @to`, "to", f.To.AddDate(0, 0, 1))
	}
	return strings.Join(where, " and "), args
}

// Export calls write with each entry of the chain from a number on, in order, as it was chained; nothing is kept in memory.
func (s *Store) Export(ctx context.Context, from int64, write func(line map[string]any) error) error {
	rows, err := s.pool.Query(ctx, `select c.seq, encode(c.hash, 'hex'), `+columns+` from audit.chain c join audit.events e on e.id = c.event_id
		where c.seq >= $1 order by c.seq`, from)
	if err != nil {
		return pg.Fault("export the trail", err)
	}
	names := []string{"seq", "hash", "id", "at", "actor_id", "actor", "action", "object_type", "object_id", "centre_id", "authority_id", "reason", "detail"}
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return pg.Fault("export the trail", err)
		}
		line := map[string]any{}
		for i, name := range names {
			if raw, ok := values[i].([16]byte); ok {
				values[i] = uuid.UUID(raw).String()
			}
			line[name] = values[i]
		}
		if err := write(line); err != nil {
			rows.Close()
			return err
		}
	}
	return pg.Fault("export the trail", rows.Err())
}

// Number says the number in the chain; "" while the entry waits for one.
func (e Entry) Number() string {
	if e.Seq == nil {
		return ""
	}
	return strconv.FormatInt(*e.Seq, 10)
}

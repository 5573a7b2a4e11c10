package submission

import (
	"context"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// share is how many drafts one network may have.
func (s *Store) share() int { return max(s.limits.Drafts/shares, leastDrafts) }

// evict makes room for a draft of the network sender. When the network has its share, its own drafts give way: those
// with the fewest answers first, of these the one that lay unchanged for longest. When the region is full, those give
// way that nobody has changed for an hour, of the networks with most drafts first; a draft that somebody works on stays,
// so a flood from elsewhere cannot end it. Drafts with files go only when they lay for an hour; the cleaner removes them
// with their objects.
func (s *Store) evict(ctx context.Context, sender []byte) error {
	_, err := s.pool.Exec(ctx, `
		with networks as (
			select sender, count(*) as drafts from account.drafts
			where submitted_at is null and expires_at > now() group by sender
		), chosen as (
			select d.id, d.object_keys from account.drafts d join networks n using (sender)
			where d.submitted_at is null and d.expires_at > now()
			  and (d.changed_at < now() - $5::interval
			       or d.sender = $1 and d.object_keys = '{}' and n.drafts >= $2)
			  and (d.sender = $1 and n.drafts >= $2 or (select sum(drafts) from networks) >= $3)
			order by d.sender = $1 and n.drafts >= $2 desc, n.drafts desc,
				case when d.sender = $1 and n.drafts >= $2 then d.changes else 0 end, d.changed_at
			limit case when exists (select from networks where sender = $1 and drafts >= $2) then 1 else $4 end for update of d skip locked
		), gone as (
			delete from account.drafts where id in (select id from chosen where object_keys = '{}')
		)
		update account.drafts set expires_at = now() - interval '1 hour' where id in (select id from chosen where object_keys <> '{}')`,
		sender, s.share(), s.limits.Drafts, min(evictAtOnce, s.limits.Drafts/10+1), active)
	return pg.Fault("make room for drafts", err)
}

// room says whether the files of all drafts leave room for one more of the network sender. A quarter more is kept for
// whoever has answered something, as long as the network holds little. When there is no room some drafts end, and there
// is room as soon as the cleaner has removed their objects.
func (s *Store) room(ctx context.Context, sender []byte, worked bool) error {
	var used, own int64
	err := s.pool.QueryRow(ctx, `
		select coalesce(sum(files_size), 0)::bigint, coalesce(sum(files_size) filter (where sender = $1), 0)::bigint
		from account.drafts where submitted_at is null`, sender).Scan(&used, &own)
	if err != nil {
		return pg.Fault("room for files", err)
	}
	limit, share := s.limits.FileBytes, max(s.limits.FileBytes/shares, leastBytes)
	switch {
	case used > limit:
		err = s.endLargest(ctx, sender, limit, false)
	case own > share:
		err = s.endLargest(ctx, sender, share, true)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if worked && own < leastBytes && used <= limit+limit/4 {
		return nil
	}
	return fault.New(fault.Unavailable, "submission.full")
}

// endLargest ends drafts with files until a tenth of the room is free, of the networks that hold most first, or of the
// network sender alone: those that lay unchanged for an hour, the oldest first. Of those that somebody works on only the ones of the network sender may
// end, and only when it is the one that holds most; the largest first.
func (s *Store) endLargest(ctx context.Context, sender []byte, room int64, alone bool) error {
	_, err := s.pool.Exec(ctx, `
		with live as (
			select id, sender, files_size, changed_at, changed_at < now() - $3::interval as idle
			from account.drafts where submitted_at is null and files_size > 0 and expires_at > now() and (sender = $2 or not $4)
		), networks as (
			select sender, sum(files_size) as held, sum(files_size) >= max(sum(files_size)) over () as most from live group by sender
		), ranked as (
			select l.id, sum(l.files_size) over (
				order by l.idle desc, n.held desc, case when l.idle then l.changed_at end, l.files_size desc, l.changed_at, l.id
			) - l.files_size as freed
			from live l join networks n using (sender) where l.idle or l.sender = $2 and n.most
		)
		update account.drafts set expires_at = now() - interval '1 hour' where id in (
			select id from account.drafts where id in (
				select id from ranked where freed < (select sum(files_size) from live) - $1::bigint * 9 / 10)
			and submitted_at is null for update skip locked)`, room, sender, active, alone)
	return pg.Fault("make room for files", err)
}

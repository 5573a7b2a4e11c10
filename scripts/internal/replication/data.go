package replication

import (
	"fmt"
	"strings"
)

const (
	publication = "bench"
	// listed are the columns that leave; note stays inside.
	listed = "id, code, title, body, amount, published, version, created_at, updated_at"
	filter = "published"
)

// table is one of the source: rows of about 270 bytes, one in ten outside of the filter.
type table struct {
	name string
	uuid bool // the key is code, a uuid, instead of id
	rows int
}

func (t table) key() string {
	if t.uuid {
		return "code"
	}
	return "id"
}

// columns of both sides; the source has note besides.
const columns = `
	id bigint not null, code uuid not null, title text not null, body text not null, amount numeric(12,2) not null,
	published boolean not null, version integer not null, created_at timestamptz not null, updated_at timestamptz not null`

func (t table) sourceDDL() string {
	return fmt.Sprintf(`create table bench.%s (%s, note text, primary key (%s))`, t.name, columns, t.key())
}

func (t table) targetDDL() string {
	return fmt.Sprintf(`create table bench.%s (%s, primary key (%s))`, t.name, columns, t.key())
}

// fill puts rows from..to into the table. The same numbers give the same rows.
func (t table) fill(from, to int) string {
	return fmt.Sprintf(`insert into bench.%s
		select n, md5(n::text)::uuid, 'Service number ' || n, repeat(md5((n * 7)::text), 4), (n %% 100000) / 100.0, n %% 10 <> 0, 1,
		       timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 minute', 'never leaves'
		  from generate_series(%d, %d) n`, t.name, from, to)
}

func whitelistYAML(tables []table) string {
	var b strings.Builder
	b.WriteString("version: 1\ntables:\n")
	for _, t := range tables {
		fmt.Fprintf(&b, "  - table: bench.%s\n    columns: [%s]\n    where: %q\n", t.name, listed, filter)
	}
	fmt.Fprintf(&b, "  - table: bench.marker\n    columns: [id]\n")
	return b.String()
}

// markerDDL: a row with the next id ends each piece of work, and is how its end is seen on the target.
const markerDDL = "create table bench.marker (id bigint primary key)"

// updates is a procedure that updates one random published row per transaction.
const updates = `create procedure bench.updates(transactions integer, rows integer) language plpgsql as $$
declare
	picked bigint;
begin
	for n in 1..transactions loop
		picked := 1 + floor(random() * rows);
		if picked % 10 = 0 then
			picked := picked - 1; -- every tenth is not published
		end if;
		update bench.items set title = 'Service number ' || picked || ', change ' || n, amount = amount + 0.01,
		       version = version + 1, updated_at = clock_timestamp() where id = picked;
		commit;
	end loop;
end $$`

func firstLine(sql string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(sql), "\n")
	return line
}

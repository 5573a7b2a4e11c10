package apply

// sqlDoubtStatistics prepares the session for planning a statement that looks many rows of a table up. The planner takes a table, or one
// of its partitions, for as many rows as its last VACUUM or ANALYZE has found on a page, times the pages that it has now. One that was
// looked at while it was nearly empty, but had kept its pages, counts as a few rows until it is looked at again, and reading all of its
// index for each of the rows looks cheaper than looking them up. For such a table the statement is planned as settingsBeside say.
// It keeps that plan until the table is looked at again, which makes PostgreSQL plan anew by what was found.
var sqlDoubtStatistics = &statement{sql: `
	SELECT pg_catalog.set_config('enable_bitmapscan', CASE WHEN d.doubtful THEN 'on' ELSE 'off' END, false),
	       pg_catalog.set_config('enable_indexscan', CASE WHEN d.doubtful THEN 'off' ELSE 'on' END, false),
	       pg_catalog.set_config('enable_indexonlyscan', CASE WHEN d.doubtful THEN 'off' ELSE 'on' END, false)
	  FROM (SELECT coalesce(bool_or(c.reltuples / c.relpages * n.pages < 500), false) AS doubtful
	          FROM (SELECT pg_catalog.to_regclass($1::text)::oid AS oid
	                 UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1::text))) l
	          JOIN pg_catalog.pg_class c ON c.oid = l.oid
	         CROSS JOIN LATERAL (SELECT pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int AS pages) n
	         WHERE c.reltuples >= 0 AND c.relpages > 0 AND n.pages > 8) d`}

// sqlTrustStatistics is how a session is again once that statement was planned.
var sqlTrustStatistics = &statement{sql: `
	SELECT pg_catalog.set_config('enable_bitmapscan', 'off', false), pg_catalog.set_config('enable_indexscan', 'on', false),
	       pg_catalog.set_config('enable_indexonlyscan', 'on', false)`}

// addLookups adds st, which add does, and sees to it that its plan looks rows up whatever the statistics say of t. The session of a
// transaction that still runs has no other plans.
func (s *script) addLookups(t *table, st *statement, add func()) {
	if s.s.beside || st.written == nil || !s.s.willPlan(st) {
		add()
		return
	}
	s.addStatement(t, [][]byte{[]byte(t.into)}, sqlDoubtStatistics)
	add()
	s.addStatement(t, nil, sqlTrustStatistics)
}

package whitelist

import "strings"

type tokenKind int

const (
	tokenWord   tokenKind = iota // unquoted name or keyword, folded to lower case as PostgreSQL does
	tokenQuoted                  // "quoted name", unescaped
	tokenText                    // 'literal', unescaped
	tokenSymbol                  // one other character, or a number
	tokenBad                     // what cannot be told apart safely: comments, dollar quotes, E'' strings
)

type token struct {
	kind tokenKind
	text string
}

// tokens splits an SQL expression. It never fails: what is not understood becomes tokenBad.
func tokens(sql string) []token {
	var all []token
	for sql = strings.TrimSpace(sql); sql != ""; sql = strings.TrimLeft(sql, " \t\r\n") {
		t, n := first(sql)
		all = append(all, t)
		sql = sql[n:]
	}
	return all
}

func first(sql string) (token, int) {
	c := sql[0]
	switch {
	case c == '\'':
		return quoted(sql, '\'', tokenText)
	case c == '"':
		return quoted(sql, '"', tokenQuoted)
	case c == '$', c == '\\', strings.HasPrefix(sql, "--"), strings.HasPrefix(sql, "/*"):
		return token{tokenBad, sql}, len(sql)
	case wordStart(c):
		return word(sql)
	}
	return token{tokenSymbol, sql[:1]}, 1
}

func wordStart(c byte) bool {
	return c == '_' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func word(sql string) (token, int) {
	n := 1
	for n < len(sql) && (wordStart(sql[n]) || sql[n] >= '0' && sql[n] <= '9' || sql[n] == '$') {
		n++
	}
	if n < len(sql) && sql[n] == '\'' { // E'', B'', X'', N'' read their literal in another way
		return token{tokenBad, sql}, len(sql)
	}
	return token{tokenWord, folded(sql[:n])}, n
}

// folded is an unquoted name as PostgreSQL takes it: only ASCII letters become small.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}

// quoted reads up to the closing quote; a doubled quote stands for itself.
func quoted(sql string, quote byte, kind tokenKind) (token, int) {
	var text strings.Builder
	for i := 1; i < len(sql); i++ {
		if sql[i] != quote {
			text.WriteByte(sql[i])
			continue
		}
		if i+1 < len(sql) && sql[i+1] == quote {
			text.WriteByte(quote)
			i++
			continue
		}
		return token{kind, text.String()}, i + 1
	}
	return token{tokenBad, sql}, len(sql)
}
